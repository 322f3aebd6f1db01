// Compares totals and raw log, each for itself, with the ledger.
import { type Deed, expectedSums, FICKLE, type Sums } from './people.ts';
import type { Project } from './project.ts';
import { type LogLine, logLines } from './raw-log.ts';
import { foundSums } from './totals.ts';

/** What a run ends with. */
export interface Verdict {
  /** Events whose batch was answered 200, without the rejected. */
  readonly acknowledged: number;
  /** Acknowledged events that are in totals and log. */
  readonly counted: number;
  readonly lost: number;
  readonly doubled: number;
  /** What is wrong, in words. */
  readonly findings: readonly string[];
}

/** Every acknowledged event has to be there once, and no other twice. */
export async function audit(project: Project, deeds: readonly Deed[]): Promise<Verdict> {
  const acknowledged = deeds.filter(({ fate }) => fate === 'acknowledged').length;
  const inTotals = auditTotals(await foundSums(project), deeds);
  const inLog = auditLog(await logLines(project), deeds);
  const lost = Math.max(inTotals.lost, inLog.lost);
  return {
    acknowledged,
    counted: acknowledged - lost,
    lost,
    doubled: Math.max(inTotals.doubled, inLog.doubled),
    findings: [...inTotals.findings, ...inLog.findings],
  };
}

interface Part {
  lost: number;
  doubled: number;
  readonly findings: string[];
}

/** Where outboxes were emptied the sums are known exactly; where tabs were closed, within limits. */
export function auditTotals(found: Sums, deeds: readonly Deed[]): Part {
  const least = expectedSums(deeds, ['acknowledged']);
  const most = expectedSums(deeds, ['acknowledged', 'sent']);
  const part: Part = { lost: 0, doubled: 0, findings: [] };
  for (const name of new Set([...most.keys(), ...found.keys()])) {
    const [low, sum, high] = [least, found, most].map((sums) => sums.get(name) ?? 0) as [
      number,
      number,
      number,
    ];
    if (sum >= low && sum <= high) continue;
    part.findings.push(`totals: ${name} is ${sum}, between ${low} and ${high} were expected`);
    const isEvents = /\/(exposed|orders)$/.test(name);
    const missing = Math.max(low - sum, 0);
    const surplus = Math.max(sum - high, 0);
    part.lost += isEvents ? missing : Math.sign(missing);
    part.doubled += isEvents ? surplus : Math.sign(surplus);
  }
  return part;
}

/** The log holds the events themselves. */
export function auditLog(lines: readonly LogLine[], deeds: readonly Deed[]): Part {
  const times = new Map<string, number>();
  for (const { id } of lines) times.set(id, (times.get(id) ?? 0) + 1);
  const part: Part = { lost: 0, doubled: 0, findings: [] };
  for (const { json, fate, person } of deeds) {
    const count = times.get(json.id) ?? 0;
    times.delete(json.id);
    const [low, high] = { held: [0, 0], sent: [0, 1], acknowledged: [1, 1], rejected: [0, 0] }[
      fate
    ] as [number, number];
    if (count < low) part.lost += low - count;
    if (count > high) part.doubled += count - high;
    if (count < low || count > high) {
      part.findings.push(`log: ${json.id} is there ${count} times and was ${fate}`);
    }
    if (fate === 'sent' && person.group < FICKLE) {
      throw new Error(`an outbox gave up ${json.id}, so nothing can be said`);
    }
  }
  for (const [id, count] of times) {
    part.doubled += count;
    part.findings.push(`log: ${id} is there ${count} times and was never sent`);
  }
  return part;
}
