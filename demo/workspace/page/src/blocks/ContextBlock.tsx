import type { Json } from "../api/types";
import { SlackText } from "../text/SlackText";
import { listIn, pictureAddress, stringIn } from "./read";

export function ContextBlock({ block }: { block: Json }) {
  return (
    <div className="block-context">
      {listIn(block, "elements").map((element, index) =>
        element.type === "image" ? (
          <img key={index} src={pictureAddress(element)} alt={stringIn(element, "alt_text")} />
        ) : (
          <SlackText key={index} value={element} />
        ),
      )}
    </div>
  );
}
