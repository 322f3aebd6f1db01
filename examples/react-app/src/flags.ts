import type { Flags } from 'pennon';

/** What the strip above the shop shows: the value of the flag `promo-banner`. */
export type Promo = {
  /** Sentence in the strip; empty means that there is no strip. */
  readonly text: string;
  /** One of the shop's four colours. */
  readonly colour: 'signal' | 'leaf' | 'sun' | 'sky';
  /** Where the strip leads, or null. */
  readonly link: { readonly label: string; readonly href: string } | null;
};

declare module 'pennon' {
  interface Flags {
    'new-checkout': boolean;
    'gift-wrap': boolean;
    'hero-headline': string;
    'free-shipping-from': number;
    'promo-banner': Promo;
  }
}

/** What the shop does where Pennon has no answer: each flag with the value that is always safe. */
export const defaults: Flags = {
  'new-checkout': false,
  'gift-wrap': false,
  'hero-headline': 'Kites made by hand.',
  'free-shipping-from': 120,
  'promo-banner': { text: '', colour: 'sky', link: null },
};

/** A flag that the shop asks. */
export type ShopFlag = keyof Flags;

/** Every flag that the shop asks, in the order of the page. */
export const shopFlags = Object.keys(defaults) as readonly ShopFlag[];
