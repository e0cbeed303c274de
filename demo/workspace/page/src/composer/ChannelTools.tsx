import { use, useState } from "react";
import { readSamples, sendShortcut } from "../api/client";
import type { Sample, Shortcut } from "../api/types";
import { Icon } from "../components/Icon";
import { NoticeContext, sayCause, sayFailure } from "../state/notices";

const SHOWN_SAMPLES = 3;

const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** The channel composer's own tools: sample pictures and the app's shortcuts. */
export function ChannelTools(props: {
  samples: readonly Sample[];
  shortcuts: readonly Shortcut[];
  as: string;
  onFiles(files: File[]): void;
}) {
  const { samples, shortcuts, as, onFiles } = props;
  const say = use(NoticeContext);
  const [busy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (cause) {
      say(sayCause(cause));
    }
    setBusy(false);
  };
  const run = (callback_id: string) =>
    attempt(async () => {
      const done = await sendShortcut({ as, callback_id });
      if (!done.ok) say(sayFailure(done));
    });

  return (
    <>
      {samples.length > 0 && (
        <button
          type="button"
          className="tool samples"
          data-testid="sample-all"
          disabled={busy}
          onClick={() => void attempt(async () => onFiles(await readSamples(samples)))}
        >
          <span className="faces">
            {samples.slice(0, SHOWN_SAMPLES).map(({ url }) => (
              <img key={url} src={url} alt="" />
            ))}
          </span>
          Add {COUNTS[samples.length] ?? samples.length} sample pictures
        </button>
      )}
      {shortcuts.map(({ callback_id, name }) => (
        <button
          key={callback_id}
          type="button"
          className="tool"
          data-testid={`shortcut-${callback_id}`}
          disabled={busy}
          onClick={() => void run(callback_id)}
        >
          <Icon name="bolt" size={16} />
          {name}
        </button>
      ))}
    </>
  );
}
