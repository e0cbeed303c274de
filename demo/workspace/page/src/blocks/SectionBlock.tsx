import type { Json } from "../api/types";
import { ActionElement } from "../elements/ActionElement";
import { Gallery } from "../messages/Gallery";
import { SlackText } from "../text/SlackText";
import { jsonIn, listIn, pictureAddress, stringIn } from "./read";

function Accessory({ block, element }: { block: Json; element: Json }) {
  if (element.type === "image") {
    const alt = stringIn(element, "alt_text");
    return <Gallery pictures={[{ url: pictureAddress(element), alt, title: "" }]} />;
  }
  return <ActionElement element={element} blockId={stringIn(block, "block_id")} />;
}

/** Text, up to ten fields in two columns, and one thing at the side. */
export function SectionBlock({ block }: { block: Json }) {
  const accessory = jsonIn(block, "accessory");
  const fields = listIn(block, "fields");
  return (
    <div className="block-section">
      <div className="words">
        <SlackText value={block.text} />
        {fields.length > 0 && (
          <div className="fields">
            {fields.map((field, index) => (
              <div key={index}>
                <SlackText value={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div className="accessory">
          <Accessory block={block} element={accessory} />
        </div>
      )}
    </div>
  );
}
