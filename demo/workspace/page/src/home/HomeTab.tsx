import { useCallback, useEffect, useMemo, useState } from "react";
import { openHome, readHome } from "../api/client";
import type { Json, ViewValues } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { Mark } from "../components/Mark";
import { FormContext, type Form } from "../inputs/form";
import { valuesFor } from "../inputs/values";
import { SurfaceContext, useSurface } from "../state/surface";
import { useResource } from "../state/useResource";

const NO_BLOCKS: Json[] = [];

/** What the app shows one person about itself; `version` changes when it was published again. */
export function HomeTab(props: { as: string; botName: string; version: number }) {
  const { as, botName, version } = props;
  const home = useResource(`home ${as}`, (signal) => readHome(as, signal));
  const [touched, setTouched] = useState<ViewValues>({});
  const { reload } = home;

  // A Home tab that cannot be announced is still shown as it was published last.
  useEffect(() => void openHome(as).catch(() => undefined), [as]);
  useEffect(() => reload(), [version, reload]);

  const view = home.data;
  const blocks = view?.blocks ?? NO_BLOCKS;
  const values = useMemo(() => valuesFor(blocks, touched), [blocks, touched]);
  const place = useCallback(() => ({ as, view_id: view?.id ?? "", values }), [as, view?.id, values]);
  const surface = useSurface(place);
  const form: Form = {
    as,
    here: null,
    values,
    errors: {},
    change: (block, action, value) =>
      setTouched((before) => ({ ...before, [block]: { ...before[block], [action]: value } })),
  };
  return (
    <section className="home" data-testid="home" aria-label={`${botName} home`}>
      <div className="home-content">
        {blocks.length > 0 ? (
          <SurfaceContext value={surface}>
            <FormContext value={form}>
              <Blocks blocks={blocks} />
            </FormContext>
          </SurfaceContext>
        ) : (
          <div className="empty">
            <Mark size={56} />
            <h2>{botName} has nothing to show here yet</h2>
            <p>{home.error ?? "This page fills as soon as the app is connected."}</p>
          </div>
        )}
      </div>
    </section>
  );
}
