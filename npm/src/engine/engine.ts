import { FlagError } from '../errors.ts';
import type { Context, FlagValue } from '../types.ts';
import { createContextWriter } from './context-writer.ts';
import { createHost } from './host.ts';
import { ALL_OPERATORS, CLIENT, COMMON_OPERATORS, NEEDS_OPERATORS, SERVER } from './plan-layout.ts';
import { createPlanReader } from './plan-reader.ts';
import type { EngineExports } from './wasm.ts';

/**
 * Makes an instance of the evaluator with the given imports, synchronously; called once for a plan.
 *
 * Memory is freed with the instance, so a plan that is replaced leaves nothing behind.
 */
export type Instantiate = (imports: WebAssembly.Imports) => WebAssembly.Exports;

/** An operator that few plans use, by the core's number; not a number where its answer is unknown. */
export type Operate = (what: number, text: string, operand: string) => number;

/**
 * A loaded plan, and the decisions it makes for one context at a time.
 *
 * A decision is the core's packed number: bits 0..9 the outcome, 10..14 the reason, 15..29 the rule, 30 whether it
 * counts as an exposure.
 */
export interface Engine {
  /** The keys of the flags, in the order of their indexes. */
  keys(): readonly string[];
  /** Whether the plan uses operators on dates, versions or patterns: without `operate`, their conditions are unknown. */
  readonly needsOperators: boolean;
  operate?: Operate | undefined;
  /** The index of a flag; -1 when the plan has no such flag. */
  index(key: string): number;
  /**
   * Takes what the plan reads from a context, at once: later changes of the object are not seen. Never throws; a value
   * of a type that no condition reads is present but satisfies nothing.
   *
   * **Units** `now` is milliseconds since 1970.
   */
  setContext(context: Context, now: number): void;
  /** The decision of a flag for the context set last; computed once per context. */
  decide(flag: number): number;
  /** What a decision evaluates to; undefined stands for the caller's default. */
  value(flag: number, decision: number): FlagValue | undefined;
  /** The name of the variant that a decision leads to, if it leads to one. */
  variant(flag: number, decision: number): string | undefined;
  /** The id of the rule that decided, if one did. */
  ruleId(flag: number, decision: number): string | undefined;
  /** Sets or clears the killed bit of a flag; it holds from the next context on. Does nothing for an index of -1. */
  setKilled(flag: number, isKilled: boolean): void;
  /** Whether the last known answer holds while the flag's decision is unknown. */
  holdsLastKnown(flag: number): boolean;
}

/**
 * Loads a plan into a fresh instance of the evaluator.
 *
 * **Errors** `FlagError` with `PARSE_ERROR` when the bytes are not a plan that this evaluator reads; an error of the
 * platform where there is no memory for it.
 */
export const createEngine = (
  instantiate: Instantiate,
  plan: Uint8Array,
  place?: 'server',
  operate?: Operate,
): Engine => {
  const wasm = instantiate({
    h: {
      h: createHost(
        () => wasm,
        () => engine,
      ),
    },
  }) as unknown as EngineExports;
  const start = wasm.alloc(plan.length);
  new Uint8Array(wasm.memory.buffer).set(plan, start);
  const refusal = wasm.load(start, plan.length);
  if (refusal) throw new FlagError('PARSE_ERROR', undefined, { cause: refusal });
  const reader = createPlanReader(wasm, plan);
  const write = createContextWriter(wasm, reader.slots);
  const engine: Engine = {
    ...reader,
    needsOperators: !!wasm.at(NEEDS_OPERATORS),
    operate,
    setContext(context, now) {
      write(context);
      wasm.begin(now, place ? SERVER : CLIENT, engine.operate ? ALL_OPERATORS : COMMON_OPERATORS);
    },
    decide: wasm.decide,
    setKilled: wasm.kill,
  };
  return engine;
};
