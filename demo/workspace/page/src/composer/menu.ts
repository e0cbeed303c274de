/** What the menu above the composer offers for what has been typed. Pure. */
import type { Command } from "../api/types";

export interface Offer {
  /** What is put in place of what was typed. */
  fill: string;
  label: string;
  usage: string;
  description: string;
}

export interface Menu {
  offers: Offer[];
  /** Arrow keys and Enter choose from it; otherwise it only reminds of the usage. */
  choosing: boolean;
}

const CLOSED: Menu = { offers: [], choosing: false };

function offer(command: Command): Offer {
  return {
    fill: `${command.command} `,
    label: command.command,
    usage: command.usage ?? "",
    description: command.description ?? "",
  };
}

/** The menu for a text whose caret is at its end. */
export function menuFor(
  text: string,
  commands: readonly Command[],
  names: readonly { name: string; real_name: string }[],
): Menu {
  const word = /^\/(\S*)$/.exec(text);
  if (word) {
    const offers = commands.filter(({ command }) => command.startsWith(text)).map(offer);
    return { offers, choosing: offers.length > 0 };
  }
  const known = commands.find(({ command }) => text.startsWith(`${command} `));
  if (known) return { offers: [offer(known)], choosing: false };

  const mention = /(^|\s)@([\p{L}\p{N}_.-]*)$/u.exec(text);
  if (!mention) return CLOSED;
  const started = (mention[2] ?? "").toLowerCase();
  const before = text.slice(0, text.length - started.length);
  const offers = names
    .filter(({ name }) => name.toLowerCase().startsWith(started) && name !== mention[2])
    .map(({ name, real_name }) => ({
      fill: `${before}${name} `,
      label: `@${name}`,
      usage: "",
      description: real_name,
    }));
  return { offers, choosing: offers.length > 0 };
}
