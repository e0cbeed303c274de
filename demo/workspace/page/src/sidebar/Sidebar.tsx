import type { Channel, Person, WorkspaceState } from "../api/types";
import { Icon } from "../components/Icon";
import { Mark } from "../components/Mark";
import { ConnectionDot } from "./ConnectionDot";
import { PeopleSwitch } from "./PeopleSwitch";

/** What the middle of the page shows: a channel's id, or the Home tab. */
export type Selection = { kind: "channel"; id: string } | { kind: "home" };

/** The direct message of a person with the bot. */
export const directMessage = (channels: readonly Channel[], as: string): Channel | undefined =>
  channels.find(({ is_im, members }) => is_im && members.includes(as));

function Entry(props: {
  icon: React.ReactNode;
  name: string;
  testId: string;
  current: boolean;
  unread: boolean;
  onSelect(): void;
}) {
  const { icon, name, testId, current, unread, onSelect } = props;
  return (
    <li>
      <button
        type="button"
        className={unread && !current ? "entry unread" : "entry"}
        aria-current={current ? "page" : undefined}
        data-testid={testId}
        onClick={onSelect}
      >
        {icon}
        <span>{name}</span>
        {unread && !current && <i className="dot" role="img" aria-label="New messages" />}
      </button>
    </li>
  );
}

/** The team's channels, the app, and who one is. */
export function Sidebar(props: {
  state: WorkspaceState;
  as: string;
  selection: Selection;
  unread: ReadonlySet<string>;
  onSelect(selection: Selection): void;
  onPerson(person: Person): void;
}) {
  const { state, as, selection, unread, onSelect, onPerson } = props;
  const direct = directMessage(state.channels, as);
  const isOpen = (id: string) => selection.kind === "channel" && selection.id === id;
  return (
    <nav className="sidebar" aria-label="Workspace">
      <header>
        <Mark size={34} />
        <div>
          <strong>{state.team.name}</strong>
          <ConnectionDot connected={state.connected} />
        </div>
      </header>
      <div className="entries">
        <h2>Channels</h2>
        <ul>
          {state.channels
            .filter(({ is_im }) => !is_im)
            .map(({ id, name }) => (
              <Entry
                key={id}
                icon={<Icon name="hash" size={16} />}
                name={name}
                testId={`channel-${name}`}
                current={isOpen(id)}
                unread={unread.has(id)}
                onSelect={() => onSelect({ kind: "channel", id })}
              />
            ))}
        </ul>
        <h2>App</h2>
        <ul>
          <Entry
            icon={<Icon name="home" size={16} />}
            name={`${state.bot.name} home`}
            testId="home-tab"
            current={selection.kind === "home"}
            unread={false}
            onSelect={() => onSelect({ kind: "home" })}
          />
          {direct && (
            <Entry
              icon={<Icon name="chat" size={16} />}
              name={state.bot.name}
              testId={`channel-${state.bot.name}`}
              current={isOpen(direct.id)}
              unread={unread.has(direct.id)}
              onSelect={() => onSelect({ kind: "channel", id: direct.id })}
            />
          )}
        </ul>
      </div>
      <PeopleSwitch people={state.people} as={as} onPerson={onPerson} />
    </nav>
  );
}
