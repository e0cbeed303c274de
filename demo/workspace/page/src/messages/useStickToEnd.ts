import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 80;

/** Keeps a scrolling frame at its end while one is there; `away` once one has scrolled up. */
export function useStickToEnd(place: string, lastTs: string | undefined) {
  const frame = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback(() => {
    const box = frame.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    stuck.current = true;
    setAway(false);
    toEnd();
  }, [place, toEnd]);

  useLayoutEffect(() => {
    if (stuck.current) toEnd();
  }, [lastTs, toEnd]);

  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const onScroll = () => {
      stuck.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      setAway(!stuck.current);
    };
    // Pictures arrive after their message and a card grows while it is updated.
    const watcher = new ResizeObserver(() => stuck.current && toEnd());
    box.addEventListener("scroll", onScroll, { passive: true });
    watcher.observe(box);
    if (box.firstElementChild) watcher.observe(box.firstElementChild);
    return () => {
      box.removeEventListener("scroll", onScroll);
      watcher.disconnect();
    };
  }, [toEnd]);

  return { frame, away, toEnd };
}
