import type { Json } from "../api/types";
import { ActionElement } from "../elements/ActionElement";
import { listIn, stringIn } from "./read";

export function ActionsBlock({ block }: { block: Json }) {
  return (
    <div className="block-actions">
      {listIn(block, "elements").map((element, index) => (
        <ActionElement
          key={stringIn(element, "action_id") || index}
          element={element}
          blockId={stringIn(block, "block_id")}
        />
      ))}
    </div>
  );
}
