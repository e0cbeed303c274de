/** The workspace's state with every optional part filled in. */
import type { Command, GuideStep, Shortcut, WorkspaceState } from "./types";

type Loose<T> = { [K in keyof T]?: unknown };

const words = (value: unknown): string => (typeof value === "string" ? value : "");
const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

function command(raw: Loose<Command> & { name?: unknown }): Command {
  const name = words(raw.command) || words(raw.name);
  return {
    command: name.startsWith("/") ? name : `/${name}`,
    usage: words(raw.usage),
    description: words(raw.description),
  };
}

function shortcut(raw: Loose<Shortcut> & { on_message?: unknown }): Shortcut {
  const onMessage = raw.type === "message" || raw.on_message === true;
  return {
    callback_id: words(raw.callback_id),
    name: words(raw.name),
    type: onMessage ? "message" : "global",
    description: words(raw.description),
  };
}

/** A step's text may say itself what to write: "Write: /imagine a <dicoo>". */
export function guideStep(raw: Loose<GuideStep>): GuideStep {
  const text = words(raw.text);
  const told = /\bWrite: (.+?)(?:, (?:and|then) .*)?\.?$/.exec(text);
  const fill = words(raw.try) || told?.[1] || "";
  return {
    title: words(raw.title),
    text,
    ...(fill ? { try: fill } : {}),
    samples: raw.samples === true || /\bsample pictures\b/i.test(`${words(raw.title)} ${text}`),
  };
}

export function workspaceState(raw: WorkspaceState): WorkspaceState {
  return {
    ...raw,
    connected: raw.connected === true,
    people: list(raw.people),
    channels: list(raw.channels),
    commands: list<Loose<Command>>(raw.commands).map(command),
    shortcuts: list<Loose<Shortcut>>(raw.shortcuts).map(shortcut),
    samples: list(raw.samples),
    guide: list<Loose<GuideStep>>(raw.guide).map(guideStep),
  };
}
