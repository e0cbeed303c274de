import { Fragment, useMemo, type ReactNode } from "react";
import type { Message, Shortcut } from "../api/types";
import { Icon } from "../components/Icon";
import { dayName } from "../text/time";
import { rowsOf, topLevel } from "./grouping";
import { MessageRow } from "./MessageRow";
import { useStickToEnd } from "./useStickToEnd";

/** A channel's messages, oldest first, kept at the end while one reads there. */
export function MessageList(props: {
  messages: readonly Message[];
  as: string;
  channel: string;
  shortcuts: readonly Shortcut[];
  onThread(ts: string): void;
  opening: ReactNode;
}) {
  const { messages, as, channel, shortcuts, onThread, opening } = props;
  const rows = useMemo(() => rowsOf(topLevel(messages)), [messages]);
  const { frame, away, toEnd } = useStickToEnd(channel, rows.at(-1)?.message.ts);
  return (
    <div className="list-frame">
      <div className="list" ref={frame} role="log" aria-label="Messages" tabIndex={0}>
        <div className="list-content">
          {opening}
          {rows.map(({ message, newDay, compact }) => (
            <Fragment key={message.ts}>
              {newDay && (
                <div className="day" role="separator">
                  <span>{dayName(message.ts, new Date())}</span>
                </div>
              )}
              <MessageRow
                message={message}
                compact={compact}
                as={as}
                channel={channel}
                shortcuts={shortcuts}
                onThread={onThread}
              />
            </Fragment>
          ))}
        </div>
      </div>
      {away && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="down" size={14} /> Newest
        </button>
      )}
    </div>
  );
}
