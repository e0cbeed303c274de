import { useSyncExternalStore } from "react";

const query = () => window.matchMedia("(prefers-color-scheme: dark)");

function subscribe(changed: () => void): () => void {
  const media = query();
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
}

/** The colours the person's system asks for. */
export function useTheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, () => (query().matches ? "dark" : "light"));
}
