import type { GuideStep } from "../api/types";
import { Icon } from "../components/Icon";
import { unescapeEntities } from "../text/entities";

/** The first steps, each ready to be tried. */
export function Guide(props: {
  steps: readonly GuideStep[];
  tried: ReadonlySet<number>;
  onTry(step: GuideStep, index: number): void;
  onClose(): void;
}) {
  const { steps, tried, onTry, onClose } = props;
  return (
    <aside className="rail guide" data-testid="guide" aria-label="Guide">
      <header>
        <div>
          <h2>First steps</h2>
          <p>Teach a word, then draw with it.</p>
        </div>
        <button type="button" className="plain" aria-label="Close the guide" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <ol>
        {steps.map((step, index) => (
          <li key={step.title} className={tried.has(index) ? "tried" : ""}>
            <h3>{unescapeEntities(step.title)}</h3>
            <p>{unescapeEntities(step.text)}</p>
            {step.try && <code>{unescapeEntities(step.try)}</code>}
            {(step.try || step.samples) && (
              <button
                type="button"
                className="button"
                data-testid={`guide-try-${index + 1}`}
                onClick={() => onTry(step, index)}
              >
                Try it
              </button>
            )}
          </li>
        ))}
      </ol>
    </aside>
  );
}
