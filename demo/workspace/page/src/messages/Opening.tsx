import type { Channel } from "../api/types";
import { Icon } from "../components/Icon";
import { Mark } from "../components/Mark";

/** What stands above a channel's first message. */
export function Opening({ channel, botName }: { channel: Channel; botName: string }) {
  if (channel.is_im) {
    return (
      <div className="opening">
        <Mark size={52} />
        <h2>{botName}</h2>
        <p>This is between you and {botName}. Pictures and words sent here stay here.</p>
      </div>
    );
  }
  return (
    <div className="opening">
      <span className="hash">
        <Icon name="hash" size={26} />
      </span>
      <h2>#{channel.name}</h2>
      <p>
        This is the very beginning of the channel. Drop a few pictures of a thing here, give it a
        name, and draw with it.
      </p>
    </div>
  );
}
