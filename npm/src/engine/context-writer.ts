import type { Context } from '../types.ts';
import type { PlanReader, Slot } from './plan-reader.ts';
import type { EngineExports } from './wasm.ts';

// The kinds of values, in the lowest three bits of a cell's first word.
const TEXT = 1;
const NUMBER = 2;
const BOOLEAN = 3;
const NULL = 4;
const ARRAY = 5;
const OPAQUE = 6;

/** From this length on, the encoder is faster than a loop. */
const LONG_TEXT = 48;

/**
 * Writes what the plan reads of a context into the core's memory.
 *
 * A cell is 16 bytes: kind and length, start of a text or of an array's elements, number.
 */
export function createContextWriter(
  wasm: EngineExports,
  plan: PlanReader,
): (context: Context) => void {
  const encoder = new TextEncoder();
  const reads = plan.slots.map(reader);
  let bytes: Uint8Array;
  let words: Uint32Array;
  let doubles: Float64Array;
  let cells: number;
  let elements = 0;
  let nextElement: number;
  let texts: number;
  let room = 1024;
  let top: number;

  const look = () => {
    wasm.room(elements, room);
    cells = wasm.at(3) >> 2;
    texts = wasm.at(4);
    const { buffer } = wasm.memory;
    bytes = new Uint8Array(buffer);
    words = new Uint32Array(buffer);
    doubles = new Float64Array(buffer);
  };
  look();

  /** Room for more, with what was written so far. */
  const grow = (moreElements: number, moreText: number) => {
    const cellBytes = bytes.slice(4 * cells, 4 * cells + 16 * nextElement);
    const textBytes = bytes.slice(texts, texts + top);
    elements = Math.max(elements, 2 * moreElements);
    room = Math.max(room, 2 * moreText);
    look();
    bytes.set(cellBytes, 4 * cells);
    bytes.set(textBytes, texts);
  };

  const setHead = (cell: number, head: number) => {
    words[cells + 4 * cell] = head;
  };

  const setNumber = (cell: number, head: number, value: number) => {
    setHead(cell, head);
    doubles[(cells >> 1) + 2 * cell + 1] = value;
  };

  const setText = (cell: number, value: string) => {
    const { length } = value;
    // A UTF-16 unit takes three bytes at most.
    if (top + 3 * length > room) grow(0, top + 3 * length);
    const start = texts + top;
    let written = 0;
    if (length < LONG_TEXT) {
      for (; written < length; written++) {
        const unit = value.charCodeAt(written);
        if (unit > 127) break;
        bytes[start + written] = unit;
      }
    }
    if (written < length) written = encoder.encodeInto(value, bytes.subarray(start)).written;
    setHead(cell, (written << 3) | TEXT);
    words[cells + 4 * cell + 1] = top;
    top += written;
  };

  const setArray = (cell: number, values: readonly unknown[]) => {
    const { length } = values;
    const first = nextElement;
    if (first + length > plan.slots.length + elements) grow(first + length, 0);
    nextElement += length;
    setHead(cell, (length << 3) | ARRAY);
    words[cells + 4 * cell + 1] = first;
    for (let i = 0; i < length; i++) {
      const value = values[i] ?? null;
      if (Array.isArray(value)) setHead(first + i, OPAQUE);
      else set(first + i, value);
    }
  };

  const set = (cell: number, value: unknown) => {
    switch (typeof value) {
      case 'string':
        return setText(cell, value);
      case 'number':
        return setNumber(cell, Number.isFinite(value) ? NUMBER : OPAQUE, value);
      case 'boolean':
        return setNumber(cell, BOOLEAN, +value);
      case 'undefined':
        return setHead(cell, 0);
      default:
        if (Array.isArray(value)) setArray(cell, value);
        else setHead(cell, value === null ? NULL : OPAQUE);
    }
  };

  return (context) => {
    top = 0;
    nextElement = reads.length;
    for (let slot = 0; slot < reads.length; slot++) {
      try {
        set(slot, (reads[slot] as Read)(context));
      } catch {
        // A getter that throws, or memory that does not grow.
        setHead(slot, OPAQUE);
      }
    }
  };
}

type Read = (context: Context) => unknown;

/** How to find a slot's value in a context of any shape. */
function reader({ source, name, group }: Slot): Read {
  if (source === 0) {
    return (context) => {
      const id = own(context?.units, name) ?? undefined;
      // Other types are no ids; they are written as what no hash takes.
      return typeof id === 'number' && Number.isSafeInteger(id) ? `${id}` : id;
    };
  }
  const path = name.startsWith('/')
    ? name
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [name];
  const [first = '', ...rest] = path;
  return (context) => {
    const from = source === 1 ? context?.attributes : own(context?.groups, group);
    let value = own(from, first);
    for (const step of rest) value = own(value, step);
    return value;
  };
}

/** An object's own property: what it inherits is nobody's attribute. */
function own(from: unknown, name: string): unknown {
  return typeof from === 'object' &&
    from !== null &&
    (!(name in Object.prototype) || Object.hasOwn(from, name))
    ? (from as Record<string, unknown>)[name]
    : undefined;
}
