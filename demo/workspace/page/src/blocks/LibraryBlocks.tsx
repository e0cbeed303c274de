import { use } from "react";
import { Message as LibraryMessage, type Block } from "slack-blocks-to-jsx";
import type { Json } from "../api/types";
import { DirectoryContext } from "../state/directory";
import { safeAddress } from "../text/entities";

type Hooks = NonNullable<Parameters<typeof LibraryMessage>[0]["hooks"]>;

const HOOKS: Hooks = {
  link: ({ href, children }) => {
    const address = safeAddress(href);
    if (address === null) return <>{children}</>;
    return (
      <a href={address} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    );
  },
  emoji: (data, draw) => {
    const drawn = draw(data);
    return <>{drawn === data.name ? `:${data.name}:` : drawn}</>;
  },
};

/** Blocks that only show something, drawn by the Block Kit library. */
export function LibraryBlocks({ blocks }: { blocks: readonly Json[] }) {
  const { users, channels, theme } = use(DirectoryContext);
  return (
    <LibraryMessage
      // Block ids would become element ids of the page, where they are not unique.
      blocks={blocks.map(({ block_id: _, ...block }) => block as Block)}
      data={{ users, channels: [...channels] }}
      hooks={HOOKS}
      theme={theme}
      name=""
      logo=""
      withoutWrapper
      style={{ maxWidth: "none" }}
    />
  );
}
