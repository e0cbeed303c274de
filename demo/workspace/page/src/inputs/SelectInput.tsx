import { use } from "react";
import type { Json } from "../api/types";
import { jsonIn, listIn, stringIn, wordsIn } from "../blocks/read";
import { DirectoryContext, type Directory } from "../state/directory";
import { FormContext } from "./form";
import type { InputProps } from "./InputElement";
import { STRING_FIELDS } from "./values";

interface Choice {
  value: string;
  label: string;
  /** The app's own option object, which is what its values hold. */
  option: Json | null;
}

function choicesOf(element: Json, directory: Directory, as: string): Choice[] {
  const nameless = { option: null };
  const kinds = jsonIn(element, "filter")?.include;
  const direct = Array.isArray(kinds) && kinds.includes("im");
  switch (element.type) {
    case "users_select":
      return directory.users.map(({ id, name }) => ({ value: id, label: name, ...nameless }));
    case "channels_select":
    case "conversations_select":
      return directory.channels
        .filter(({ is_im, members }) => !is_im || (direct && members.includes(as)))
        .map(({ id, name, is_im }) => ({
          value: id,
          label: is_im ? `${directory.bot?.name ?? "app"} (direct message)` : `#${name}`,
          ...nameless,
        }));
    default: {
      const grouped = listIn(element, "option_groups").flatMap((one) => listIn(one, "options"));
      return [...listIn(element, "options"), ...grouped].map((option) => ({
        value: stringIn(option, "value"),
        label: wordsIn(option, "text"),
        option,
      }));
    }
  }
}

/** One of many: options of the app, people or channels. */
export function SelectInput({ element, value, onChange, id, wrong, describedBy }: InputProps) {
  const choices = choicesOf(element, use(DirectoryContext), use(FormContext).as);
  const type = stringIn(element, "type");
  const field = STRING_FIELDS[type]?.field;
  const chosen = field
    ? stringIn(value, field)
    : stringIn(jsonIn(value, "selected_option"), "value");

  const change = (picked: string) => {
    const choice = choices.find((one) => one.value === picked) ?? null;
    if (field) onChange({ type, [field]: choice?.value ?? null });
    else onChange({ type, selected_option: choice?.option ?? null });
  };
  return (
    <select
      id={id}
      className="field select"
      data-action-id={stringIn(element, "action_id")}
      aria-invalid={wrong}
      aria-describedby={wrong ? describedBy : undefined}
      value={chosen}
      onChange={(event) => change(event.target.value)}
    >
      <option value="">{wordsIn(element, "placeholder") || "Choose one"}</option>
      {choices.map(({ value: each, label }) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}
