import type { Person } from "../api/types";
import { Avatar } from "../components/Avatar";

/** Who one acts as. */
export function PeopleSwitch(props: {
  people: readonly Person[];
  as: string;
  onPerson(person: Person): void;
}) {
  return (
    <fieldset className="people">
      <legend>Act as</legend>
      {props.people.map((person) => (
        <button
          key={person.id}
          type="button"
          aria-pressed={person.id === props.as}
          data-testid={`person-${person.id}`}
          onClick={() => props.onPerson(person)}
        >
          <Avatar person={person} size={34} />
          <span>{person.real_name || person.name}</span>
        </button>
      ))}
    </fieldset>
  );
}
