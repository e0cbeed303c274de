import { useEffect, useRef, useState } from "react";
import { Icon } from "../components/Icon";
import type { Picture } from "./Gallery";

/** Pictures over the page; arrows step through them, Escape closes. */
export function Lightbox(props: {
  pictures: readonly Picture[];
  start: number;
  onClose(): void;
}) {
  const { pictures, start, onClose } = props;
  const [index, setIndex] = useState(start);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const step = (by: number) => setIndex((now) => (now + by + pictures.length) % pictures.length);
  const picture = pictures[index];
  if (!picture) return null;
  const several = pictures.length > 1;
  return (
    <dialog
      ref={dialog}
      className="lightbox"
      aria-label="Pictures"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") step(-1);
        if (event.key === "ArrowRight") step(1);
      }}
    >
      <img src={picture.url} alt={picture.alt} />
      <footer>
        <span>{picture.title || picture.alt}</span>
        {several && (
          <span className="count">
            {index + 1} of {pictures.length}
          </span>
        )}
        <a href={picture.url} target="_blank" rel="noopener noreferrer">
          Open original
        </a>
      </footer>
      {several && (
        <>
          <button type="button" className="round left" aria-label="Before" onClick={() => step(-1)}>
            <Icon name="left" />
          </button>
          <button type="button" className="round right" aria-label="Next" onClick={() => step(1)}>
            <Icon name="right" />
          </button>
        </>
      )}
      <button type="button" className="round close" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </dialog>
  );
}
