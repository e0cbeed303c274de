import { useCallback, useEffect, useState } from "react";
import { readMessages, readModal } from "./api/client";
import type { LiveEvent, Person, WorkspaceState } from "./api/types";
import { ChannelView } from "./ChannelView";
import { HomeTab } from "./home/HomeTab";
import { Modal } from "./modal/Modal";
import { directMessage, Sidebar, type Selection } from "./sidebar/Sidebar";
import { useDesk } from "./state/useDesk";
import { useLive } from "./state/useLive";
import { useResource } from "./state/useResource";

const none: ReadonlySet<string> = new Set();

/** Everything around one person in one place of the workspace, kept up to date. */
export function Workspace(props: { state: WorkspaceState; onStateChange(): void }) {
  const { state, onStateChange } = props;
  const [as, setAs] = useState(state.people[0]?.id ?? "");
  const [selection, setSelection] = useState<Selection>({
    kind: "channel",
    id: state.channels[0]?.id ?? "",
  });
  const [unread, setUnread] = useState(none);
  const desk = useDesk();
  const [homeVersion, setHomeVersion] = useState(0);

  const channelId = selection.kind === "channel" ? selection.id : null;
  const channel = state.channels.find(({ id }) => id === channelId);
  const messages = useResource(channel ? `messages ${channel.id} ${as}` : null, (signal) =>
    readMessages(channel?.id ?? "", as, signal),
  );
  const modal = useResource(`modal ${as}`, (signal) => readModal(as, signal));

  const onEvent = (event: LiveEvent) => {
    if (event.type === "connected") onStateChange();
    else if (event.type === "view") modal.reload();
    else if (event.type === "home") setHomeVersion((now) => now + 1);
    else if (event.channel === channelId) messages.reload();
    else if (event.type === "message" && event.channel) {
      const { channel: id } = event;
      setUnread((before) => (before.has(id) ? before : new Set([...before, id])));
    }
  };
  const live = useLive(onEvent, () => {
    onStateChange();
    messages.reload();
    modal.reload();
    setHomeVersion((now) => now + 1);
  });

  const select = useCallback((next: Selection) => {
    setSelection(next);
    if (next.kind === "home") return;
    setUnread((before) => new Set([...before].filter((id) => id !== next.id)));
  }, []);
  const actAs = (person: Person) => {
    setAs(person.id);
    const direct = directMessage(state.channels, person.id);
    if (channel?.is_im && direct) select({ kind: "channel", id: direct.id });
  };
  useEffect(() => {
    document.title = channel && !channel.is_im ? `#${channel.name} · Toybox` : "figment · Toybox";
  }, [channel]);

  return (
    <div className="page">
      <Sidebar
        state={state}
        as={as}
        selection={selection}
        unread={unread}
        onSelect={select}
        onPerson={actAs}
      />
      {channel ? (
        <ChannelView
          state={state}
          as={as}
          channel={channel}
          messages={messages.data}
          problem={messages.error}
          live={live}
          desk={desk}
        />
      ) : (
        <main className="main">
          <header className="top">
            <h1>{state.bot.name}</h1>
            <p>Home</p>
          </header>
          <HomeTab as={as} botName={state.bot.name} version={homeVersion} />
        </main>
      )}
      {modal.data && (
        <Modal
          key={modal.data.id}
          view={modal.data}
          as={as}
          here={channelId}
          onChange={modal.reload}
        />
      )}
    </div>
  );
}
