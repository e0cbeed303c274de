/** The workspace's live events, with a connection that comes back by itself. */
import type { LiveEvent } from "./types";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

export interface LiveListener {
  onEvent(event: LiveEvent): void;
  /** True once events flow (again); whatever happened in between was missed. */
  onOpen(open: boolean): void;
}

/** What an event stream's line says, or null where it says nothing this page knows. */
export function readLiveEvent(data: string): LiveEvent | null {
  try {
    const event: unknown = JSON.parse(data);
    if (event !== null && typeof event === "object" && "type" in event) return event as LiveEvent;
  } catch {
    // A line that is no JSON is a keep-alive.
  }
  return null;
}

/** Listen until the returned function is called. */
export function listen(path: string, listener: LiveListener): () => void {
  let source: EventSource | null = null;
  let timer: number | undefined;
  let wait = FIRST_WAIT_MS;

  const connect = () => {
    source = new EventSource(path);
    source.onopen = () => {
      wait = FIRST_WAIT_MS;
      listener.onOpen(true);
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event = readLiveEvent(message.data);
      if (event) listener.onEvent(event);
    };
    source.onerror = () => {
      // The browser gives up on some answers for good, so the page always reconnects on its own.
      source?.close();
      listener.onOpen(false);
      timer = window.setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };

  connect();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}
