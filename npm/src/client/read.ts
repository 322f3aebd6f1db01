import type { ReadOptions } from './client.ts';
import { expose } from './outbox.ts';
import type { Resolution } from './resolution.ts';
import { attempt, type State } from './state.ts';
import { answerOf, contextOf, subscribe } from './table.ts';

/** What a reader with these options sees, counted unless it is quiet. */
export const read = (state: State, key: string, options?: ReadOptions): Resolution => {
  const answer = answerOf(state, key, options);
  attempt(state, 'read', () => {
    if (answer.exposure && !options?.quiet) expose(state, key, answer, contextOf(state));
    state.onDecision?.(key, answer, contextOf(state), state.current?.environment);
  });
  return answer;
};

/** Reads `key` now and whenever its answer may have changed, and calls `listener` then. */
export const watch = (
  state: State,
  key: string,
  listener: () => void,
  options?: ReadOptions,
): (() => void) => {
  read(state, key, options);
  return subscribe(state, () => {
    read(state, key, options);
    listener();
  });
};
