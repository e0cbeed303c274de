/** Slack's timestamps as people read them. */

export const dateOf = (ts: string): Date => new Date(Number.parseFloat(ts) * 1000);

export const clock = (ts: string): string =>
  dateOf(ts).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const fullTime = (ts: string): string =>
  dateOf(ts).toLocaleString([], { dateStyle: "full", timeStyle: "medium" });

const DAY_MS = 86_400_000;

/** "Today", "Yesterday" or the date. */
export function dayName(ts: string, now: Date): string {
  const start = (date: Date) =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((start(now) - start(dateOf(ts))) / DAY_MS);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return dateOf(ts).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}
