import { use, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { Command } from "../api/types";
import { Icon } from "../components/Icon";
import { DirectoryContext } from "../state/directory";
import { Attachments } from "./Attachments";
import { CommandMenu } from "./CommandMenu";
import { menuFor, type Offer } from "./menu";
import { send, type Place } from "./send";
import type { useAttachments } from "./useAttachments";

export interface ComposerProps {
  place: Place;
  text: string;
  onText(text: string): void;
  files: ReturnType<typeof useAttachments>;
  commands: readonly Command[];
  placeholder: string;
  /** `""` for the channel's composer, `"thread-"` for the thread's. */
  prefix: "" | "thread-";
  /** More tools beside the paper clip. */
  children?: ReactNode;
}

/** Where one writes: text, files, commands. */
export function Composer(props: ComposerProps) {
  const { place, text, onText, files, commands, placeholder, prefix, children } = props;
  const { people, bot } = use(DirectoryContext);
  const [active, setActive] = useState(0);
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const menuId = useId();

  const everyone = bot ? [bot, ...people] : people;
  const menu =
    closedFor === text ? { offers: [], choosing: false } : menuFor(text, commands, everyone);
  const at = Math.min(active, menu.offers.length - 1);

  useEffect(() => {
    const box = area.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [text]);

  const pick = (offer: Offer) => {
    onText(offer.fill);
    setActive(0);
    area.current?.focus();
  };
  const submit = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const chosen = files.attached.map(({ file }) => file);
    const failed = await send(place, text, chosen, everyone);
    setBusy(false);
    setProblem(failed);
    if (failed === null) {
      onText("");
      files.clear();
    }
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const count = menu.offers.length;
    if (menu.choosing && event.key === "ArrowDown") setActive((at + 1) % count);
    else if (menu.choosing && event.key === "ArrowUp") setActive((at + count - 1) % count);
    else if (menu.choosing && (event.key === "Tab" || isPlainEnter(event)) && menu.offers[at]) {
      pick(menu.offers[at]);
    } else if (count > 0 && event.key === "Escape") setClosedFor(text);
    else if (isPlainEnter(event)) void submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const empty = text.trim() === "" && files.attached.length === 0;
  return (
    <form
      className={over ? "composer over" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        files.add(event.dataTransfer.files);
      }}
    >
      <CommandMenu id={menuId} menu={menu} active={at} onPick={pick} />
      {problem && (
        <p className="problem" role="alert">
          {problem}
          <button type="button" aria-label="Dismiss" onClick={() => setProblem(null)}>
            <Icon name="close" size={14} />
          </button>
        </p>
      )}
      <textarea
        ref={area}
        rows={1}
        value={text}
        placeholder={placeholder}
        aria-label={placeholder}
        aria-controls={menu.offers.length > 0 ? menuId : undefined}
        aria-activedescendant={menu.choosing ? `${menuId}-${at}` : undefined}
        data-testid={`${prefix === "" ? "composer" : "thread-composer"}`}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return;
          event.preventDefault();
          files.add(event.clipboardData.files);
        }}
      />
      <Attachments attached={files.attached} onRemove={files.remove} />
      <div className="composer-tools">
        <label className="tool" title="Attach files">
          <Icon name="clip" />
          <span className="unseen">Attach files</span>
          <input
            type="file"
            multiple
            className="unseen"
            data-testid={`${prefix}attach`}
            onChange={(event) => {
              files.add(event.target.files ?? []);
              event.target.value = "";
            }}
          />
        </label>
        {children}
        <button
          type="submit"
          className="send"
          aria-label="Send"
          disabled={empty || busy}
          aria-busy={busy}
          data-testid={`${prefix}send`}
        >
          <Icon name="send" />
        </button>
      </div>
      {over && <div className="drop-here">Drop files here</div>}
    </form>
  );
}

const isPlainEnter = (event: KeyboardEvent): boolean => event.key === "Enter" && !event.shiftKey;
