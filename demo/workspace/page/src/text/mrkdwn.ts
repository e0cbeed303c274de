/**
 * Slack's mrkdwn as rich text elements, the way Slack itself stores what people write.
 *
 * Rich text is drawn literally, so an escaped `&lt;@U1&gt;` can never turn into a mention.
 */
import { safeAddress, unescapeEntities } from "./entities";

export interface Style {
  bold?: true;
  italic?: true;
  strike?: true;
  code?: true;
}

export type Inline =
  | { type: "text"; text: string; style?: Style }
  | { type: "user"; user_id: string }
  | { type: "channel"; channel_id: string }
  | { type: "broadcast"; range: "here" | "channel" | "everyone" }
  | { type: "emoji"; name: string }
  | { type: "link"; url: string; text?: string; style?: Style }
  | { type: "date"; timestamp: number; format: string; fallback: string };

export type Paragraph =
  | { type: "rich_text_section"; elements: Inline[] }
  | { type: "rich_text_quote"; elements: Inline[] }
  | { type: "rich_text_preformatted"; elements: Inline[] };

const MARKS: Record<string, Style> = {
  "*": { bold: true },
  _: { italic: true },
  "~": { strike: true },
};

// Alternatives in order of strength: code, <reference>, emoji, *bold* _italic_ ~strike~, address.
const TOKEN = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<reference>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):",
    "(?<![\\p{L}\\p{N}])(?<mark>[*_~])(?<marked>\\S|\\S[^\\n]*?\\S)\\k<mark>(?![\\p{L}\\p{N}])",
    "(?<address>https?://[^\\s<>|`]*[^\\s<>|`.,;:!?)\\]'\"*_~])",
  ].join("|"),
  "gu",
);

function textOf(raw: string, style: Style): Inline[] {
  if (raw === "") return [];
  const text = unescapeEntities(raw);
  return [Object.keys(style).length ? { type: "text", text, style } : { type: "text", text }];
}

function link(url: string, label: string | undefined, style: Style, raw: string): Inline[] {
  const address = safeAddress(unescapeEntities(url));
  if (address === null) return textOf(raw, style);
  const text = unescapeEntities(label ?? address.replace(/^mailto:/, ""));
  return [{ type: "link", url: address, text, style }];
}

/** What stands between `<` and `>`. */
function reference(inner: string, style: Style): Inline[] {
  const [target = "", label] = inner.split("|", 2);
  if (/^@[UW][A-Z0-9]+$/.test(target)) return [{ type: "user", user_id: target.slice(1) }];
  if (/^#C[A-Z0-9]+$/.test(target)) return [{ type: "channel", channel_id: target.slice(1) }];
  if (target === "!here" || target === "!channel" || target === "!everyone") {
    return [{ type: "broadcast", range: target.slice(1) as "here" | "channel" | "everyone" }];
  }
  const date = /^!date\^(\d+)\^([^^]+)/.exec(target);
  if (date) {
    const fallback = unescapeEntities(label ?? "");
    return [{ type: "date", timestamp: Number(date[1]), format: date[2] ?? "", fallback }];
  }
  return link(target, label, style, `<${inner}>`);
}

const alike = (one?: Style, other?: Style): boolean =>
  one?.bold === other?.bold &&
  one?.italic === other?.italic &&
  one?.strike === other?.strike &&
  one?.code === other?.code;

/** Texts that follow each other in one style are one text. */
function joinTexts(parts: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type === "text" && last?.type === "text" && alike(part.style, last.style)) {
      joined[joined.length - 1] = { ...last, text: last.text + part.text };
    } else joined.push(part);
  }
  return joined;
}

/** One run of text without paragraphs. */
export function parseInline(raw: string, style: Style = {}): Inline[] {
  const found: Inline[] = [];
  let end = 0;
  for (const match of raw.matchAll(TOKEN)) {
    const { code, reference: inner, emoji, mark, marked, address } = match.groups ?? {};
    found.push(...textOf(raw.slice(end, match.index), style));
    end = match.index + match[0].length;
    if (code !== undefined) found.push(...textOf(code, { ...style, code: true }));
    else if (inner !== undefined) found.push(...reference(inner, style));
    else if (emoji !== undefined) found.push({ type: "emoji", name: emoji });
    else if (address !== undefined) found.push(...link(address, undefined, style, match[0]));
    else found.push(...parseInline(marked ?? "", { ...style, ...MARKS[mark ?? ""] }));
  }
  found.push(...textOf(raw.slice(end), style));
  return joinTexts(found);
}

/** Lines outside of code fences, quoted ones together. */
function parseLines(raw: string): Paragraph[] {
  const runs: { quoted: boolean; lines: string[] }[] = [];
  for (const line of raw.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const last = runs.at(-1);
    const content = quote ? (quote[1] ?? "") : line;
    if (last && last.quoted === (quote !== null)) last.lines.push(content);
    else runs.push({ quoted: quote !== null, lines: [content] });
  }
  return runs.map(({ quoted, lines }) => ({
    type: quoted ? "rich_text_quote" : "rich_text_section",
    elements: parseInline(lines.join("\n")),
  }));
}

/** A whole mrkdwn text. */
export function parseMrkdwn(raw: string): Paragraph[] {
  const parts = raw.split(/```\n?([\s\S]+?)\n?```\n?/);
  return parts.flatMap<Paragraph>((part, index) => {
    if (index % 2 === 1) return [{ type: "rich_text_preformatted", elements: textOf(part, {}) }];
    return part.trim() === "" ? [] : parseLines(index > 0 ? part : part.replace(/\n$/, ""));
  });
}

/** A plain_text object: no marks, only emoji. */
export function parsePlain(raw: string): Paragraph[] {
  const elements = raw.split(/:([a-z0-9_+'-]+):/).flatMap<Inline>((part, index) =>
    index % 2 === 1 ? [{ type: "emoji", name: part }] : textOf(part, {}),
  );
  return elements.length ? [{ type: "rich_text_section", elements }] : [];
}
