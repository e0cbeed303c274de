import type { Person } from "../api/types";

const HUES = [12, 152, 210, 268, 40, 322];

function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return HUES[sum % HUES.length] ?? 210;
}

/** A person's picture, or their initial on a colour of their own. */
export function Avatar({ person, size = 36 }: { person: Person | null; size?: number }) {
  const name = person ? person.real_name || person.name : "?";
  const avatar = person?.avatar ?? "";
  const box = { width: size, height: size, fontSize: size * 0.44 };
  if (/^(https?:|data:image\/|\/|\.\/)/.test(avatar)) {
    return <img className="avatar" src={avatar} alt="" style={box} />;
  }
  const colour = /^#[0-9a-f]{3,8}$/i.test(avatar) ? avatar : `hsl(${hueOf(person?.id ?? "")} 42% 46%)`;
  const symbol = avatar !== "" && avatar !== colour ? avatar : name.slice(0, 1).toUpperCase();
  return (
    <span className="avatar" aria-hidden="true" style={{ ...box, background: colour }}>
      {symbol}
    </span>
  );
}
