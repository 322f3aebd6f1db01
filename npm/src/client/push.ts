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
  let socket: WebSocket | undefined;
  try {
    if (state.push ?? state.intervalMs)
      socket = state.connect?.(
        `${state.address.replace('http', 'ws')}stream${state.query}`,
        state.key,
      );
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
  clearTimeout(state.pushTimer);
  if (state.page?.isHidden()) state.socket?.close();
  else {
    if (!state.socket) open(state);
    else if (state.isHeard) {
      state.breaks = 0;
      state.socket.send('ping');
    } else state.socket.close();
    state.isHeard = false;
    if (state.socket) state.pushTimer = setTimeout(beat, PING_MS, state);
  }
};

/** Opens it, and comes back to it as long as the client runs. */
export const startPush = (state: State): void => {
  if (!state.socket && !state.isOver) beat(state);
};

/** Ends it, and looks no more. */
export const stopListening = (state: State): void => {
  clearTimeout(state.lookTimer);
  clearTimeout(state.pushTimer);
  state.socket?.close();
};

/** Tells the edge which revision decides now. */
export const acknowledge = (state: State): void => {
  const revision = state.current?.revision;
  if (revision && state.isLive) state.socket?.send(JSON.stringify({ type: 'held', revision }));
};
