/** Slack escapes exactly three characters in texts. */

const CHARACTERS: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** `&lt;dicoo&gt;` as people read it: `<dicoo>`. One pass, so `&amp;lt;` stays `&lt;`. */
export function unescapeEntities(text: string): string {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => CHARACTERS[entity] ?? entity);
}

/** Only addresses that a click may open safely; everything else is shown as text. */
export function safeAddress(address: string): string | null {
  return /^(https?:\/\/|mailto:)/i.test(address.trim()) ? address.trim() : null;
}
