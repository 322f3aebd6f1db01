import { backOffMs } from './back-off.ts';
import { PING_MS, RECONNECT_MS, SPREAD_MS } from './limits.ts';
import type { Link } from './link.ts';
import type { Plans } from './plans.ts';

/** A flag that was switched off, or on again, ahead of its plan; `docs/push.md` describes it. */
export interface Kill {
  readonly environment: string;
  readonly revision: number;
  readonly flag: string;
  readonly killed: boolean;
  readonly key_id: string;
  readonly signature: string;
}

/** A connection on which the edge tells of what is published. */
export interface Push {
  /** Opens it, and comes back to it as long as it is wanted; it rests while the page is hidden. */
  start(): void;
  stop(): void;
  /** Tells the edge which revision decides now. */
  acknowledge(): void;
}

/** Makes the connection of `plans`; `onChange` is called when it opens and ends. */
export const createPush = ({ connect, page }: Link, plans: Plans, onChange: () => void): Push => {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isWanted = false;
  /** Whether the key or the page has been turned away for good. */
  let isOver = false;
  /** Whether the edge has been heard since the last sign of life. */
  let isHeard = false;

  const open = (): void => {
    try {
      socket = connect?.();
    } catch {
      // A policy or an address that does not allow it: looking for plans goes on.
    }
    if (!socket) return;
    socket.onopen = () => {
      isHeard = true;
      socket?.send('ping');
      plans.isLive = true;
      push.acknowledge();
      if (plans.failures) plans.lookIn(SPREAD_MS * Math.random());
      onChange();
    };
    socket.onmessage = ({ data }) => {
      isHeard = true;
      try {
        const message = JSON.parse(data);
        if (message.type === 'kill') void plans.kill(message);
        else plans.expect(message.revision);
      } catch {
        // The answer to a sign of life.
      }
    };
    socket.onclose = ({ code }) => {
      socket = undefined;
      clearTimeout(timer);
      isOver ||= code === 4401 || code === 4403;
      if (isWanted && !isOver)
        timer = setTimeout(beat, Math.random() * backOffMs(RECONNECT_MS, failures++));
      if (!plans.isLive) return;
      plans.isLive = false;
      // What is told meanwhile is not heard, and not all pages may ask at one moment.
      plans.lookIn(SPREAD_MS + Math.random() * PING_MS);
      onChange();
    };
  };
  const beat = (): void => {
    clearTimeout(timer);
    if (page?.isHidden()) socket?.close();
    else {
      if (!socket) open();
      else if (isHeard) {
        failures = 0;
        socket.send('ping');
      } else socket.close();
      isHeard = false;
      if (socket) timer = setTimeout(beat, PING_MS);
    }
  };
  const push: Push = {
    start() {
      isWanted = true;
      if (!socket && !isOver) beat();
    },
    stop() {
      isWanted = false;
      clearTimeout(timer);
      socket?.close();
    },
    acknowledge() {
      const revision = plans.current?.revision;
      if (revision && plans.isLive) socket?.send(JSON.stringify({ type: 'held', revision }));
    },
  };
  return push;
};
