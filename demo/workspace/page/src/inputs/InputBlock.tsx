import { use, useId } from "react";
import type { Json } from "../api/types";
import { jsonIn, stringIn, wordsIn } from "../blocks/read";
import { SurfaceContext } from "../state/surface";
import { FormContext } from "./form";
import { InputElement } from "./InputElement";
import { initialValue, selectedIn } from "./values";

/** A label, one input, a hint, and beside it what is wrong with it. */
export function InputBlock({ block }: { block: Json }) {
  const form = use(FormContext);
  const surface = use(SurfaceContext);
  const id = useId();
  const element = jsonIn(block, "element");
  if (!element) return null;
  const blockId = stringIn(block, "block_id");
  const actionId = stringIn(element, "action_id");
  const value = form.values[blockId]?.[actionId] ?? initialValue(element);
  const error = form.errors[blockId];
  const hint = wordsIn(block, "hint");

  const change = (changed: Json) => {
    form.change(blockId, actionId, changed);
    if (block.dispatch_action === true) {
      const type = stringIn(element, "type");
      void surface.act({ block_id: blockId, action_id: actionId, type, ...selectedIn(changed) });
    }
  };
  return (
    <div className={error ? "block-input wrong" : "block-input"} data-block-id={blockId}>
      <label htmlFor={id} id={`${id}-label`}>
        {wordsIn(block, "label")}
        {block.optional === true && <small> (optional)</small>}
      </label>
      <InputElement
        id={id}
        element={element}
        value={value}
        onChange={change}
        wrong={error !== undefined}
        describedBy={`${id}-error`}
        labelledBy={`${id}-label`}
      />
      {error && (
        <p className="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
