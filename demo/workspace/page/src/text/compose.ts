/** What a person typed, read before it is sent. */

export interface Named {
  id: string;
  name: string;
}

export type Typed =
  | { kind: "nothing" }
  | { kind: "command"; command: string; text: string }
  | { kind: "message"; text: string };

/** `@figment` and `#toys` as the references Slack sends; code is left alone. */
export function addReferences(
  text: string,
  users: readonly Named[],
  channels: readonly Named[],
): string {
  const idOf = (list: readonly Named[], name: string) =>
    list.find((item) => item.name.toLowerCase() === name.toLowerCase())?.id;
  const swap = (part: string) =>
    part
      .replace(/(?<![\p{L}\p{N}<@])@([\p{L}\p{N}_.-]*[\p{L}\p{N}])/gu, (whole, name: string) => {
        const id = idOf(users, name);
        return id ? `<@${id}>` : whole;
      })
      .replace(/(?<![\p{L}\p{N}<&#])#([\p{L}\p{N}_-]+)/gu, (whole, name: string) => {
        const id = idOf(channels, name);
        return id ? `<#${id}>` : whole;
      });
  return text
    .split(/(```[\s\S]+?```|`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : swap(part)))
    .join("");
}

/** A text that begins with a slash is a command, as in Slack. */
export function readTyped(
  raw: string,
  users: readonly Named[],
  channels: readonly Named[],
): Typed {
  const text = raw.trim();
  if (text === "") return { kind: "nothing" };
  const command = /^(\/[^\s/]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command?.[1]) return { kind: "command", command: command[1], text: command[2] ?? "" };
  return { kind: "message", text: addReferences(text, users, channels) };
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
