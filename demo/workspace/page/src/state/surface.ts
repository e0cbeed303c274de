/** Where interactive elements stand, and so how what a person does to them is sent. */
import { createContext, use, useCallback, useMemo } from "react";
import { sendAction, type ActionPlace } from "../api/client";
import type { ActionTaken } from "../api/types";
import { NoticeContext, sayCause, sayFailure } from "./notices";

export interface Surface {
  /** Send one action; settles once the workspace has handed it on. */
  act(action: ActionTaken): Promise<void>;
}

export const SurfaceContext = createContext<Surface>({ act: () => Promise.resolve() });

/** A surface whose place is asked for at the moment of the action. */
export function useSurface(place: () => ActionPlace): Surface {
  const say = use(NoticeContext);
  return useMemo(
    () => ({
      async act(action) {
        try {
          const done = await sendAction(place(), action);
          if (!done.ok) say(sayFailure(done));
        } catch (cause) {
          say(sayCause(cause));
        }
      },
    }),
    [place, say],
  );
}

export function useMessageSurface(as: string, channel: string, ts: string): Surface {
  const place = useCallback(() => ({ as, channel, message_ts: ts }), [as, channel, ts]);
  return useSurface(place);
}
