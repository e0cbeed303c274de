import { useRef } from "react";
import type { Json } from "../api/types";
import { optionsOf, stringIn } from "../blocks/read";
import { Icon } from "../components/Icon";
import { safeAddress } from "../text/entities";

/** The menu behind three dots. */
export function OverflowElement({ element, onPick }: { element: Json; onPick(value: string): void }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute("open");
  return (
    <details
      ref={menu}
      className="overflow"
      onKeyDown={(event) => event.key === "Escape" && close()}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary
        className="button"
        aria-label="More"
        data-action-id={stringIn(element, "action_id")}
      >
        <Icon name="more" size={18} />
      </summary>
      <ul>
        {optionsOf(element).map((option) => (
          <li key={option.value}>
            <button
              type="button"
              data-option={option.value}
              onClick={() => {
                close();
                const address = safeAddress(option.url);
                if (address) window.open(address, "_blank", "noopener");
                onPick(option.value);
              }}
            >
              {option.label}
              {option.description && <small>{option.description}</small>}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
