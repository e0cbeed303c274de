import { useState } from "react";

const KEY = "guide-closed";

/** Whether the guide is open, remembered in this browser, and which steps were tried. */
export function useGuide() {
  const [open, setShown] = useState(() => localStorage.getItem(KEY) === null);
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
