import type { SharedFile } from "../api/types";
import { Icon } from "../components/Icon";
import { Gallery } from "./Gallery";

const isPicture = ({ mimetype }: SharedFile) => /^image\//.test(mimetype ?? "");

/** The files of a message: pictures as a gallery, anything else as a row. */
export function Files({ files }: { files: readonly SharedFile[] }) {
  const pictures = files.filter(isPicture).map(({ url, name }) => ({ url, alt: name, title: "" }));
  const others = files.filter((file) => !isPicture(file));
  return (
    <div className="files">
      {pictures.length > 0 && <Gallery pictures={pictures} />}
      {others.map((file) => (
        <a key={file.id} className="file" href={file.url} target="_blank" rel="noopener noreferrer">
          <Icon name="file" size={22} />
          <span>
            <strong>{file.name}</strong>
            <small>{file.mimetype}</small>
          </span>
        </a>
      ))}
    </div>
  );
}
