import { expect, it } from 'vitest';
import { overridesFrom } from './override.ts';

const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['', {}],
  ['?pennon_override=new-checkout:true', { 'new-checkout': true }],
  [
    '?a=b&pennon_override=copy:Hello%20you&pennon_override=limit:5',
    { copy: 'Hello you', limit: 5 },
  ],
  ['?pennon_override=theme:{"colour":"red"}', { theme: { colour: 'red' } }],
  ['?pennon_override=:true&pennon_override=nothing', {}],
];

for (const [query, expected] of cases)
  it(`reads ${query || 'no query'}`, () => {
    expect(overridesFrom(`https://shop.test/${query}`)).toEqual(expected);
  });
