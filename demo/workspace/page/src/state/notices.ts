/** Short sentences at the foot of the page: something did not work. */
import { createContext, useCallback, useRef, useState } from "react";
import type { Outcome } from "../api/types";

const SHOWN_MS = 7000;

export const NoticeContext = createContext<(text: string) => void>(() => undefined);

export function useNotice(): { notice: string | null; say(text: string): void; hush(): void } {
  const [notice, setNotice] = useState<string | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const hush = useCallback(() => setNotice(null), []);
  const say = useCallback((text: string) => {
    window.clearTimeout(timer.current);
    setNotice(text);
    timer.current = window.setTimeout(() => setNotice(null), SHOWN_MS);
  }, []);
  return { notice, say, hush };
}

/** What did not work, as the workspace said it or from Slack's own code. */
export function sayFailure({ message, error }: Outcome): string {
  if (message) return message;
  switch (error) {
    case "operation_timeout":
      return "figment did not answer within three seconds. Try again.";
    case "dispatch_failed":
      return "figment is not connected. Start it, then try again.";
    case undefined:
      return "That did not work.";
    default:
      return `That did not work: ${error}.`;
  }
}

/** What went wrong while asking the workspace. */
export const sayCause = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
