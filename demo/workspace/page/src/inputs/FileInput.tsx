import { use, useState } from "react";
import { keepFiles, readSamples } from "../api/client";
import type { Json } from "../api/types";
import { listIn, stringIn } from "../blocks/read";
import { Icon } from "../components/Icon";
import { DirectoryContext } from "../state/directory";
import { sayCause } from "../state/notices";
import { FormContext } from "./form";
import type { InputProps } from "./InputElement";

const MOST_FILES = 10;

/** Files that a form asks for; they are kept by the workspace as soon as they are chosen. */
export function FileInput({ element, value, onChange, id, wrong, describedBy }: InputProps) {
  const { as } = use(FormContext);
  const { samples } = use(DirectoryContext);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const kept = listIn(value, "files");
  const most = typeof element.max_files === "number" ? element.max_files : MOST_FILES;
  const types = Array.isArray(element.filetypes) ? element.filetypes : [];

  const hold = (files: Json[]) => onChange({ type: "file_input", files: files.slice(0, most) });
  const add = async (reading: Promise<readonly File[]>) => {
    setBusy(true);
    setProblem(null);
    try {
      const files = (await reading).slice(0, most - kept.length);
      if (files.length > 0) hold([...kept, ...(await keepFiles(as, files))]);
    } catch (cause) {
      setProblem(sayCause(cause));
    }
    setBusy(false);
  };
  return (
    <div
      className="file-input"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void add(Promise.resolve([...event.dataTransfer.files]));
      }}
    >
      {kept.length > 0 && (
        <ul className="attachments">
          {kept.map((file) => (
            <li key={stringIn(file, "id")} data-testid="kept-file" title={stringIn(file, "name")}>
              <img src={`/page/files/${stringIn(file, "id")}`} alt={stringIn(file, "name")} />
              <button
                type="button"
                aria-label={`Remove ${stringIn(file, "name")}`}
                onClick={() => hold(kept.filter((one) => one !== file))}
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="file-tools">
        <label className="button">
          <Icon name="clip" size={16} />
          {busy ? "Reading…" : "Choose or drop files"}
          <input
            id={id}
            type="file"
            multiple={most > 1}
            accept={types.map((type) => `.${String(type)}`).join(",") || undefined}
            className="unseen"
            data-action-id={stringIn(element, "action_id")}
            aria-invalid={wrong}
            aria-describedby={wrong ? describedBy : undefined}
            disabled={busy}
            onChange={(event) => void add(Promise.resolve([...(event.target.files ?? [])]))}
          />
        </label>
        {samples.length > 0 && kept.length === 0 && (
          <button
            type="button"
            className="tool"
            data-testid="file-samples"
            disabled={busy}
            onClick={() => void add(readSamples(samples))}
          >
            Use the sample pictures
          </button>
        )}
      </div>
      {problem && <p className="error">{problem}</p>}
    </div>
  );
}
