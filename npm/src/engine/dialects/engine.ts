import type { Context } from '../../types.ts';
import type { Engine, Instantiate } from '../engine.ts';
import { createEngine } from '../engine.ts';
import { operate } from '../operators.ts';
import { createPlanReader } from '../plan-reader.ts';
import type { EngineExports } from '../wasm.ts';
import { decode } from '../wasm.ts';
import { calendar, parseLenientDate } from './dates.ts';
import { numberOf } from './texts.ts';
import { compareLenientVersions } from './versions.ts';
import { createDialectWriter } from './writer.ts';

type Host = (
  what: number,
  start: number,
  length: number,
  operandStart: number,
  operandLength: number,
) => number;

/** What the core of `eval-posthog` asks for besides what every core asks for. */
const PARSE_NUMBER = 8;
const LENIENT_DATE = 9;
const CALENDAR = 10;
const LENIENT_VERSIONS = 11;
const RELEASES = 12;

/**
 * Loads a plan of other dialects than the native one into a fresh instance of `eval-posthog`.
 *
 * It stands between the ordinary engine and the core, so that pages without such plans load nothing of it.
 *
 * **Errors** as `createEngine`.
 */
export const createDialectEngine = (
  instantiate: Instantiate,
  plan: Uint8Array,
  place?: 'server',
): Engine => {
  let now = 0;
  let context: Context = {};
  let write: ((context: Context) => void) | undefined;
  const between: Instantiate = (imports) => {
    const host = imports.h?.h as Host;
    const asked: Host = (what, start, length, operandStart, operandLength) =>
      what < PARSE_NUMBER
        ? host(what, start, length, operandStart, operandLength)
        : ask(wasm, now, what, start, length, operandStart, operandLength);
    const wasm = instantiate({ h: { h: asked } }) as unknown as EngineExports;
    return {
      ...wasm,
      begin(moment: number, here: number, operators: number) {
        write ??= createDialectWriter(wasm, createPlanReader(wasm, plan).slots);
        write(context);
        wasm.begin(moment, here, operators);
      },
    } as unknown as WebAssembly.Exports;
  };
  const engine = createEngine(between, plan, place, operate);
  return {
    ...engine,
    setContext(given, moment) {
      now = moment;
      context = given;
      engine.setContext({}, moment);
    },
  };
};

const ask = (
  wasm: EngineExports,
  now: number,
  what: number,
  start: number,
  length: number,
  operandStart: number,
  operandLength: number,
): number => {
  // The lengths are months and years here.
  if (what === CALENDAR) return calendar(now, length || -operandLength);
  const read = (from: number, size: number) =>
    decode(new Uint8Array(wasm.memory.buffer, from, size));
  const text = read(start, length);
  if (what === PARSE_NUMBER) return numberOf(text);
  if (what === LENIENT_DATE) return parseLenientDate(text, now);
  const operand = read(operandStart, operandLength);
  return what === LENIENT_VERSIONS || what === RELEASES
    ? compareLenientVersions(text, operand, what === RELEASES)
    : Number.NaN;
};
