import type { Context, FlagKind, FlagValue, OnUnknown } from '../types.ts';

export type Instantiate = (imports: WebAssembly.Imports) => WebAssembly.Exports;

export interface Engine {
  readonly keys: readonly string[];
  index(key: string): number;
  setContext(context: Context, now: number): void;
  decide(flag: number): number;
  decideAll(): Uint32Array;
  value(flag: number, decision: number): FlagValue | undefined;
  variant(flag: number, decision: number): string | undefined;
  ruleId(flag: number, decision: number): string | undefined;
  kind(flag: number): FlagKind;
  onUnknown(flag: number): OnUnknown;
}

export declare function createEngine(
  instantiate: Instantiate,
  plan: Uint8Array,
  place?: 'client' | 'server',
): Engine;
