import { parseDate } from './date.ts';
import type { Operate } from './engine.ts';
import { compareVersions } from './version.ts';

// Operators that few plans use. Pages load them when a plan does.

/** The core's numbers for a date and for the order of two versions. */
const DATE = 6;
const VERSIONS = 5;

/** Patterns, compiled once; undefined where this browser does not take one, and its condition is unknown then. */
const patterns = new Map<string, RegExp | undefined>();

const compile = (pattern: string): RegExp | undefined => {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
};

/** Reads a date, compares versions, or matches a pattern. */
export const operate: Operate = (what, text, operand) => {
  if (what === DATE) return parseDate(text);
  if (what === VERSIONS) return compareVersions(text, operand);
  if (!patterns.has(operand)) patterns.set(operand, compile(operand));
  return +(patterns.get(operand)?.test(text) ?? Number.NaN);
};
