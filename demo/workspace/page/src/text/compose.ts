/** What a person typed, read before it is sent. */

export interface Named {
  id: string;
  name: string;
}

export type Typed =
  | { kind: "nothing" }
  | { kind: "command"; command: string; text: string }
  | { kind: "message"; text: string };

/** `@figment` as the reference Slack sends; code is left alone. */
export function addMentions(text: string, users: readonly Named[]): string {
  const mention = (whole: string, name: string) => {
    const user = users.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return user ? `<@${user.id}>` : whole;
  };
  return text
    .split(/(```[\s\S]+?```|`[^`\n]+`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(/(?<![\p{L}\p{N}<@])@([\p{L}\p{N}_.-]*[\p{L}\p{N}])/gu, mention),
    )
    .join("");
}

/** A text that begins with a slash is a command, as in Slack. */
export function readTyped(raw: string, users: readonly Named[]): Typed {
  const text = raw.trim();
  if (text === "") return { kind: "nothing" };
  const command = /^(\/[^\s/]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command?.[1]) return { kind: "command", command: command[1], text: command[2] ?? "" };
  return { kind: "message", text: addMentions(text, users) };
}

/** Slack's own codes for a command that went nowhere, said so that one can act on them. */
export function commandFailure(command: string, code: string): string {
  switch (code) {
    case "operation_timeout":
      return `${command} got no answer within three seconds ("operation_timeout").`;
    case "dispatch_failed":
      return `${command} could not be delivered: figment is not connected. Start it, then try again.`;
    case "invalid_command":
    case "not_a_valid_command":
      return `${command} is not a valid command. Type / to see the commands there are.`;
    default:
      return /\s/.test(code) ? code : `${command} failed with the error "${code}".`;
  }
}
