import { useSyncExternalStore } from 'react';
import type { Kite } from '../shop/kites.ts';

/** Some of one kite. */
export type Line = { readonly kite: Kite; readonly count: number };

/** The basket as the page sees it. */
export type BasketState = {
  readonly lines: readonly Line[];
  /** Number of kites. */
  readonly count: number;
  /** Price of the kites in euros, without shipping. */
  readonly total: number;
  readonly isOpen: boolean;
};

const empty: BasketState = { lines: [], count: 0, total: 0, isOpen: false };
const listeners = new Set<() => void>();
let state = empty;

/** The basket of this page: what one can do with it. */
export const basket = {
  /** Puts one more of a kite in, and opens the basket at the first kite. */
  add(kite: Kite): void {
    const held = state.lines.find((line) => line.kite.id === kite.id);
    fill(
      held === undefined
        ? [...state.lines, { kite, count: 1 }]
        : state.lines.map((line) => (line === held ? { kite, count: held.count + 1 } : line)),
    );
    if (state.count === 1) basket.open();
  },
  /** Takes all of a kite out. */
  remove(kite: Kite): void {
    fill(state.lines.filter((line) => line.kite.id !== kite.id));
  },
  /** Takes everything out. */
  clear(): void {
    fill([]);
  },
  open(): void {
    change({ ...state, isOpen: true });
  },
  close(): void {
    change({ ...state, isOpen: false });
  },
};

/** The basket, followed. */
export function useBasket(): BasketState {
  return useSyncExternalStore(subscribe, () => state);
}

function fill(lines: readonly Line[]): void {
  const count = lines.reduce((sum, line) => sum + line.count, 0);
  const total = lines.reduce((sum, line) => sum + line.count * line.kite.price, 0);
  change({ ...state, lines, count, total });
}

function change(next: BasketState): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
