import { use } from "react";
import type { Reaction } from "../api/types";
import { LibraryBlocks } from "../blocks/LibraryBlocks";
import { DirectoryContext } from "../state/directory";

/** Emoji under a message. */
export function Reactions({ reactions }: { reactions: readonly Reaction[] }) {
  const { users } = use(DirectoryContext);
  if (reactions.length === 0) return null;
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name ?? id;
  return (
    <ul className="reactions">
      {reactions.map((reaction) => {
        const section = {
          type: "rich_text_section",
          elements: [{ type: "emoji", name: reaction.name }],
        };
        return (
          <li key={reaction.name} title={reaction.users.map(nameOf).join(", ")}>
            <LibraryBlocks blocks={[{ type: "rich_text", elements: [section] }]} />
            {reaction.users.length}
          </li>
        );
      })}
    </ul>
  );
}
