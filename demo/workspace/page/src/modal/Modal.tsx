import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { closeView, submitView } from "../api/client";
import type { View, ViewValues } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { stringIn } from "../blocks/read";
import { Icon } from "../components/Icon";
import { FormContext, type Form } from "../inputs/form";
import { filledIn, missing, valuesFor } from "../inputs/values";
import { sayCause, sayFailure } from "../state/notices";
import { SurfaceContext, useSurface } from "../state/surface";
import { unescapeEntities } from "../text/entities";

const words = (text: unknown, otherwise: string): string =>
  unescapeEntities(stringIn(text, "text")) || otherwise;

/** A modal of the app: its blocks, what is filled in, and what is wrong with it. */
export function Modal(props: {
  view: View;
  as: string;
  /** The channel that the person came from. */
  here: string | null;
  onChange(): void;
}) {
  const { view, as, here, onChange } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [touched, setTouched] = useState<ViewValues>(() => filledIn(view));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const values = useMemo(
    () => valuesFor(view.blocks, touched, here),
    [view.blocks, touched, here],
  );

  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const place = useCallback(() => ({ as, view_id: view.id, values }), [as, view.id, values]);
  const surface = useSurface(place);

  const form: Form = {
    as,
    here,
    values,
    errors,
    change(block, action, value) {
      setTouched((before) => ({ ...before, [block]: { ...before[block], [action]: value } }));
      setErrors(({ [block]: _, ...others }) => others);
    },
  };
  const close = async () => {
    try {
      await closeView(view.id, as);
    } catch (cause) {
      setProblem(sayCause(cause));
    }
    onChange();
  };
  const submit = async () => {
    const lacking = missing(view.blocks, values);
    setErrors(lacking);
    setProblem(null);
    if (Object.keys(lacking).length > 0 || busy) return;
    setBusy(true);
    try {
      const done = await submitView(view.id, as, values);
      if (done.errors) setErrors(done.errors);
      else if (!done.ok) setProblem(sayFailure(done));
    } catch (cause) {
      setProblem(sayCause(cause));
    }
    setBusy(false);
    onChange();
  };

  return (
    <dialog
      ref={dialog}
      className="modal"
      data-testid="modal"
      data-callback-id={view.callback_id}
      aria-label={words(view.title, "Dialog")}
      onCancel={(event) => {
        event.preventDefault();
        void close();
      }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <header>
          <h2>{words(view.title, "")}</h2>
          <button type="button" className="plain" aria-label="Close" onClick={() => void close()}>
            <Icon name="close" />
          </button>
        </header>
        <div className="modal-body">
          <SurfaceContext value={surface}>
            <FormContext value={form}>
              <Blocks blocks={view.blocks} />
            </FormContext>
          </SurfaceContext>
          {problem && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
        </div>
        <footer>
          <button
            type="button"
            className="button"
            data-testid="modal-close"
            onClick={() => void close()}
          >
            {words(view.close, "Cancel")}
          </button>
          {view.submit && (
            <button
              type="submit"
              className="button primary"
              data-testid="modal-submit"
              disabled={busy}
              aria-busy={busy}
            >
              {words(view.submit, "Submit")}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}
