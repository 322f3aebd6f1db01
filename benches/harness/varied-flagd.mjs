// The varied flags for flagd-core, and people to ask about: no two flags share their conditions by design here.
import { variedSource } from '../varied-flags.mjs';

const COMPARISONS = { gt: '>', lt: '<', gte: '>=' };

const attribute = (name) => ({ var: name });

function conditionOf({ a, op, v }) {
  if (op === 'eq') return { '==': [attribute(a), v] };
  if (op === 'in') return { in: [attribute(a), v] };
  if (op === 'contains') return { in: [v, attribute(a)] };
  if (op === 'vgte') return { sem_ver: [attribute(a), '>=', v] };
  return { [COMPARISONS[op]]: [attribute(a), v] };
}

/** A share of the units that no variant gets goes to the first one, as the fallthrough does. */
function outcomeOf(names, percentages) {
  const whole = percentages.indexOf(100);
  if (whole >= 0) return names[whole];
  const rest = Math.max(0, 100 - percentages.reduce((sum, share) => sum + share, 0));
  const shares = percentages.map((share, i) => [
    names[i],
    Math.round((share + (i ? 0 : rest)) * 100),
  ]);
  const salt = { cat: [attribute('$flagd.flagKey'), attribute('targetingKey')] };
  return { fractional: [salt, ...shares.filter(([, share]) => share > 0)] };
}

/** The configuration text for `flags` of the harness's generator. */
export function flagdConfiguration(flags) {
  const entries = flags.map(({ key, vs, rules }) => {
    const names = vs[0] === false ? ['off', 'on'] : vs;
    const steps = rules.flatMap(({ cs, w }) => [{ and: cs.map(conditionOf) }, outcomeOf(names, w)]);
    const variants = Object.fromEntries(names.map((name, i) => [name, vs[i]]));
    const targeting = steps.length > 0 ? { targeting: { if: [...steps, names[0]] } } : {};
    return [key, { state: 'ENABLED', variants, defaultVariant: names[0], ...targeting }];
  });
  return JSON.stringify({ flags: Object.fromEntries(entries) });
}

/** `n` people whose attributes come from the generator's own values. */
export async function variedUsers(n) {
  const { A: names, VAL } = await variedSource();
  return Array.from({ length: n }, (_, i) => {
    // A stride that shares no factor with the lists' lengths walks through all combinations.
    const valueAt = (name, k) =>
      VAL[name]?.[(i * 7 + k * 13) % VAL[name].length] ?? (i * 37 + k * 11) % 365;
    const attributes = Object.fromEntries(names.map((name, k) => [name, valueAt(name, k)]));
    return { id: `user-${i}`, ...attributes, email: `person${i}${attributes.email}` };
  });
}
