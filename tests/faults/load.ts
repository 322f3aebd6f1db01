// The load: outboxes that keep what was not acknowledged, and tabs that are closed with it.
import { batchOf, type Deed, FICKLE, GROUPS, story, uuid7 } from './people.ts';
import type { Project } from './project.ts';
import type { Random } from './random.ts';

/** Events a batch. */
const EVENTS = 20;
/** Deeds that wait to be mixed, so that what a person does is spread over batches in any order. */
const POOL = 200;
/** Senders whose outboxes keep everything, and senders whose tabs are closed. */
const OUTBOXES = 6;
const TABS = 2;

interface Batch {
  id: string;
  readonly deeds: readonly Deed[];
}

/** What is sent, and the ledger of what became of it. */
export class Load {
  /** The ledger: every deed that ever left a pool, with its fate. */
  readonly deeds: Deed[] = [];
  /** Batches that were acknowledged, and answers that took no part. */
  batches = 0;
  /** Events of acknowledged batches. */
  events = 0;
  failures = 0;
  inFlight = 0;
  private project: Project;
  private readonly random: Random;
  private readonly pauseMs: number;
  private readonly senders: Promise<void>[];
  private isOver = false;

  /** Begins to send; each sender waits about so long between batches. */
  constructor(project: Project, random: Random, pauseMs: number) {
    this.project = project;
    this.random = random;
    this.pauseMs = pauseMs;
    this.senders = Array.from({ length: OUTBOXES + TABS }, (_, n) => {
      return this.sender(n >= OUTBOXES);
    });
  }

  /** Sends to another machine from now on. */
  moveTo(project: Project): void {
    this.project = project;
  }

  /** Makes nothing new, and waits until every outbox is empty. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.senders);
  }

  /** Tells the shards to write to the archive, and does not wait. */
  flush(): void {
    this.project.ask('POST', `${this.project.path}/log/flush`).catch(() => {});
  }

  /** Opens the closed tabs again: what was never acknowledged is sent until it is. */
  async reopen(): Promise<void> {
    const left = this.deeds.filter(({ fate }) => fate === 'sent');
    for (let n = 0; n < left.length; n += EVENTS) {
      await this.deliver({ id: uuid7(), deeds: left.slice(n, n + EVENTS) }, false);
    }
  }

  private async sender(isFickle: boolean): Promise<void> {
    const pool: Deed[] = [];
    while (!this.isOver || pool.length > 0) {
      while (!this.isOver && pool.length < POOL) {
        const group = this.random.between(0, GROUPS) + (isFickle ? FICKLE : 0);
        pool.push(...story(this.random, group));
      }
      const batch = { id: uuid7(), deeds: this.draw(pool) };
      this.deeds.push(...batch.deeds);
      await this.deliver(batch, isFickle);
      await pause(this.random.between(0, 2 * this.pauseMs));
    }
  }

  private draw(pool: Deed[]): Deed[] {
    return Array.from({ length: Math.min(EVENTS, pool.length) }, () => {
      const [deed] = pool.splice(this.random.between(0, pool.length), 1);
      if (deed === undefined) throw new Error('the pool is empty');
      return deed;
    });
  }

  /** Sends until it is acknowledged, as an outbox does; or once, as a tab does that is closed. */
  private async deliver(batch: Batch, isFickle: boolean): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const isStored = await this.attempt(batch);
      if (isStored && this.random.chance(0.05)) {
        // A sender that did not see the answer: the same events, in the same batch or in another.
        if (this.random.chance(0.5)) batch.id = uuid7();
        await this.attempt(batch);
      }
      if (isStored) return;
      this.failures += 1;
      await pause(this.random.between(20, 60 * Math.min(attempt + 1, 10)));
      if (isFickle) return;
    }
  }

  private async attempt({ id, deeds }: Batch): Promise<boolean> {
    for (const deed of deeds) {
      if (deed.fate === 'held') deed.fate = 'sent';
    }
    this.inFlight += 1;
    try {
      const response = await this.project.send(batchOf(deeds, id));
      const text = await response.text();
      if (response.status !== 200) return false;
      this.settle(deeds, JSON.parse(text));
      return true;
    } catch {
      // The machine is gone, or the answer is.
      return false;
    } finally {
      this.inFlight -= 1;
    }
  }

  private settle(deeds: readonly Deed[], answer: { rejected: readonly { id: string }[] }): void {
    const rejected = new Set(answer.rejected.map(({ id }) => id));
    for (const deed of deeds) {
      deed.fate = rejected.has(deed.json.id) ? 'rejected' : 'acknowledged';
    }
    this.batches += 1;
    this.events += deeds.length;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
