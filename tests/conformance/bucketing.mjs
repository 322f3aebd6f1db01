// The suite of the bucketing algorithms: every field that a row derives is derived again.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readings } from './bucketing-rows.mjs';

/** Fields that are for people. */
const REMARKS = new Set(['note', 'comment', 'description']);

/** Checks every row of every file; returns what missed by case. */
export function bucketing(folder, ask) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const cases = files.sort().flatMap((file) => casesOf(file, join(folder, file)));
  const answers = ask(cases.flatMap((one) => one.readings.map((reading) => reading.question)));
  const report = {};
  let next = 0;
  for (const { name, row, readings: asked, misses } of cases) {
    const found = [...misses];
    for (const reading of asked) {
      found.push(...missesOf(reading, row, answers[next]));
      next += 1;
    }
    report[name] = found;
  }
  return report;
}

function casesOf(file, path) {
  let vectors;
  try {
    vectors = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return [failing(file, `not JSON: ${error.message}`)];
  }
  if (!Array.isArray(vectors.rows) || vectors.rows.length === 0) {
    return [failing(file, 'it has no rows')];
  }
  return vectors.rows.map((row, index) => caseOf(`${file} row ${index + 1}`, vectors, row));
}

function caseOf(name, vectors, row) {
  const rule = Object.hasOwn(readings, vectors.algorithm) ? readings[vectors.algorithm] : undefined;
  if (rule === undefined) {
    return failing(name, `the algorithm \`${vectors.algorithm}\` is unknown`);
  }
  const used = new Set();
  try {
    const asked = rule(watched(row, used));
    const known = new Set([...used, ...REMARKS, ...asked.flatMap(fieldsOf)]);
    const unread = Object.keys(row).filter((field) => !known.has(field));
    const misses = unread.map((field) => `the field \`${field}\` is not understood`);
    return { name, row, readings: asked, misses };
  } catch (error) {
    return failing(name, error.message);
  }
}

function fieldsOf({ expect, ignored = [] }) {
  return [...Object.keys(expect), ...ignored];
}

function failing(name, miss) {
  return { name, row: {}, readings: [], misses: [miss] };
}

/** A row that notes which of its fields are inputs, and refuses to invent a missing one. */
function watched(row, used) {
  return new Proxy(row, {
    get(target, field) {
      if (!(field in target)) {
        throw new Error(`the field \`${String(field)}\` is missing`);
      }
      used.add(field);
      return target[field];
    },
  });
}

function missesOf({ question, expect }, row, answer) {
  if (answer.error !== undefined) {
    return [answer.error];
  }
  const misses = [];
  for (const [field, derive] of Object.entries(expect)) {
    const derived = derive(answer);
    // Hashes with more digits than a double keeps are decimal text.
    if (field in row && String(derived) !== String(row[field])) {
      misses.push(`${field} is ${row[field]}, ${question.algorithm} gives ${derived}`);
    }
  }
  return misses;
}
