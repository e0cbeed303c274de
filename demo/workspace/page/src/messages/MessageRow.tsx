import { memo, use } from "react";
import type { Message, Shortcut } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { Avatar } from "../components/Avatar";
import { Icon } from "../components/Icon";
import { Mark } from "../components/Mark";
import { authorOf, DirectoryContext } from "../state/directory";
import { SurfaceContext, useMessageSurface } from "../state/surface";
import { Mrkdwn } from "../text/SlackText";
import { clock, dateOf, fullTime } from "../text/time";
import { Files } from "./Files";
import { MessageTools } from "./MessageTools";
import { Reactions } from "./Reactions";
import { ThreadSummary } from "./ThreadSummary";

export interface MessageRowProps {
  message: Message;
  compact: boolean;
  as: string;
  channel: string;
  shortcuts: readonly Shortcut[];
  /** Absent inside a thread. */
  onThread?: (ts: string) => void;
}

function Body({ message }: { message: Message }) {
  const hasBlocks = (message.blocks?.length ?? 0) > 0;
  return (
    <>
      <div className="message-text" data-testid="message-text">
        {hasBlocks ? <Blocks blocks={message.blocks ?? []} /> : <Mrkdwn text={message.text} />}
        {message.edited && <span className="edited">(edited)</span>}
      </div>
      {(message.files?.length ?? 0) > 0 && <Files files={message.files ?? []} />}
      <Reactions reactions={message.reactions ?? []} />
    </>
  );
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, compact, as, channel, shortcuts, onThread } = props;
  const directory = use(DirectoryContext);
  const surface = useMessageSurface(as, channel, message.ts);
  const author = authorOf(directory, message);
  const byBot = author !== null && author.id === directory.bot?.id;
  const name = author ? author.real_name || author.name : "Unknown";
  const replies = message.reply_count ?? 0;
  const openThread = onThread && !message.ephemeral_to ? () => onThread(message.ts) : undefined;
  const time = (
    <time dateTime={dateOf(message.ts).toISOString()} title={fullTime(message.ts)}>
      {clock(message.ts)}
    </time>
  );
  const classes = ["message", compact && "compact", message.ephemeral_to && "ephemeral"];

  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      data-testid="message"
      data-ts={message.ts}
      data-author={author?.id}
      aria-label={`${name}, ${clock(message.ts)}`}
    >
      {message.ephemeral_to && (
        <p className="only-you">
          <Icon name="eye" size={14} /> Only visible to you
        </p>
      )}
      <div className="gutter">
        {compact ? time : byBot ? <Mark /> : <Avatar person={author} />}
      </div>
      <div className="content">
        {!compact && (
          <header>
            <strong>{byBot ? (author?.name ?? name) : name}</strong>
            {byBot && <span className="app-badge">App</span>}
            {time}
          </header>
        )}
        <SurfaceContext value={surface}>
          <Body message={message} />
        </SurfaceContext>
        {openThread && replies > 0 && <ThreadSummary message={message} onOpen={openThread} />}
      </div>
      <MessageTools
        message={message}
        as={as}
        channel={channel}
        shortcuts={message.ephemeral_to ? [] : shortcuts}
        onThread={replies > 0 ? undefined : openThread}
      />
    </article>
  );
});
