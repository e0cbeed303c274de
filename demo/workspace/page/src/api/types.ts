/**
 * The shapes the workspace's server sends to and takes from this page.
 * Texts are Slack's: `&`, `<` and `>` of people arrive as entities, mentions as `<@U…>`.
 */

export interface Person {
  id: string;
  name: string;
  real_name: string;
  /** An image address or one short symbol; initials are drawn when it is empty. */
  avatar?: string;
}

export interface Bot extends Person {
  bot_id?: string;
  app_id?: string;
}

export interface Channel {
  id: string;
  name: string;
  is_im: boolean;
  /** User ids; a direct message has two. */
  members: string[];
  /** One line shown beside the name. */
  topic?: string;
}

export interface Command {
  /** With its slash: `/imagine`. */
  command: string;
  usage?: string;
  description?: string;
}

export interface Shortcut {
  callback_id: string;
  name: string;
  type: "message" | "global";
  description?: string;
}

export interface Sample {
  name: string;
  url: string;
}

export interface GuideStep {
  title: string;
  text: string;
  /** What "Try it" puts in the composer. */
  try?: string;
  /** "Try it" attaches the sample pictures too. */
  samples?: boolean;
}

export interface WorkspaceState {
  team: { id: string; name: string };
  people: Person[];
  bot: Bot;
  channels: Channel[];
  commands: Command[];
  shortcuts: Shortcut[];
  /** Whether the app holds at least one open socket. */
  connected: boolean;
  samples: Sample[];
  guide: GuideStep[];
}

export interface SharedFile {
  id: string;
  name: string;
  mimetype: string;
  url: string;
  size?: number;
}

export interface Reaction {
  name: string;
  users: string[];
}

/** A Block Kit block, element or text object as the app sent it; narrowed where it is drawn. */
export type Json = Record<string, unknown>;

export interface Message {
  ts: string;
  user?: string;
  bot_id?: string;
  text: string;
  blocks?: Json[];
  files?: SharedFile[];
  thread_ts?: string;
  reply_count?: number;
  replies?: Message[];
  edited?: boolean | { ts: string };
  /** The only person who sees it. */
  ephemeral_to?: string | null;
  reactions?: Reaction[];
}

export interface View {
  id: string;
  type: "modal" | "home";
  title?: Json;
  submit?: Json;
  close?: Json;
  blocks: Json[];
  callback_id?: string;
  /** What was filled in before, where the modal was shown already. */
  state?: { values: ViewValues };
}

/** One action of a person on an element of a message, a modal or the Home tab. */
export interface ActionTaken {
  block_id: string;
  action_id: string;
  /** The element's type: `button`, `static_select`… */
  type: string;
  /** A button's value or a text that was typed. */
  value?: string;
  /** The value of the option that was chosen, or the values of several. */
  selected?: string | string[];
}

/** What an input holds, in the shape of Slack's `view.state.values`. */
export type InputValue = Json;
export type ViewValues = Record<string, Record<string, InputValue>>;

export interface Outcome {
  ok: boolean;
  /** A code of Slack's. */
  error?: string;
  /** The same as a sentence. */
  message?: string;
}

export interface SubmitOutcome extends Outcome {
  /** Sentences by block id. */
  errors?: Record<string, string>;
}

export interface LiveEvent {
  type: "message" | "view" | "home" | "connected" | "ephemeral";
  channel?: string;
  ts?: string;
}
