import { useSyncExternalStore } from 'react';
import type { ShopFlag } from '../flags.ts';

/** What the inspector shows: whether it is open on a small screen, and the flag it explains. */
export type Selection = { readonly isOpen: boolean; readonly flag: ShopFlag | undefined };

const listeners = new Set<() => void>();
let selection: Selection = { isOpen: false, flag: undefined };

/** The inspector, followed. */
export function useSelection(): Selection {
  return useSyncExternalStore(subscribe, () => selection);
}

/** Opens the inspector at the explanation of a flag. */
export function select(flag: ShopFlag): void {
  change({ isOpen: true, flag });
}

/** Opens the explanation of a flag, or folds it when it is open. */
export function toggle(flag: ShopFlag): void {
  change({ isOpen: true, flag: flag === selection.flag ? undefined : flag });
}

/** Opens or closes the inspector where the screen is too small to keep it open. */
export function setInspectorOpen(isOpen: boolean): void {
  change({ ...selection, isOpen });
}

function change(next: Selection): void {
  selection = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
