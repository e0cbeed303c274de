import { useCallback, useEffect, useRef, useState } from "react";

export interface Attachment {
  key: number;
  file: File;
  /** An address of the file's bytes in this page, empty for anything but pictures. */
  preview: string;
}

let nextKey = 0;

/** The files that will go with the next message. */
export function useAttachments() {
  const [attached, setAttached] = useState<Attachment[]>([]);
  const live = useRef<Attachment[]>([]);
  live.current = attached;

  useEffect(
    () => () => {
      for (const { preview } of live.current) URL.revokeObjectURL(preview);
    },
    [],
  );

  const add = useCallback((files: Iterable<File>) => {
    const added = [...files].map((file) => ({
      key: nextKey++,
      file,
      preview: file.type.startsWith("image/") ? URL.createObjectURL(file) : "",
    }));
    setAttached((before) => [...before, ...added]);
  }, []);

  const remove = useCallback((key: number) => {
    setAttached((before) => {
      const gone = before.find((one) => one.key === key);
      if (gone?.preview) URL.revokeObjectURL(gone.preview);
      return before.filter((one) => one.key !== key);
    });
  }, []);

  const clear = useCallback(() => {
    for (const { preview } of live.current) URL.revokeObjectURL(preview);
    setAttached([]);
  }, []);

  return { attached, add, remove, clear };
}
