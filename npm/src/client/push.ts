import { backOffMs } from './back-off.ts';
import { LAST_TEMPORARY_CODE, PING_MS, RECONNECT_MS, SPREAD_MS } from './limits.ts';
import { expectRevision, lookIn, takeKill } from './plans.ts';
import type { State } from './state.ts';
import { announce } from './table.ts';

// A connection on which the edge tells of what is published.

/** A flag that was switched off, or on again, ahead of its plan; `docs/push.md` describes it. */
export interface Kill {
  readonly environment: string;
  readonly revision: number;
  readonly flag: string;
  readonly killed: boolean;
  readonly key_id: string;
  readonly signature: string;
}

const open = (state: State): void => {
  const { connect, key, push, address, query, intervalMs } = state;
  let socket: WebSocket | undefined;
  try {
    if (push ?? intervalMs)
      socket = connect?.(`${address.replace('http', 'ws')}stream${query}`, key);
  } catch {
    // A policy or an address that does not allow it: looking for plans goes on.
  }
  if (!socket) return;
  state.socket = socket;
  socket.onopen = () => {
    state.isHeard = true;
    socket?.send('ping');
    state.isLive = true;
    acknowledge(state);
    if (state.failures) lookIn(state, SPREAD_MS * Math.random());
    announce(state);
  };
  socket.onmessage = ({ data }) => {
    state.isHeard = true;
    try {
      const message = JSON.parse(data);
      if (message.type === 'kill') void takeKill(state, message);
      else expectRevision(state, message.revision);
    } catch {
      // The answer to a sign of life.
    }
  };
  socket.onclose = ({ code }) => {
    state.socket = undefined;
    clearTimeout(state.pushTimer);
    state.isOver ||= code > LAST_TEMPORARY_CODE;
    if (state.isStarted && !state.isOver)
      state.pushTimer = setTimeout(
        beat,
        Math.random() * backOffMs(RECONNECT_MS, state.breaks++),
        state,
      );
    if (!state.isLive) return;
    state.isLive = false;
    // What is told meanwhile is not heard, and not all pages may ask at one moment.
    lookIn(state, SPREAD_MS + Math.random() * PING_MS);
    announce(state);
  };
};

/** Sees to it that there is a connection and that it lives; it rests while the page is hidden. */
const beat = (state: State): void => {
  const { socket, page } = state;
  clearTimeout(state.pushTimer);
  if (page?.isHidden()) socket?.close();
  else {
    if (!socket) open(state);
    else if (state.isHeard) {
      state.breaks = 0;
      socket.send('ping');
    } else socket.close();
    state.isHeard = false;
    if (state.socket) state.pushTimer = setTimeout(beat, PING_MS, state);
  }
};

/** Opens it, and comes back to it as long as the client runs. */
export const startPush = (state: State): void => {
  if (!state.socket && !state.isOver) beat(state);
};

/** Ends it, and looks no more. */
export const stopListening = ({ lookTimer, pushTimer, socket }: State): void => {
  clearTimeout(lookTimer);
  clearTimeout(pushTimer);
  socket?.close();
};

/** Tells the edge which revision decides now. */
export const acknowledge = ({ current, isLive, socket }: State): void => {
  const revision = current?.revision;
  if (revision && isLive) socket?.send(JSON.stringify({ type: 'held', revision }));
};
