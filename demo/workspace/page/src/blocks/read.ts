/** Careful reading of what an app sent: nothing here throws on a strange shape. */
import type { Json } from "../api/types";
import { unescapeEntities } from "../text/entities";

export const isJson = (value: unknown): value is Json =>
  value !== null && typeof value === "object" && !Array.isArray(value);

export function jsonIn(value: unknown, key: string): Json | null {
  const found = isJson(value) ? value[key] : null;
  return isJson(found) ? found : null;
}

export function stringIn(value: unknown, key: string): string {
  const found = isJson(value) ? value[key] : undefined;
  return typeof found === "string" ? found : "";
}

export function listIn(value: unknown, key: string): Json[] {
  const found = isJson(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter(isJson) : [];
}

export function stringsIn(value: unknown, key: string): string[] {
  const found = isJson(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

/** The words of a text object, for places that hold no markup: labels, titles, options. */
export const wordsIn = (value: unknown, key: string): string =>
  unescapeEntities(stringIn(jsonIn(value, key), "text"));

export interface Option {
  value: string;
  label: string;
  description: string;
  url: string;
}

const option = (raw: Json): Option => ({
  value: stringIn(raw, "value"),
  label: wordsIn(raw, "text"),
  description: wordsIn(raw, "description"),
  url: stringIn(raw, "url"),
});

/** The options of a select, radio group, checkbox group or overflow menu, groups flattened. */
export function optionsOf(element: Json): Option[] {
  const grouped = listIn(element, "option_groups").flatMap((group) => listIn(group, "options"));
  return [...listIn(element, "options"), ...grouped].map(option);
}

/** The address this page reads a picture from; the app's private one needs its token. */
export function pictureAddress(block: Json): string {
  const file = jsonIn(block, "slack_file");
  const id = stringIn(file, "id");
  if (id) return `/page/files/${encodeURIComponent(id)}/picture`;
  const address = stringIn(block, "image_url") || stringIn(file, "url");
  const own = /^(?:https?:\/\/[^/]+)?\/files\/([^/]+\/.+)$/.exec(address);
  if (own) return `/page/files/${own[1]}`;
  return /^(https?:\/\/|\/)/.test(address) ? address : "";
}
