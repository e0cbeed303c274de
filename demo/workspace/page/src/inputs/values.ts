/** What input elements hold, in the shape of Slack's `view.state.values`. Pure. */
import type { ActionTaken, Json, View, ViewValues } from "../api/types";
import { jsonIn, listIn, stringIn, stringsIn } from "../blocks/read";

/** Elements whose value is one option of the app's. */
export const ONE_OPTION = new Set(["static_select", "external_select", "radio_buttons"]);
/** Elements whose value is several options of the app's. */
export const SEVERAL_OPTIONS = new Set([
  "multi_static_select",
  "multi_external_select",
  "checkboxes",
]);

/** Elements that hold one plain string, by the name it has in Slack's values. */
export const STRING_FIELDS: Record<string, { field: string; initial: string }> = {
  plain_text_input: { field: "value", initial: "initial_value" },
  number_input: { field: "value", initial: "initial_value" },
  email_text_input: { field: "value", initial: "initial_value" },
  url_text_input: { field: "value", initial: "initial_value" },
  datepicker: { field: "selected_date", initial: "initial_date" },
  timepicker: { field: "selected_time", initial: "initial_time" },
  users_select: { field: "selected_user", initial: "initial_user" },
  channels_select: { field: "selected_channel", initial: "initial_channel" },
  conversations_select: { field: "selected_conversation", initial: "initial_conversation" },
};

/** Elements that hold several plain strings, by the name they have in Slack's values. */
export const STRINGS_FIELDS: Record<string, { field: string; initial: string }> = {
  multi_users_select: { field: "selected_users", initial: "initial_users" },
  multi_conversations_select: {
    field: "selected_conversations",
    initial: "initial_conversations",
  },
};

/** The value of an element that nobody has touched. */
export function initialValue(element: Json, here: string | null = null): Json {
  const type = stringIn(element, "type");
  if (element.default_to_current_conversation === true && here) {
    if (type === "conversations_select") return { type, selected_conversation: here };
    if (type === "multi_conversations_select") return { type, selected_conversations: [here] };
  }
  if (type === "file_input") return { type, files: [] };
  const text = STRING_FIELDS[type];
  if (text) {
    const initial = element[text.initial];
    return { type, [text.field]: initial === undefined ? null : String(initial) };
  }
  const texts = STRINGS_FIELDS[type];
  if (texts) return { type, [texts.field]: stringsIn(element, texts.initial) };
  if (ONE_OPTION.has(type)) {
    return { type, selected_option: jsonIn(element, "initial_option") };
  }
  if (SEVERAL_OPTIONS.has(type)) {
    return { type, selected_options: listIn(element, "initial_options") };
  }
  return { type, value: null };
}

/** The part of a value that an action outside of a form tells. */
export function selectedIn(value: Json): Pick<ActionTaken, "value" | "selected"> {
  const option = jsonIn(value, "selected_option");
  if (option) return { selected: stringIn(option, "value") };
  if (Array.isArray(value.selected_options)) {
    const chosen = listIn(value, "selected_options").map((each) => stringIn(each, "value"));
    return { selected: chosen };
  }
  const type = stringIn(value, "type");
  const texts = STRINGS_FIELDS[type];
  if (texts) return { selected: stringsIn(value, texts.field) };
  const field = STRING_FIELDS[type]?.field ?? "value";
  const held = stringIn(value, field);
  return field === "value" ? { value: held } : { selected: held };
}

/** The strings with one more at their end, or without it; the others keep their order. */
export function withString(held: readonly string[], one: string, on: boolean): string[] {
  const others = held.filter((each) => each !== one);
  return on ? [...others, one] : others;
}

/**
 * The values of a view's inputs; what was typed survives an update that keeps the ids.
 * `here` is the channel that the person came from.
 */
export function valuesFor(
  blocks: readonly Json[],
  before: ViewValues,
  here: string | null = null,
): ViewValues {
  const values: ViewValues = {};
  for (const block of blocks) {
    const single = jsonIn(block, block.type === "section" ? "accessory" : "element");
    for (const element of [...(single ? [single] : []), ...listIn(block, "elements")]) {
      const action = stringIn(element, "action_id");
      const type = stringIn(element, "type");
      if (!action || ["button", "overflow", "image"].includes(type)) continue;
      const id = stringIn(block, "block_id");
      const kept = before[id]?.[action];
      const value = kept?.type === type ? kept : initialValue(element, here);
      values[id] = { ...values[id], [action]: value };
    }
  }
  return values;
}

const isEmpty = ({ type: _, ...held }: Json): boolean =>
  Object.values(held).every(
    (part) => part == null || part === "" || (Array.isArray(part) && part.length === 0),
  );

/** What a view's inputs held when it was shown before, below another one. */
export function filledIn(view: View): ViewValues {
  const held: ViewValues = {};
  for (const [block, actions] of Object.entries(view.state?.values ?? {})) {
    held[block] = Object.fromEntries(Object.entries(actions).filter(([, one]) => !isEmpty(one)));
  }
  return held;
}

/** Block ids of required inputs that hold nothing, each with what Slack says about it. */
export function missing(blocks: readonly Json[], values: ViewValues): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of blocks) {
    const element = jsonIn(block, "element");
    if (block.type !== "input" || block.optional === true || !element) continue;
    const id = stringIn(block, "block_id");
    const value = values[id]?.[stringIn(element, "action_id")] ?? {};
    if (isEmpty(value)) found[id] = "Please complete this required field.";
  }
  return found;
}
