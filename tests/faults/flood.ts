// As many events as the machine takes, without kills: what a batch costs, and whether memory grows.
import { audit, type Verdict } from './audit.ts';
import { Load, pause } from './load.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { Random } from './random.ts';

const LOOK_MS = 1_000;
/** Events after which isolates and caches are as large as they get. */
const WARM = 20_000;

/** What a run cost. */
export interface Figures {
  readonly events: number;
  readonly batches: number;
  readonly seconds: number;
  readonly batches_per_second: number;
  /** Of workerd, user and system: both Workers, the shards and their storage. */
  readonly cpu_ms_per_batch: number;
  /** Of the shards, as Cloudflare bills them: indexes count. */
  readonly rows_written_per_event: number;
  /** Resident memory of workerd when warm, at its highest after that, and at the end. */
  readonly resident_mb: { readonly warm: number; readonly highest: number; readonly end: number };
}

export interface Flood extends Verdict {
  readonly figures: Figures;
}

/** Sends until so many events have been acknowledged, then compares everything with the ledger. */
export async function flood(seed: number, events: number): Promise<Flood> {
  const machine = await Machine.start();
  try {
    const project = await Project.setUp(machine);
    const load = new Load(project, new Random(seed), 0);
    while (load.events < Math.min(WARM, events / 2)) await pause(LOOK_MS);
    const [began, cpuBefore] = [performance.now(), machine.cpuMs()];
    const [batchesBefore, eventsBefore] = [load.batches, load.events];
    const rowsBefore = (await machine.rowsWritten()).Shard ?? 0;
    const warm = machine.resident();
    let highest = warm;
    while (load.events < events) {
      await pause(LOOK_MS);
      highest = Math.max(highest, machine.resident());
    }
    const seconds = (performance.now() - began) / 1_000;
    const batches = load.batches - batchesBefore;
    const rows = ((await machine.rowsWritten()).Shard ?? 0) - rowsBefore;
    const rowsAnEvent = rows / (load.events - eventsBefore);
    const cpuMs = machine.cpuMs() - cpuBefore;
    await load.finish();
    const end = machine.resident();
    const verdict = await audit(project, load.deeds);
    return {
      ...verdict,
      figures: {
        events: load.events,
        batches,
        seconds: rounded(seconds),
        batches_per_second: rounded(batches / seconds),
        cpu_ms_per_batch: rounded(cpuMs / batches),
        rows_written_per_event: rounded(rowsAnEvent),
        resident_mb: { warm: megabytes(warm), highest: megabytes(highest), end: megabytes(end) },
      },
    };
  } finally {
    await machine.close();
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);
