import type { Context } from 'pennon';

/** Someone who visits the shop: the facts that the rules of the demo project ask about. */
export type Persona = {
  /** Stable id of the persona, and the unit id when signed in. */
  readonly id: string;
  /** Name on the button. */
  readonly name: string;
  /** Place and plan in words. */
  readonly about: string;
  /** Two-letter country. */
  readonly country: string;
  /** `free` or `club`. */
  readonly plan: 'free' | 'club';
  /** False for a visitor who has no user id yet. */
  readonly signedIn: boolean;
};

/** The visitors one can play, chosen so that each meets other rules. */
export const personas: readonly [Persona, ...Persona[]] = [
  persona('astrid-uppsala', 'Astrid', 'Uppsala, club', 'SE', 'club'),
  persona('nils-bergen', 'Nils', 'Bergen, free', 'NO', 'free'),
  persona('jonas-berlin', 'Jonas', 'Berlin, free', 'DE', 'free'),
  persona('maya-portland', 'Maya', 'Portland, tester', 'US', 'free'),
  persona('kenji-osaka', 'Kenji', 'Osaka, club', 'JP', 'club'),
  { ...persona('guest', 'Guest', 'not signed in', 'FR', 'free'), signedIn: false },
];

/** Somebody nobody has seen before: the same facts as `like`, another user id. */
export function stranger(like: Persona): Persona {
  const id = `visitor-${crypto.randomUUID().slice(0, 5)}`;
  return { ...like, id, name: 'Stranger', signedIn: true };
}

/** The context that the rules see for this persona. */
export function contextOf(who: Persona): Context {
  return {
    units: who.signedIn ? { user: who.id } : {},
    attributes: { country: who.country, plan: who.plan },
  };
}

function persona(
  id: string,
  name: string,
  about: string,
  country: string,
  plan: Persona['plan'],
): Persona {
  return { id, name, about, country, plan, signedIn: true };
}
