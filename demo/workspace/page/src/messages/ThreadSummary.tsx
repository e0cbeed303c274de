import { use } from "react";
import type { Message, Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Mark } from "../components/Mark";
import { authorOf, DirectoryContext } from "../state/directory";
import { clock } from "../text/time";

const FACES = 4;

/** How many replies a message has, and from whom; a click opens the thread. */
export function ThreadSummary({ message, onOpen }: { message: Message; onOpen(): void }) {
  const directory = use(DirectoryContext);
  const replies = message.replies ?? [];
  const authors = new Map<string, Person>();
  for (const reply of replies) {
    const author = authorOf(directory, reply);
    if (author) authors.set(author.id, author);
  }
  const last = replies.at(-1);
  const count = message.reply_count ?? replies.length;
  return (
    <button type="button" className="thread-summary" data-testid="thread-open" onClick={onOpen}>
      <span className="faces">
        {[...authors.values()]
          .slice(0, FACES)
          .map((person) =>
            person.id === directory.bot?.id ? (
              <Mark key={person.id} size={22} />
            ) : (
              <Avatar key={person.id} person={person} size={22} />
            ),
          )}
      </span>
      <strong>{count === 1 ? "1 reply" : `${count} replies`}</strong>
      {last && <small>Last reply {clock(last.ts)}</small>}
    </button>
  );
}
