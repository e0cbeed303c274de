import { describe, expect, it } from "vitest";
import { filledIn, missing, selectedIn, valuesFor, withString } from "../src/inputs/values";

const OPTION = { value: "style", text: { type: "plain_text", text: "A style" } };
const BLOCKS = [
  {
    type: "input",
    block_id: "name",
    element: { type: "plain_text_input", action_id: "n", initial_value: "dicoo" },
  },
  {
    type: "input",
    block_id: "kind",
    element: { type: "radio_buttons", action_id: "k", options: [OPTION], initial_option: OPTION },
  },
  { type: "input", block_id: "files", element: { type: "file_input", action_id: "f" } },
  {
    type: "input",
    block_id: "where",
    optional: true,
    element: {
      type: "conversations_select",
      action_id: "w",
      default_to_current_conversation: true,
    },
  },
  { type: "actions", block_id: "do", elements: [{ type: "button", action_id: "b" }] },
];

describe("valuesFor", () => {
  it("begins with what the app proposes, in Slack's shape", () => {
    expect(valuesFor(BLOCKS, {}, "C0TOYS")).toEqual({
      name: { n: { type: "plain_text_input", value: "dicoo" } },
      kind: { k: { type: "radio_buttons", selected_option: OPTION } },
      files: { f: { type: "file_input", files: [] } },
      where: { w: { type: "conversations_select", selected_conversation: "C0TOYS" } },
    });
  });

  it("keeps what was typed where the ids and the type stay", () => {
    const typed = { name: { n: { type: "plain_text_input", value: "mine" } } };
    expect(valuesFor(BLOCKS, typed).name).toEqual(typed.name);
    const other = { name: { n: { type: "number_input", value: "3" } } };
    expect(valuesFor(BLOCKS, other).name).toEqual({
      n: { type: "plain_text_input", value: "dicoo" },
    });
  });
});

describe("several people or channels", () => {
  const people = { type: "multi_users_select", action_id: "p" };
  const channels = { type: "multi_conversations_select", action_id: "c" };
  const form = (who: object, where: object) => [
    { type: "input", block_id: "who", element: { ...people, ...who } },
    { type: "input", block_id: "where", element: { ...channels, ...where } },
  ];

  it("begin with the app's, in its order, in Slack's shape", () => {
    const blocks = form({ initial_users: ["U2", "U1"] }, { initial_conversations: ["C1"] });
    expect(valuesFor(blocks, {}, "C9")).toEqual({
      who: { p: { type: "multi_users_select", selected_users: ["U2", "U1"] } },
      where: { c: { type: "multi_conversations_select", selected_conversations: ["C1"] } },
    });
  });

  it("hold none at first, and then a required input is missing", () => {
    const blocks = form({}, {});
    const values = valuesFor(blocks, {});
    expect(values.who).toEqual({ p: { type: "multi_users_select", selected_users: [] } });
    expect(Object.keys(missing(blocks, values))).toEqual(["who", "where"]);
  });

  it("stay emptied by a person, whatever the app proposed", () => {
    const emptied = { who: { p: { type: "multi_users_select", selected_users: [] } } };
    expect(valuesFor(form({ initial_users: ["U1"] }, {}), emptied).who).toEqual(emptied.who);
  });

  it("begin with the channel that the person came from, where the app asks for it", () => {
    const asked = { default_to_current_conversation: true, initial_conversations: ["C1"] };
    expect(valuesFor(form({}, asked), {}, "C9").where).toMatchObject({
      c: { selected_conversations: ["C9"] },
    });
    expect(valuesFor(form({}, asked), {}).where).toMatchObject({
      c: { selected_conversations: ["C1"] },
    });
  });

  it("are taken in and out one by one", () => {
    expect(withString(["U2", "U1"], "U3", true)).toEqual(["U2", "U1", "U3"]);
    expect(withString(["U2", "U1", "U3"], "U1", false)).toEqual(["U2", "U3"]);
    expect(withString(["U1"], "U1", true)).toEqual(["U1"]);
  });
});

describe("missing", () => {
  it("names the required inputs that hold nothing", () => {
    expect(Object.keys(missing(BLOCKS, valuesFor(BLOCKS, {})))).toEqual(["files"]);
  });
});

describe("filledIn", () => {
  it("forgets what was empty, so that proposals can fill it", () => {
    const view = {
      id: "V1",
      type: "modal" as const,
      blocks: BLOCKS,
      state: {
        values: {
          name: { n: { type: "plain_text_input", value: "mine" } },
          where: { w: { type: "conversations_select", selected_conversation: null } },
        },
      },
    };
    expect(valuesFor(BLOCKS, filledIn(view), "C0TOYS")).toMatchObject({
      name: { n: { value: "mine" } },
      where: { w: { selected_conversation: "C0TOYS" } },
    });
  });
});

describe("selectedIn", () => {
  it("tells one option, several, or a text", () => {
    expect(selectedIn({ type: "static_select", selected_option: OPTION })).toEqual({
      selected: "style",
    });
    expect(selectedIn({ type: "checkboxes", selected_options: [OPTION] })).toEqual({
      selected: ["style"],
    });
    expect(selectedIn({ type: "plain_text_input", value: "x" })).toEqual({ value: "x" });
    expect(selectedIn({ type: "datepicker", selected_date: "2024-01-02" })).toEqual({
      selected: "2024-01-02",
    });
    expect(selectedIn({ type: "multi_users_select", selected_users: ["U1", "U2"] })).toEqual({
      selected: ["U1", "U2"],
    });
  });
});
