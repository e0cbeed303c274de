import { useEffect, useRef, useState } from "react";
import { listen } from "../api/live";
import type { LiveEvent } from "../api/types";

/** Whether live events flow; `onEvent` hears them, `onReturn` that some were missed. */
export function useLive(onEvent: (event: LiveEvent) => void, onReturn: () => void): boolean {
  const [open, setOpen] = useState(true);
  const handlers = useRef({ onEvent, onReturn });
  handlers.current = { onEvent, onReturn };

  useEffect(() => {
    let lost = false;
    return listen("/page/events", {
      onEvent: (event) => handlers.current.onEvent(event),
      onOpen: (now) => {
        setOpen(now);
        if (now && lost) handlers.current.onReturn();
        lost = !now;
      },
    });
  }, []);
  return open;
}
