/** How a channel's messages are laid out: days apart, a person's quick sequence together. */
import type { Message } from "../api/types";
import { dateOf } from "../text/time";

const TOGETHER_S = 300;

export interface Row {
  message: Message;
  /** The first message of its day. */
  newDay: boolean;
  /** Follows another of the same author closely, so needs no name again. */
  compact: boolean;
}

const authorKey = (message: Message) => message.user || message.bot_id || "";

const sameDay = (a: Message, b: Message) =>
  dateOf(a.ts).toDateString() === dateOf(b.ts).toDateString();

/** Messages that belong in the channel itself; replies belong in their thread. */
export const topLevel = (messages: readonly Message[]): Message[] =>
  messages.filter(({ ts, thread_ts }) => !thread_ts || thread_ts === ts);

export function rowsOf(messages: readonly Message[]): Row[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const newDay = !before || !sameDay(before, message);
    const compact =
      !newDay &&
      authorKey(before) === authorKey(message) &&
      !before.ephemeral_to === !message.ephemeral_to &&
      Number(message.ts) - Number(before.ts) < TOGETHER_S;
    return { message, newDay, compact };
  });
}
