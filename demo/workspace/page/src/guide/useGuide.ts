import { useState } from "react";

const KEY = "guide-closed";
/** On a narrower page the guide would lie over the messages, so it waits to be asked for. */
const WIDE_PX = 1120;

/** Whether the guide is open, remembered in this browser, and which steps were tried. */
export function useGuide() {
  const [open, setShown] = useState(
    () => localStorage.getItem(KEY) === null && window.innerWidth > WIDE_PX,
  );
  const [tried, setSteps] = useState<ReadonlySet<number>>(new Set());
  return {
    open,
    tried,
    setOpen(next: boolean) {
      setShown(next);
      if (next) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, "yes");
    },
    setTried: (index: number) => setSteps((before) => new Set([...before, index])),
  };
}
