import { use } from "react";
import { stringIn, stringsIn, wordsIn } from "../blocks/read";
import { DirectoryContext } from "../state/directory";
import { choicesOf } from "./choices";
import { FormContext } from "./form";
import type { InputProps } from "./InputElement";
import { STRINGS_FIELDS, withString } from "./values";

/** Any of the people or channels, all in sight. */
export function NamesInput(props: InputProps) {
  const { element, value, onChange, id, describedBy, labelledBy, wrong } = props;
  const choices = choicesOf(element, use(DirectoryContext), use(FormContext).as);
  const type = stringIn(element, "type");
  const field = STRINGS_FIELDS[type]?.field ?? "";
  const chosen = stringsIn(value, field);
  const most = element.max_selected_items;
  const full = typeof most === "number" && chosen.length >= most;
  // Who is chosen but not here any more stays chosen, and can be taken out.
  const known = new Set(choices.map((choice) => choice.value));
  const strangers = chosen.filter((one) => !known.has(one));
  const shown = [...choices, ...strangers.map((one) => ({ value: one, label: one }))];

  return (
    <div
      id={id}
      className="checks names"
      role="group"
      aria-labelledby={labelledBy}
      aria-label={labelledBy ? undefined : wordsIn(element, "placeholder") || "Names"}
      aria-describedby={wrong ? describedBy : undefined}
      data-action-id={stringIn(element, "action_id")}
    >
      {shown.map(({ value: each, label }) => {
        const on = chosen.includes(each);
        return (
          <label key={each}>
            <input
              type="checkbox"
              value={each}
              checked={on}
              disabled={full && !on}
              onChange={(event) =>
                onChange({ type, [field]: withString(chosen, each, event.target.checked) })
              }
            />
            <span>{label}</span>
          </label>
        );
      })}
    </div>
  );
}
