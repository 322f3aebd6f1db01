// What people do in a test: made so that every event can be told apart in the totals and in the log.
import { randomBytes } from 'node:crypto';
import { FLAGS, type FlagKey } from './project.ts';
import type { Random } from './random.ts';

/** Groups of people: the totals tell them apart by epoch, so that one loss cannot hide one double. */
export const GROUPS = 16;
/** The first group of those whose tabs are closed: what was not acknowledged is never sent again. */
export const FICKLE = 1_000;

const MINUTE = 60_000;
const SIX_DAYS = 6 * 24 * 60 * MINUTE;

/** Never sent; sent and perhaps stored; stored; refused for good. */
export type Fate = 'held' | 'sent' | 'acknowledged' | 'rejected';

/** An event with what the ledger knows of it. */
export interface Deed {
  readonly person: Person;
  readonly json: Readonly<Record<string, unknown>> & { readonly id: string };
  /** What was met, or what was paid; neither where the event is one to reject. */
  readonly flag?: FlagKey;
  readonly value?: number;
  fate: Fate;
}

export interface Person {
  readonly group: number;
  readonly variant: 'on' | 'off';
}

export function uuid7(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** All that one new person does: meets flags, perhaps twice, and pays, perhaps often. */
export function story(random: Random, group: number): Deed[] {
  const person: Person = { group, variant: random.pick(['on', 'off']) };
  const name = randomBytes(9).toString('base64url');
  const units = { user: `u-${name}`, device: `d-${name}` };
  const at = Date.now() - MINUTE - random.between(0, random.pick([MINUTE, SIX_DAYS]));
  const deed = (later: number, fields: object, known: object): Deed => ({
    person,
    json: { id: uuid7(), at: at + later, units, ...fields },
    fate: 'held',
    ...known,
  });
  const meet = (flag: FlagKey, later: number) =>
    deed(later, { type: 'exposure', flag, variant: person.variant, epoch: group }, { flag });
  const pay = () => {
    const value = random.between(1, 1_000);
    return deed(random.between(0, 2_000), { type: 'track', name: 'order-paid', value }, { value });
  };
  const deeds = [meet('by-user', 0)];
  if (random.chance(0.5)) deeds.push(meet('by-device', 0));
  if (random.chance(0.2)) deeds.push(meet('by-user', random.between(1, 3_000)));
  for (let orders = random.between(0, 4); orders > 0; orders -= 1) deeds.push(pay());
  if (random.chance(0.02)) deeds.push(deed(0, { type: 'of-another-age' }, {}));
  return deeds;
}

/** The batch that carries them, as a client whose clock says `now` writes it. */
export function batchOf(
  deeds: readonly Deed[],
  id: string = uuid7(),
  now: number = Date.now(),
): string {
  return JSON.stringify({
    id,
    client: 'faults/1',
    sent_at: now,
    events: deeds.map(({ json }) => json),
  });
}

/** Sums by `flag/unit/group/variant/figure`. */
export type Sums = Map<string, number>;

/** What the totals say when exactly the deeds of these fates were stored. */
export function expectedSums(deeds: Iterable<Deed>, fates: readonly Fate[]): Sums {
  const met = new Map<Person, Set<FlagKey>>();
  const paid = new Map<Person, number[]>();
  for (const { person, fate, flag, value } of deeds) {
    if (!fates.includes(fate)) continue;
    if (flag !== undefined) met.set(person, (met.get(person) ?? new Set()).add(flag));
    if (value !== undefined) paid.set(person, [...(paid.get(person) ?? []), value]);
  }
  const sums: Sums = new Map();
  for (const [person, flags] of met) {
    const values = paid.get(person) ?? [];
    const revenue = values.reduce((sum, value) => sum + value, 0);
    const figures = {
      exposed: 1,
      paid: values.length > 0 ? 1 : 0,
      orders: values.length,
      revenue,
      'revenue²': revenue ** 2,
    };
    for (const flag of flags) {
      for (const unit of Object.values(FLAGS)) {
        for (const [figure, amount] of Object.entries(figures)) {
          const name = `${flag}/${unit}/${person.group}/${person.variant}/${figure}`;
          sums.set(name, (sums.get(name) ?? 0) + amount);
        }
      }
    }
  }
  return sums;
}
