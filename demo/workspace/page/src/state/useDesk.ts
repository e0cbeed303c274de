import { useCallback, useState } from "react";
import { useAttachments } from "../composer/useAttachments";
import { useGuide } from "../guide/useGuide";

export type Desk = ReturnType<typeof useDesk>;

/** What a person has before them wherever they look: drafts by channel, files, the guide. */
export function useDesk() {
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const files = useAttachments();
  const guide = useGuide();
  const setDraft = useCallback(
    (channel: string, text: string) => setDrafts((before) => ({ ...before, [channel]: text })),
    [],
  );
  return { drafts, setDraft, files, guide };
}
