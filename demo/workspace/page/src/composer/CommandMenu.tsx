import type { Menu, Offer } from "./menu";

/** Commands with their usage, or names, above the composer. */
export function CommandMenu(props: {
  id: string;
  menu: Menu;
  active: number;
  onPick(offer: Offer): void;
}) {
  const { id, menu, active, onPick } = props;
  if (menu.offers.length === 0) return null;
  return (
    <div className="command-menu" data-testid="command-menu">
      <ul id={id} role="listbox" aria-label="Suggestions">
        {menu.offers.map((offer, index) => {
          const chosen = menu.choosing && index === active;
          return (
            <li key={offer.label} role="option" aria-selected={chosen} id={`${id}-${index}`}>
              <button
                type="button"
                tabIndex={-1}
                // Keeps the caret where it is.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onPick(offer)}
              >
                <strong>{offer.label}</strong>
                {offer.usage && <code>{offer.usage}</code>}
                <span>{offer.description}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {menu.choosing && <footer>↑ ↓ to choose · Enter to take · Esc to close</footer>}
    </div>
  );
}
