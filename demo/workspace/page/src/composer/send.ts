/** Sends what was typed: a command, a message, or a message with files. */
import { RequestFailed, sendCommand, sendFiles, sendMessage } from "../api/client";
import type { Outcome } from "../api/types";
import { commandFailure, readTyped, type Named } from "../text/compose";

export interface Place {
  as: string;
  channel: string;
  thread_ts?: string;
}

async function sendOne(
  place: Place,
  raw: string,
  files: readonly File[],
  users: readonly Named[],
): Promise<string | null> {
  const typed = readTyped(raw, users);
  let outcome: Outcome;
  if (typed.kind === "command") {
    if (place.thread_ts) return `${typed.command} is not supported in threads. Sorry!`;
    if (files.length > 0) {
      return "A slash command carries no files. Send the files first, then the command.";
    }
    const { command, text } = typed;
    outcome = await sendCommand({ as: place.as, channel: place.channel, command, text });
    return outcome.ok ? null : (outcome.message ?? commandFailure(command, outcome.error ?? ""));
  }
  const text = typed.kind === "message" ? typed.text : "";
  if (files.length > 0) outcome = await sendFiles({ ...place, text }, files);
  else if (text !== "") outcome = await sendMessage({ ...place, text });
  else return null;
  return outcome.ok ? null : (outcome.message ?? `That could not be sent: ${outcome.error}.`);
}

/** Null once it was sent, else a sentence about why it was not. */
export async function send(
  place: Place,
  raw: string,
  files: readonly File[],
  users: readonly Named[],
): Promise<string | null> {
  try {
    return await sendOne(place, raw, files, users);
  } catch (cause) {
    if (cause instanceof RequestFailed) return cause.message;
    throw cause;
  }
}
