import type { Json } from "../api/types";
import { stringIn } from "../blocks/read";
import { CheckInput } from "./CheckInput";
import { FileInput } from "./FileInput";
import { NamesInput } from "./NamesInput";
import { SelectInput } from "./SelectInput";
import { TextInput } from "./TextInput";

export interface InputProps {
  element: Json;
  value: Json;
  onChange(value: Json): void;
  id?: string;
  wrong?: boolean;
  describedBy?: string;
  /** Id of what names it; what stands alone is named by the app's own placeholder. */
  labelledBy?: string;
}

/** Any input element, controlled by whoever shows it. */
export function InputElement(props: InputProps) {
  switch (stringIn(props.element, "type")) {
    case "plain_text_input":
    case "number_input":
    case "email_text_input":
    case "url_text_input":
    case "datepicker":
    case "timepicker":
      return <TextInput {...props} />;
    case "radio_buttons":
    case "checkboxes":
    case "multi_static_select":
      return <CheckInput {...props} />;
    case "static_select":
    case "users_select":
    case "channels_select":
    case "conversations_select":
      return <SelectInput {...props} />;
    case "multi_users_select":
    case "multi_conversations_select":
      return <NamesInput {...props} />;
    case "file_input":
      return <FileInput {...props} />;
    default:
      return (
        <p className="hint">
          This page cannot show <code>{stringIn(props.element, "type")}</code> yet.
        </p>
      );
  }
}
