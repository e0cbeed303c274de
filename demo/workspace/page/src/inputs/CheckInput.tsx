import { useId } from "react";
import type { Json } from "../api/types";
import { jsonIn, listIn, stringIn, wordsIn } from "../blocks/read";
import type { InputProps } from "./InputElement";

/** Options that are all in sight: one of them (radio) or any of them (check). */
export function CheckInput(props: InputProps) {
  const { element, value, onChange, id, describedBy, labelledBy, wrong } = props;
  const group = useId();
  const type = stringIn(element, "type");
  const one = type === "radio_buttons";
  const options = listIn(element, "options");
  const chosen = one
    ? [stringIn(jsonIn(value, "selected_option"), "value")]
    : listIn(value, "selected_options").map((option) => stringIn(option, "value"));

  const toggle = (option: Json, on: boolean) => {
    if (one) return onChange({ type, selected_option: option });
    const picked = stringIn(option, "value");
    const next = options.filter((each) => {
      const its = stringIn(each, "value");
      return its === picked ? on : chosen.includes(its);
    });
    onChange({ type, selected_options: next });
  };
  return (
    <div
      id={id}
      className="checks"
      role={one ? "radiogroup" : "group"}
      aria-labelledby={labelledBy}
      aria-label={labelledBy ? undefined : wordsIn(element, "placeholder") || "Options"}
      aria-describedby={wrong ? describedBy : undefined}
      data-action-id={stringIn(element, "action_id")}
    >
      {options.map((option) => {
        const its = stringIn(option, "value");
        const description = wordsIn(option, "description");
        return (
          <label key={its}>
            <input
              type={one ? "radio" : "checkbox"}
              name={group}
              value={its}
              checked={chosen.includes(its)}
              onChange={(event) => toggle(option, event.target.checked)}
            />
            <span>
              {wordsIn(option, "text")}
              {description && <small>{description}</small>}
            </span>
          </label>
        );
      })}
    </div>
  );
}
