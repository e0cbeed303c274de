import { stringIn, wordsIn } from "../blocks/read";
import type { InputProps } from "./InputElement";
import { STRING_FIELDS } from "./values";

const HTML_TYPES: Record<string, string> = {
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
};

const DEFAULT_LONGEST = 3000;

/** One or many lines of text, a number, an address, a date or a time. */
export function TextInput(props: InputProps) {
  const { element, value, onChange, id, wrong, describedBy, labelledBy } = props;
  const type = stringIn(element, "type");
  const field = STRING_FIELDS[type]?.field ?? "value";
  const change = (text: string) => onChange({ type, [field]: text === "" ? null : text });
  const common = {
    id,
    className: "field",
    "data-action-id": stringIn(element, "action_id"),
    "aria-invalid": wrong,
    "aria-describedby": wrong ? describedBy : undefined,
    "aria-label": labelledBy ? undefined : wordsIn(element, "placeholder") || undefined,
    placeholder: wordsIn(element, "placeholder") || undefined,
    value: stringIn(value, field),
    maxLength: typeof element.max_length === "number" ? element.max_length : DEFAULT_LONGEST,
    autoFocus: element.focus_on_load === true,
  };
  if (element.multiline === true) {
    return <textarea {...common} rows={4} onChange={(event) => change(event.target.value)} />;
  }
  return (
    <input
      {...common}
      type={HTML_TYPES[type] ?? "text"}
      inputMode={type === "number_input" ? "decimal" : undefined}
      onChange={(event) => change(event.target.value)}
    />
  );
}
