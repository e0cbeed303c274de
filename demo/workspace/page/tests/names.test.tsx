import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { directoryOf, DirectoryContext } from "../src/state/directory";
import { FormContext } from "../src/inputs/form";
import { InputBlock } from "../src/inputs/InputBlock";
import { InputElement } from "../src/inputs/InputElement";
import { initialValue } from "../src/inputs/values";

const person = (id: string, name: string) => ({ id, name, real_name: "" });
const channel = (id: string, name: string, members: string[], is_im = false) => ({
  id,
  name,
  members,
  is_im,
});
const DIRECTORY = directoryOf(
  {
    team: { id: "T1", name: "Toys" },
    people: [person("U1", "ada"), person("U2", "lin")],
    bot: person("U9", "figment"),
    channels: [
      channel("C1", "toys", ["U1"]),
      channel("C2", "general", []),
      channel("D1", "directmessage", ["U1", "U9"], true),
      channel("D2", "directmessage", ["U2", "U9"], true),
    ],
    commands: [],
    shortcuts: [],
    connected: true,
    samples: [],
    guide: [],
  },
  "light",
);
const FORM = { as: "U1", here: null, values: {}, errors: {}, change: () => undefined };

/** Each box as its label, with what it is: chosen (x), not chosen, or not to be chosen (-). */
function boxes(element: Record<string, unknown>): string[] {
  const html = renderToStaticMarkup(
    <DirectoryContext value={DIRECTORY}>
      <FormContext value={FORM}>
        <InputElement element={element} value={initialValue(element)} onChange={() => undefined} />
      </FormContext>
    </DirectoryContext>,
  );
  expect(html).not.toContain("cannot show");
  return [...html.matchAll(/<input([^>]*)\/><span>([^<]*)/g)].map(([, box = "", label = ""]) => {
    const mark = box.includes("checked") ? "x" : box.includes("disabled") ? "-" : " ";
    return `[${mark}] ${label}`;
  });
}

describe("inputs of several names", () => {
  it("offer people, those of the app chosen", () => {
    const element = { type: "multi_users_select", action_id: "a", initial_users: ["U2"] };
    expect(boxes(element)).toEqual(["[ ] ada", "[x] lin", "[ ] figment"]);
  });

  it("offer channels, and one's own direct message where the app asks for it", () => {
    const element = { type: "multi_conversations_select", initial_conversations: ["C1"] };
    const shown = (include: string[]) => boxes({ ...element, filter: { include } });
    expect(shown(["public", "private"])).toEqual(["[x] #toys", "[ ] #general"]);
    expect(shown(["public", "im"])).toEqual([
      "[x] #toys",
      "[ ] #general",
      "[ ] figment (direct message)",
    ]);
  });

  it("show who is chosen and gone", () => {
    const element = { type: "multi_users_select", initial_users: ["U0GONE"] };
    expect(boxes(element).at(-1)).toBe("[x] U0GONE");
  });

  it("take no more than the app does", () => {
    const element = { type: "multi_users_select", initial_users: ["U2"], max_selected_items: 1 };
    expect(boxes(element)).toEqual(["[-] ada", "[x] lin", "[-] figment"]);
  });
});

describe("groups of boxes", () => {
  const options = [{ value: "guests", text: { type: "plain_text", text: "Guests" } }];
  const drawn = (block: Record<string, unknown>) =>
    renderToStaticMarkup(
      <DirectoryContext value={DIRECTORY}>
        <FormContext value={FORM}>
          <InputBlock block={block} />
        </FormContext>
      </DirectoryContext>,
    );

  it.each([
    ["checkboxes", { options }],
    ["radio_buttons", { options }],
    ["multi_users_select", {}],
    ["multi_conversations_select", {}],
  ])("are named by their label: %s", (type, more) => {
    const element = { type, action_id: "a", ...more };
    const label = { type: "plain_text", text: "Let in, too" };
    const html = drawn({ type: "input", block_id: "b", label, element });
    const named = /role="(?:radio)?group" aria-labelledby="([^"]+)"/.exec(html)?.[1];
    expect(html).toContain(`id="${named}">Let in, too`);
  });

  it("are named by themselves where there is no label", () => {
    const element = { type: "checkboxes", action_id: "a", options };
    const html = renderToStaticMarkup(
      <InputElement element={element} value={initialValue(element)} onChange={() => undefined} />,
    );
    expect(html).toContain('aria-label="Options"');
  });
});
