/** Every request the page makes, one function each. */
import { workspaceState } from "./normalise";
import type {
  ActionTaken,
  Json,
  Message,
  Outcome,
  Sample,
  SubmitOutcome,
  View,
  ViewValues,
  WorkspaceState,
} from "./types";

/** A request that got no usable answer; the message can be shown as it is. */
export class RequestFailed extends Error {}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new RequestFailed("The workspace does not answer. Is it still running?");
  }
  const answer: unknown = await response.json().catch(() => null);
  if (answer === null || typeof answer !== "object") {
    throw new RequestFailed(`The workspace answered ${response.status} and nothing readable.`);
  }
  if (!response.ok && !("error" in answer)) {
    throw new RequestFailed(`The workspace answered ${response.status}.`);
  }
  return answer as T;
}

const post = <T>(path: string, body: object): Promise<T> =>
  ask<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Like `ask`, for what can only be read: a refusal is a failure. */
async function read<T extends object>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await ask<T & Partial<Outcome>>(path, { signal });
  if (answer.ok === false) throw new RequestFailed(answer.message ?? `Refused: ${answer.error}.`);
  return answer;
}

/** A view, whether it is the answer itself or wrapped as `{view: …}`. */
function viewIn(answer: { view?: View | null } & Partial<View>): View | null {
  if ("view" in answer) return answer.view ?? null;
  return Array.isArray(answer.blocks) ? (answer as View) : null;
}

export const readState = async (signal?: AbortSignal) =>
  workspaceState(await read<WorkspaceState>("/page/state", signal));

export async function readMessages(channel: string, as: string, signal?: AbortSignal) {
  const path = `/page/channels/${encodeURIComponent(channel)}/messages?as=${as}`;
  return (await read<{ messages: Message[] }>(path, signal)).messages;
}

export interface Draft {
  as: string;
  channel: string;
  text: string;
  thread_ts?: string;
}

export const sendMessage = (draft: Draft) => post<Outcome>("/page/messages", draft);

export function sendFiles(draft: Draft, files: readonly File[]) {
  const form = new FormData();
  for (const [name, value] of Object.entries(draft)) {
    if (value !== undefined) form.append(name, String(value));
  }
  for (const file of files) form.append("files", file, file.name);
  return ask<Outcome>("/page/files", { method: "POST", body: form });
}

export const sendCommand = (body: { as: string; channel: string; command: string; text: string }) =>
  post<Outcome>("/page/commands", body);

export interface ActionPlace {
  as: string;
  channel?: string;
  message_ts?: string;
  view_id?: string;
  values?: ViewValues;
}

export const sendAction = (place: ActionPlace, action: ActionTaken) =>
  post<Outcome>("/page/actions", { ...place, ...action });

export const sendShortcut = (body: {
  as: string;
  callback_id: string;
  channel?: string;
  message_ts?: string;
}) => post<Outcome>("/page/shortcuts", body);

export const submitView = (id: string, as: string, values: ViewValues) =>
  post<SubmitOutcome>(`/page/views/${encodeURIComponent(id)}/submit`, { as, values });

export const closeView = (id: string, as: string) =>
  post<Outcome>(`/page/views/${encodeURIComponent(id)}/close`, { as });

export const readModal = async (as: string, signal?: AbortSignal) =>
  viewIn(await read<{ view?: View | null }>(`/page/views?as=${as}`, signal));

export const readHome = async (as: string, signal?: AbortSignal) =>
  viewIn(await read<{ view?: View | null }>(`/page/home?as=${as}`, signal));

export const openHome = (as: string) => post<Outcome>("/page/home/open", { as });

/** A picture of the workspace as a file that can be attached. */
async function readPicture(url: string, name: string): Promise<File> {
  const response = await fetch(url);
  if (!response.ok) throw new RequestFailed(`The sample picture ${name} could not be read.`);
  const bytes = await response.blob();
  return new File([bytes], name, { type: bytes.type || "image/png" });
}

/** The sample pictures as files, in their order. */
export const readSamples = (samples: readonly Sample[]): Promise<File[]> =>
  Promise.all(samples.map(({ url, name }) => readPicture(url, name)));

/** Keep files for a form's file input; what comes back is what the input holds. */
export async function keepFiles(as: string, files: readonly File[]): Promise<Json[]> {
  const form = new FormData();
  form.append("as", as);
  for (const file of files) form.append("files", file, file.name);
  const kept = await ask<Outcome & { files?: Json[] }>("/page/uploads", {
    method: "POST",
    body: form,
  });
  if (!kept.files) throw new RequestFailed(kept.message ?? "The files could not be kept.");
  return kept.files;
}
