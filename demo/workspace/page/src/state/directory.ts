/** Who and what there is, for everything that shows a name. */
import { createContext } from "react";
import type { Bot, Channel, Person, Sample, WorkspaceState } from "../api/types";

export interface Directory {
  people: readonly Person[];
  bot: Bot | null;
  /** People and the bot, as the Block Kit library takes them. */
  users: { id: string; name: string }[];
  channels: readonly Channel[];
  samples: readonly Sample[];
  theme: "light" | "dark";
}

export const DirectoryContext = createContext<Directory>({
  people: [],
  bot: null,
  users: [],
  channels: [],
  samples: [],
  theme: "light",
});

export function directoryOf(state: WorkspaceState, theme: "light" | "dark"): Directory {
  const users = [...state.people, state.bot].map(({ id, name, real_name }) => ({
    id,
    name: id === state.bot.id ? name : real_name || name,
  }));
  const { people, bot, channels, samples } = state;
  return { people, bot, users, channels, samples, theme };
}

/** Who wrote a message: a person, or the bot. */
export function authorOf(
  directory: Directory,
  message: { user?: string; bot_id?: string },
): Person | null {
  const person = directory.people.find(({ id }) => id === message.user);
  return person ?? directory.bot;
}
