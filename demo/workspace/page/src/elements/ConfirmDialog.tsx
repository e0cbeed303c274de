import { useEffect, useRef } from "react";
import type { Json } from "../api/types";
import { stringIn, wordsIn } from "../blocks/read";
import { SlackText } from "../text/SlackText";

/** The question an app attached to an element, asked before its action is sent. */
export function ConfirmDialog(props: { confirm: Json; onYes(): void; onNo(): void }) {
  const { confirm, onYes, onNo } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const title = wordsIn(confirm, "title") || "Are you sure?";
  const danger = stringIn(confirm, "style") === "danger";
  return (
    <dialog
      ref={dialog}
      className="modal confirm"
      data-testid="confirm"
      aria-label={title}
      onClose={onNo}
    >
      <header>
        <h2>{title}</h2>
      </header>
      <div className="modal-body">
        <SlackText value={confirm.text} />
      </div>
      <footer>
        <button type="button" className="button" data-testid="confirm-no" onClick={onNo}>
          {wordsIn(confirm, "deny") || "No"}
        </button>
        <button
          type="button"
          className={danger ? "button danger" : "button primary"}
          data-testid="confirm-yes"
          onClick={onYes}
        >
          {wordsIn(confirm, "confirm") || "Yes"}
        </button>
      </footer>
    </dialog>
  );
}
