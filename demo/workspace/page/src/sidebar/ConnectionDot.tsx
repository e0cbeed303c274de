/** Whether the app is connected to the workspace. */
export function ConnectionDot({ connected }: { connected: boolean }) {
  return (
    <span className="connection" data-testid="connected" data-connected={connected} role="status">
      <i className="dot" aria-hidden="true" />
      {connected ? "figment is connected" : "figment is not connected"}
    </span>
  );
}
