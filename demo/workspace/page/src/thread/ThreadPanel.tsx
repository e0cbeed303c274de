import { useEffect, useState } from "react";
import type { Message, Shortcut } from "../api/types";
import { Composer } from "../composer/Composer";
import { useAttachments } from "../composer/useAttachments";
import { Icon } from "../components/Icon";
import { rowsOf } from "../messages/grouping";
import { MessageRow } from "../messages/MessageRow";
import { useStickToEnd } from "../messages/useStickToEnd";

/** A message and what was answered to it, at the side. */
export function ThreadPanel(props: {
  root: Message;
  as: string;
  channel: string;
  channelName: string;
  shortcuts: readonly Shortcut[];
  onClose(): void;
}) {
  const { root, as, channel, channelName, shortcuts, onClose } = props;
  const [text, setText] = useState("");
  const files = useAttachments();
  const replies = root.replies ?? [];
  const { frame } = useStickToEnd(root.ts, replies.at(-1)?.ts);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) onClose();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);

  const row = (message: Message, compact: boolean) => (
    <MessageRow
      key={message.ts}
      message={message}
      compact={compact}
      as={as}
      channel={channel}
      shortcuts={shortcuts}
    />
  );
  return (
    <aside className="rail thread" data-testid="thread-panel" aria-label="Thread">
      <header>
        <div>
          <h2>Thread</h2>
          <p>{channelName}</p>
        </div>
        <button type="button" className="plain" aria-label="Close thread" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="list" ref={frame} role="log" aria-label="Replies" tabIndex={0}>
        <div className="list-content">
          {row(root, false)}
          {replies.length > 0 && (
            <div className="day" role="separator">
              <span>{replies.length === 1 ? "1 reply" : `${replies.length} replies`}</span>
            </div>
          )}
          {rowsOf(replies).map(({ message, compact }) => row(message, compact))}
        </div>
      </div>
      <Composer
        place={{ as, channel, thread_ts: root.ts }}
        text={text}
        onText={setText}
        files={files}
        commands={[]}
        placeholder="Reply…"
        prefix="thread-"
      />
    </aside>
  );
}
