// SIGKILL to workerd, again and again, while events come in.
import { audit, type Verdict } from './audit.ts';
import { Load, pause } from './load.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { Random } from './random.ts';

/** How much is broken, and for how long. */
export interface Plan {
  readonly seed: number;
  readonly kills: number;
  /** Mean time from a start to the next kill. */
  readonly lifeMs: number;
  /** Mean pause of a sender between two batches. */
  readonly pauseMs: number;
  /** Told about every kill. */
  readonly note: (line: string) => void;
}

export interface Outcome extends Verdict {
  readonly kills: number;
  /** Requests that were under way when workerd was killed, over all kills. */
  readonly interrupted: number;
  readonly project: Project;
  /** Sends what closed tabs never got acknowledged, and compares again: now every sum is known. */
  readonly reopen: () => Promise<Verdict>;
}

/** Runs, drains, compares. The machine goes on running, for whoever wants to look at it. */
export async function chaos(plan: Plan): Promise<Outcome> {
  const random = new Random(plan.seed);
  const machine = await Machine.start();
  try {
    const project = await Project.setUp(machine);
    const load = new Load(project, random, plan.pauseMs);
    let interrupted = 0;
    for (let kill = 1; kill <= plan.kills; kill += 1) {
      interrupted += await live(load, random, plan.lifeMs);
      plan.note(`kill ${kill}: ${load.inFlight} in flight, ${load.batches} batches so far`);
      await machine.restart();
    }
    await live(load, random, plan.lifeMs);
    await load.finish();
    plan.note(`${load.batches} batches, ${load.failures} of them sent again`);
    const verdict = await audit(project, load.deeds);
    const reopen = async (): Promise<Verdict> => {
      await load.reopen();
      return audit(project, load.deeds);
    };
    return { ...verdict, kills: plan.kills, interrupted, project, reopen };
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** Batches that each life acknowledges before it ends, where the machine is not too slow for it. */
const LEAST = 5;
const PATIENCE_MS = 20_000;

/**
 * Lets a random time pass, in which the shards may be told to write to the archive just before the
 * end. Returns how many requests are under way.
 */
async function live(load: Load, random: Random, lifeMs: number): Promise<number> {
  const [began, before] = [performance.now(), load.batches];
  await pause(random.between(lifeMs / 4, (lifeMs * 7) / 4));
  while (load.batches < before + LEAST && performance.now() < began + PATIENCE_MS) await pause(10);
  if (random.chance(0.5)) {
    load.flush();
    await pause(random.between(0, 100));
  }
  // A kill between two requests proves nothing.
  for (let tries = 0; load.inFlight === 0 && tries < 2_000; tries += 1) await pause(1);
  return load.inFlight;
}
