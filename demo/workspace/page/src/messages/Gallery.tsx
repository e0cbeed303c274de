import { useState, type CSSProperties } from "react";
import { Lightbox } from "./Lightbox";

export interface Picture {
  url: string;
  alt: string;
  title: string;
}

const MOST_COLUMNS = 5;

/** As many columns as leave no lonely picture in the last row. */
export function columnsFor(count: number): number {
  if (count <= MOST_COLUMNS) return count;
  return [5, 4, 3].find((columns) => count % columns === 0) ?? 4;
}

/** One picture large, several as tiles; a click opens them over the page. */
export function Gallery({ pictures }: { pictures: readonly Picture[] }) {
  const [open, setOpen] = useState<number | null>(null);
  return (
    <div
      className={pictures.length === 1 ? "gallery single" : "gallery"}
      style={{ "--columns": columnsFor(pictures.length) } as CSSProperties}
    >
      {pictures.map((picture, index) => (
        <figure key={`${picture.url} ${index}`}>
          <button
            type="button"
            className="picture"
            onClick={() => setOpen(index)}
            aria-label={`Open ${picture.alt || picture.title || "picture"}`}
          >
            <img src={picture.url} alt={picture.alt} loading="lazy" />
          </button>
          {picture.title && <figcaption title={picture.title}>{picture.title}</figcaption>}
        </figure>
      ))}
      {open !== null && (
        <Lightbox pictures={pictures} start={open} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}
