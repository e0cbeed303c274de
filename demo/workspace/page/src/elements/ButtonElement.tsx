import type { Json } from "../api/types";
import { stringIn } from "../blocks/read";
import { safeAddress } from "../text/entities";
import { SlackText } from "../text/SlackText";

export function ButtonElement(props: { element: Json; busy: boolean; onPress(): void }) {
  const { element, busy, onPress } = props;
  const address = safeAddress(stringIn(element, "url"));
  const style = stringIn(element, "style");
  return (
    <button
      type="button"
      className={`button ${style}`}
      data-action-id={stringIn(element, "action_id")}
      aria-label={stringIn(element, "accessibility_label") || undefined}
      aria-busy={busy}
      disabled={busy}
      onClick={() => {
        if (address) window.open(address, "_blank", "noopener");
        onPress();
      }}
    >
      <SlackText value={element.text} />
    </button>
  );
}
