import { useMemo } from "react";
import { readState } from "./api/client";
import { Icon } from "./components/Icon";
import { Mark } from "./components/Mark";
import { DirectoryContext, directoryOf } from "./state/directory";
import { NoticeContext, useNotice } from "./state/notices";
import { useResource } from "./state/useResource";
import { useTheme } from "./state/useTheme";
import { Workspace } from "./Workspace";

/** The whole page, once the workspace has said who and what it holds. */
export function App() {
  const state = useResource("state", readState);
  const theme = useTheme();
  const { notice, say, hush } = useNotice();
  const directory = useMemo(
    () => (state.data ? directoryOf(state.data, theme) : null),
    [state.data, theme],
  );

  if (!state.data || !directory) {
    return (
      <main className="loading" role="status">
        <Mark size={64} />
        <p>{state.error ?? "Opening the workspace…"}</p>
        {state.error && (
          <button type="button" className="button" onClick={state.reload}>
            Try again
          </button>
        )}
      </main>
    );
  }
  return (
    <DirectoryContext value={directory}>
      <NoticeContext value={say}>
        <Workspace state={state.data} onStateChange={state.reload} />
        {notice && (
          <div className="notice" role="alert" data-testid="notice">
            {notice}
            <button type="button" className="plain" aria-label="Dismiss" onClick={hush}>
              <Icon name="close" size={14} />
            </button>
          </div>
        )}
      </NoticeContext>
    </DirectoryContext>
  );
}
