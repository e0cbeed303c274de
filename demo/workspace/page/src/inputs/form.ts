/** The form that input blocks belong to: a modal's. */
import { createContext } from "react";
import type { Json, ViewValues } from "../api/types";

export interface Form {
  /** Who fills it in, and the channel they came from. */
  as: string;
  here: string | null;
  values: ViewValues;
  /** Sentences by block id. */
  errors: Record<string, string>;
  change(blockId: string, actionId: string, value: Json): void;
}

export const FormContext = createContext<Form>({
  as: "",
  here: null,
  values: {},
  errors: {},
  change: () => undefined,
});
