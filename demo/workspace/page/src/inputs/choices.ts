import type { Json } from "../api/types";
import { jsonIn, listIn, stringIn, wordsIn } from "../blocks/read";
import type { Directory } from "../state/directory";

/** One thing that an element lets a person choose. */
export interface Choice {
  value: string;
  label: string;
  /** The app's own option object, which is what its values hold. */
  option: Json | null;
}

/** What an element lets this person choose: options of the app, people or channels. */
export function choicesOf(element: Json, directory: Directory, as: string): Choice[] {
  const nameless = { option: null };
  const kinds = jsonIn(element, "filter")?.include;
  const direct = Array.isArray(kinds) && kinds.includes("im");
  switch (element.type) {
    case "users_select":
    case "multi_users_select":
      return directory.users.map(({ id, name }) => ({ value: id, label: name, ...nameless }));
    case "channels_select":
    case "conversations_select":
    case "multi_conversations_select":
      return directory.channels
        .filter(({ is_im, members }) => !is_im || (direct && members.includes(as)))
        .map(({ id, name, is_im }) => ({
          value: id,
          label: is_im ? `${directory.bot?.name ?? "app"} (direct message)` : `#${name}`,
          ...nameless,
        }));
    default: {
      const grouped = listIn(element, "option_groups").flatMap((one) => listIn(one, "options"));
      return [...listIn(element, "options"), ...grouped].map((option) => ({
        value: stringIn(option, "value"),
        label: wordsIn(option, "text"),
        option,
      }));
    }
  }
}
