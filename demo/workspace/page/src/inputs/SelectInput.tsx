import { use } from "react";
import { jsonIn, stringIn, wordsIn } from "../blocks/read";
import { DirectoryContext } from "../state/directory";
import { choicesOf } from "./choices";
import { FormContext } from "./form";
import type { InputProps } from "./InputElement";
import { STRING_FIELDS } from "./values";

/** One of many: options of the app, people or channels. */
export function SelectInput(props: InputProps) {
  const { element, value, onChange, id, wrong, describedBy, labelledBy } = props;
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
      aria-label={labelledBy ? undefined : wordsIn(element, "placeholder") || "Choose one"}
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
