import { useState, type CSSProperties } from "react";
import { Lightbox } from "./Lightbox";

export interface Picture {
  url: string;
  alt: string;
  title: string;
}

const MOST_COLUMNS = 5;
/** Wider than any picture that is drawn, of which the widest are 16:9. */
const CHART_RATIO = 2;
const NONE: ReadonlySet<string> = new Set();

export const isChart = (width: number, height: number): boolean => width > CHART_RATIO * height;

/** As many columns as leave no lonely picture in the last row. */
export function columnsFor(count: number): number {
  if (count <= MOST_COLUMNS) return count;
  return [5, 4, 3].find((columns) => count % columns === 0) ?? 4;
}

/** One picture large, several as tiles; a click opens them over the page. */
export function Gallery({ pictures }: { pictures: readonly Picture[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const [charts, setCharts] = useState<ReadonlySet<string>>(NONE);
  const look = (picture: Picture, { naturalWidth, naturalHeight }: HTMLImageElement) => {
    if (!isChart(naturalWidth, naturalHeight)) return;
    setCharts((before) => (before.has(picture.url) ? before : new Set([...before, picture.url])));
  };
  // A chart as a tile cannot be read, so it gets a line of its own, and with it all the others.
  const stacked = pictures.some(({ url }) => charts.has(url));
  const shape = pictures.length === 1 ? " single" : stacked ? " stacked" : "";
  return (
    <div
      className={`gallery${shape}${stacked ? " charts" : ""}`}
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
            <img
              src={picture.url}
              alt={picture.alt}
              loading="lazy"
              className={charts.has(picture.url) ? "chart" : undefined}
              onLoad={(event) => look(picture, event.currentTarget)}
            />
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
