import { useCallback, useEffect, useRef, useState } from "react";

export interface Resource<T> {
  data: T | null;
  error: string | null;
  reload(): void;
}

/**
 * Something read from the workspace, read again on `reload`.
 *
 * Reloads that come while one is under way are joined into one more, so that a burst of live
 * events costs two requests. `key` names what is read: another key forgets the old data.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
): Resource<T> {
  const [found, setFound] = useState<{ key: string; data: T } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const latest = useRef(load);
  latest.current = load;
  const again = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let busy = false;
    let wanted = false;
    const read = async () => {
      wanted = true;
      if (busy) return;
      busy = true;
      while (wanted && !abort.signal.aborted) {
        wanted = false;
        try {
          const data = await latest.current(abort.signal);
          if (abort.signal.aborted) return;
          setFound({ key, data });
          setError(null);
        } catch (cause) {
          if (abort.signal.aborted) return;
          setError(cause instanceof Error ? cause.message : String(cause));
        }
      }
      busy = false;
    };
    again.current = () => void read();
    void read();
    return () => abort.abort();
  }, [key]);

  const reload = useCallback(() => again.current(), []);
  return { data: found?.key === key ? (found?.data ?? null) : null, error, reload };
}
