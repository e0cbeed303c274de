import type { Json } from "../api/types";
import { SlackText } from "../text/SlackText";

export function HeaderBlock({ block }: { block: Json }) {
  return (
    <div className="block-header" role="heading" aria-level={3}>
      <SlackText value={block.text} />
    </div>
  );
}
