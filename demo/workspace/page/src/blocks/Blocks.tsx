import { Fragment, type ReactNode } from "react";
import type { Json } from "../api/types";
import { InputBlock } from "../inputs/InputBlock";
import { Gallery } from "../messages/Gallery";
import { ActionsBlock } from "./ActionsBlock";
import { ContextBlock } from "./ContextBlock";
import { HeaderBlock } from "./HeaderBlock";
import { LibraryBlocks } from "./LibraryBlocks";
import { pictureAddress, stringIn, wordsIn } from "./read";
import { SectionBlock } from "./SectionBlock";

/** Pictures that follow each other make one gallery. */
export function runsOf(blocks: readonly Json[]): Json[][] {
  const runs: Json[][] = [];
  for (const block of blocks) {
    const last = runs.at(-1);
    if (block.type === "image" && last?.[0]?.type === "image") last.push(block);
    else runs.push([block]);
  }
  return runs;
}

function one(block: Json): ReactNode {
  switch (block.type) {
    case "section":
      return <SectionBlock block={block} />;
    case "context":
      return <ContextBlock block={block} />;
    case "header":
      return <HeaderBlock block={block} />;
    case "actions":
      return <ActionsBlock block={block} />;
    case "input":
      return <InputBlock block={block} />;
    default:
      return <LibraryBlocks blocks={[block]} />;
  }
}

function pictures(run: readonly Json[]): ReactNode {
  const shown = run.map((block) => ({
    url: pictureAddress(block),
    alt: stringIn(block, "alt_text"),
    title: wordsIn(block, "title"),
  }));
  return <Gallery pictures={shown} />;
}

/** Block Kit: what only shows is the library's, what a person can do something with is ours. */
export function Blocks({ blocks }: { blocks: readonly Json[] }) {
  return (
    <div className="blocks">
      {runsOf(blocks).map((run, index) => {
        const first = run[0];
        if (!first) return null;
        const key = stringIn(first, "block_id") || String(index);
        return (
          <Fragment key={key}>{first.type === "image" ? pictures(run) : one(first)}</Fragment>
        );
      })}
    </div>
  );
}
