import { use } from "react";
import { sendShortcut } from "../api/client";
import type { Message, Shortcut } from "../api/types";
import { Icon } from "../components/Icon";
import { NoticeContext, sayCause, sayFailure } from "../state/notices";

/** What one can do with a message, shown when it is pointed at or focused. */
export function MessageTools(props: {
  message: Message;
  as: string;
  channel: string;
  shortcuts: readonly Shortcut[];
  onThread?: (() => void) | undefined;
}) {
  const { message, as, channel, shortcuts, onThread } = props;
  const say = use(NoticeContext);

  const run = async (callback_id: string) => {
    try {
      const done = await sendShortcut({ as, callback_id, channel, message_ts: message.ts });
      if (!done.ok) say(sayFailure(done));
    } catch (cause) {
      say(sayCause(cause));
    }
  };

  return (
    <div className="tools" role="toolbar" aria-label="Message">
      {shortcuts.map(({ callback_id, name }) => (
        <button
          key={callback_id}
          type="button"
          data-testid={`shortcut-${callback_id}`}
          onClick={() => void run(callback_id)}
        >
          <Icon name="spark" size={16} />
          {name}
        </button>
      ))}
      {onThread && (
        <button type="button" data-testid="thread-open" onClick={onThread}>
          <Icon name="reply" size={16} />
          Reply in thread
        </button>
      )}
    </div>
  );
}
