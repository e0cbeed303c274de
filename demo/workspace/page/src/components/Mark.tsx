/** figment's own mark, the bot's avatar. */
export function Mark({ size = 36 }: { size?: number }) {
  return (
    <svg className="avatar mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M11 24V9h11M11 16h8" />
    </svg>
  );
}
