import { Icon } from "../components/Icon";
import type { Attachment } from "./useAttachments";

/** Thumbnails of what will be sent, each with a way to take it off. */
export function Attachments(props: {
  attached: readonly Attachment[];
  onRemove(key: number): void;
}) {
  if (props.attached.length === 0) return null;
  return (
    <ul className="attachments" aria-label="Attached files">
      {props.attached.map(({ key, file, preview }) => (
        <li key={key} data-testid="attachment" title={file.name}>
          {preview ? <img src={preview} alt={file.name} /> : <Icon name="file" size={24} />}
          {!preview && <small>{file.name}</small>}
          <button
            type="button"
            aria-label={`Remove ${file.name}`}
            onClick={() => props.onRemove(key)}
          >
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
