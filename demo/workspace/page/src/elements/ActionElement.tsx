import { use, useState } from "react";
import type { ActionTaken, Json } from "../api/types";
import { jsonIn, stringIn } from "../blocks/read";
import { InputElement } from "../inputs/InputElement";
import { initialValue, selectedIn } from "../inputs/values";
import { SurfaceContext } from "../state/surface";
import { ButtonElement } from "./ButtonElement";
import { ConfirmDialog } from "./ConfirmDialog";
import { OverflowElement } from "./OverflowElement";

/** An element outside of a form: whatever a person does to it is sent at once. */
export function ActionElement({ element, blockId }: { element: Json; blockId: string }) {
  const surface = use(SurfaceContext);
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<ActionTaken | null>(null);
  const [value, setValue] = useState<Json>(() => initialValue(element));
  const confirm = jsonIn(element, "confirm");

  const send = async (action: ActionTaken) => {
    setAsked(null);
    setBusy(true);
    await surface.act(action);
    setBusy(false);
  };
  const take = (part: Pick<ActionTaken, "value" | "selected">) => {
    const action: ActionTaken = {
      block_id: blockId,
      action_id: stringIn(element, "action_id"),
      type: stringIn(element, "type"),
      ...part,
    };
    if (confirm) setAsked(action);
    else void send(action);
  };

  const shown = () => {
    switch (element.type) {
      case "button":
      case "workflow_button":
        return (
          <ButtonElement
            element={element}
            busy={busy}
            onPress={() => take({ value: stringIn(element, "value") })}
          />
        );
      case "overflow":
        return <OverflowElement element={element} onPick={(selected) => take({ selected })} />;
      default:
        return (
          <InputElement
            element={element}
            value={value}
            onChange={(changed) => {
              setValue(changed);
              take(selectedIn(changed));
            }}
          />
        );
    }
  };
  return (
    <>
      {shown()}
      {asked && confirm && (
        <ConfirmDialog
          confirm={confirm}
          onYes={() => void send(asked)}
          onNo={() => setAsked(null)}
        />
      )}
    </>
  );
}
