import { use, useMemo, useState } from "react";
import { readSamples } from "./api/client";
import type { Channel, GuideStep, Message, WorkspaceState } from "./api/types";
import { ChannelTools } from "./composer/ChannelTools";
import { Composer } from "./composer/Composer";
import { Icon } from "./components/Icon";
import { Guide } from "./guide/Guide";
import { MessageList } from "./messages/MessageList";
import { Opening } from "./messages/Opening";
import { NoticeContext, sayCause } from "./state/notices";
import type { Desk } from "./state/useDesk";
import { ThreadPanel } from "./thread/ThreadPanel";
import { unescapeEntities } from "./text/entities";

/** One channel: its messages, where one writes, and beside them a thread or the guide. */
export function ChannelView(props: {
  state: WorkspaceState;
  as: string;
  channel: Channel;
  messages: Message[] | null;
  problem: string | null;
  live: boolean;
  desk: Desk;
}) {
  const { state, as, channel, messages, problem, live, desk } = props;
  const { files, guide } = desk;
  const say = use(NoticeContext);
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);

  const onMessages = useMemo(
    () => state.shortcuts.filter(({ type }) => type === "message"),
    [state.shortcuts],
  );
  const everywhere = state.shortcuts.filter(({ type }) => type === "global");
  const openThread = useMemo(
    () => (ts: string) => setThread({ channel: channel.id, ts }),
    [channel.id],
  );
  const closeThread = useMemo(() => () => setThread(null), []);
  const root =
    thread?.channel === channel.id ? messages?.find(({ ts }) => ts === thread.ts) : undefined;
  const name = channel.is_im ? state.bot.name : `#${channel.name}`;

  const setText = (text: string) => desk.setDraft(channel.id, text);
  const tryStep = async (step: GuideStep, index: number) => {
    guide.setTried(index);
    if (step.try) setText(unescapeEntities(step.try));
    if (step.samples && files.attached.length === 0) {
      try {
        files.add(await readSamples(state.samples));
      } catch (cause) {
        say(sayCause(cause));
      }
    }
    document.querySelector<HTMLElement>("[data-testid=composer]")?.focus();
  };

  return (
    <>
      <main className="main">
        <header className="top">
          <h1>{name}</h1>
          <p>{channel.topic || (channel.is_im ? "Direct message" : `${channel.members.length} members`)}</p>
          {!guide.open && (
            <button type="button" className="plain wide" onClick={() => guide.setOpen(true)}>
              <Icon name="help" size={16} /> Guide
            </button>
          )}
        </header>
        {!live && <p className="banner">The connection was lost. Trying again…</p>}
        {live && !state.connected && (
          <p className="banner calm">
            figment is not connected yet. Messages wait here until it is started.
          </p>
        )}
        {problem && <p className="banner">{problem}</p>}
        <MessageList
          messages={messages ?? []}
          as={as}
          channel={channel.id}
          shortcuts={onMessages}
          onThread={openThread}
          opening={messages && <Opening channel={channel} botName={state.bot.name} />}
        />
        <Composer
          place={{ as, channel: channel.id }}
          text={desk.drafts[channel.id] ?? ""}
          onText={setText}
          files={files}
          commands={state.commands}
          placeholder={`Message ${name}`}
          prefix=""
        >
          <ChannelTools
            samples={state.samples}
            shortcuts={everywhere}
            as={as}
            onFiles={files.add}
          />
        </Composer>
      </main>
      {root ? (
        <ThreadPanel
          key={root.ts}
          root={root}
          as={as}
          channel={channel.id}
          channelName={name}
          shortcuts={onMessages}
          onClose={closeThread}
        />
      ) : (
        guide.open && (
          <Guide
            steps={state.guide}
            tried={guide.tried}
            onTry={(step, index) => void tryStep(step, index)}
            onClose={() => guide.setOpen(false)}
          />
        )
      )}
    </>
  );
}
