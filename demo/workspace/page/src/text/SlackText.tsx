import type { Json } from "../api/types";
import { LibraryBlocks } from "../blocks/LibraryBlocks";
import { stringIn } from "../blocks/read";
import { parseMrkdwn, parsePlain } from "./mrkdwn";

/** A message's text, in mrkdwn. */
export function Mrkdwn({ text }: { text: string }) {
  const elements = parseMrkdwn(text);
  if (elements.length === 0) return null;
  return <LibraryBlocks blocks={[{ type: "rich_text", elements }]} />;
}

/** A text object of Block Kit, mrkdwn or plain. */
export function SlackText({ value }: { value: unknown }) {
  const text = stringIn(value, "text");
  if (text === "") return null;
  if (stringIn(value, "type") === "mrkdwn") return <Mrkdwn text={text} />;
  const block: Json = { type: "rich_text", elements: parsePlain(text) };
  return <LibraryBlocks blocks={[block]} />;
}
