import type { GuideStep } from "../api/types";
import { Icon } from "../components/Icon";
import { unescapeEntities } from "../text/entities";

/** A step's sentence, with what to write set apart wherever the sentence says it. */
function Told({ step }: { step: GuideStep }) {
  const text = unescapeEntities(step.text);
  const write = unescapeEntities(step.try ?? "");
  const at = write === "" ? -1 : text.indexOf(write);
  const before = at < 0 ? text : text.slice(0, at);
  const after = at < 0 ? "" : text.slice(at + write.length);
  return (
    <>
      <p>{before}</p>
      {write && <code>{write}</code>}
      {/[^\s.]/.test(after) && <p>{after.replace(/^[,\s]+/, "")}</p>}
    </>
  );
}

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
            <Told step={step} />
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
