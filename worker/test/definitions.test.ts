import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

let control: Control;
const PROJECT = '/api/v1/projects/shop';

beforeAll(async () => {
  control = await Control.withProject();
});
afterAll(() => control.end());

const documents: [string, string, unknown][] = [
  ['attributes', 'email', { type: 'string', known_at: 'client', class: 'public' }],
  ['lists', 'beta', { values: ['u1', 'u2'] }],
  [
    'segments',
    'staff',
    { description: 'Us', when: { attribute: 'email', op: 'ends_with', value: '@shop.example' } },
  ],
  ['metrics', 'purchase', { name: 'Purchases', event: 'purchase', type: 'conversion' }],
];

test.each(documents)('%s are stored, listed, changed and removed', async (kind, key, document) => {
  const path = `${PROJECT}/${kind}/${key}`;
  const made = await control.ask('PUT', path, { body: document, ifNoneMatch: '*' });
  expect([made.status, made.etag, made.body.published]).toEqual([201, '"1"', true]);
  const again = await control.ask('PUT', path, { body: document, ifNoneMatch: '*' });
  expect([again.status, again.body.error.message]).toEqual([
    412,
    'it exists already, in version 1; `If-None-Match: *` only creates',
  ]);
  const shown = await control.ask('GET', path);
  expect([shown.status, shown.etag, shown.body]).toEqual([200, '"1"', document]);

  const changed = { ...(document as object), 'x-note': 'kept' };
  const edits = await Promise.all(
    [1, 2].map(() =>
      control.ask('PUT', path, { body: { ...changed, 'x-by': Math.random() }, ifMatch: '"1"' }),
    ),
  );
  expect(edits.map((answer) => answer.status).sort()).toEqual([200, 412]);
  const list = await control.ask('GET', `${PROJECT}/${kind}`);
  expect(list.body.items).toMatchObject([
    { key, version: 2, updated_by: 'setup', document: changed },
  ]);

  expect((await control.ask('DELETE', path, { ifMatch: '"1"' })).status).toBe(412);
  expect((await control.ask('DELETE', path)).status).toBe(200);
  expect((await control.ask('GET', path)).status).toBe(404);
  expect((await control.ask('DELETE', path)).status).toBe(404);
  const back = await control.ask('PUT', path, { body: document });
  expect([back.status, back.body.version]).toEqual([201, 4]);
});

test('what a flag uses cannot be taken away', async () => {
  const rules = [{ id: 'r1', when: { segment: 'staff' }, outcome: { variant: 'on' } }];
  const flag = await control.ask('PUT', `${LIVE}/flags/for-staff`, {
    body: booleanFlag({ rules }),
  });
  expect(flag.status).toBe(201);
  const answer = await control.ask('DELETE', `${PROJECT}/segments/staff`);
  expect([answer.status, answer.body.error.message]).toEqual([
    422,
    'the segment `staff` is still used in 1 place; nothing was changed',
  ]);
  expect(answer.body.error.problems).toMatchObject([
    {
      document: 'flags/for-staff',
      path: '/rules/0/when/segment',
      severity: 'error',
      message: 'the flag `for-staff` still uses the segment `staff`',
      help: 'take it out there or delete that first, then delete the segment',
    },
  ]);
  expect((await control.ask('GET', `${PROJECT}/segments/staff`)).status).toBe(200);
});

test('what conditions read cannot be taken away, although no check demands it', async () => {
  const attribute = { type: 'string', known_at: 'client', class: 'public' };
  const group = { attributes: { size: attribute } };
  const when = {
    any: [
      { attribute: '/address/city', op: 'eq', value: 'Oslo' },
      { group: 'company', attribute: 'size', op: 'eq', value: 'big' },
    ],
  };
  for (const [path, body] of [
    ['attributes/address', { ...attribute, type: 'object' }],
    ['groups/company', group],
    ['segments/norwegians', { when }],
  ] as const) {
    expect([path, (await control.ask('PUT', `${PROJECT}/${path}`, { body })).status]).toEqual([
      path,
      201,
    ]);
  }
  const rules = [{ id: 'r1', when, outcome: { variant: 'on' } }];
  const flag = await control.ask('PUT', `${LIVE}/flags/for-oslo`, { body: booleanFlag({ rules }) });
  expect(flag.status).toBe(201);
  for (const [what, key, place] of [
    ['attribute', 'address', '/any/0/attribute'],
    ['group', 'company', '/any/1/group'],
  ] as const) {
    const answer = await control.ask('DELETE', `${PROJECT}/${what}s/${key}`);
    expect([answer.status, answer.body.error.message]).toEqual([
      422,
      `the ${what} \`${key}\` is still used in 2 places; nothing was changed`,
    ]);
    expect(answer.body.error.problems).toMatchObject([
      { document: 'segments/norwegians', path: `/when${place}` },
      { document: 'flags/for-oslo', path: `/rules/0/when${place}`, environment: 'live' },
    ]);
  }
  expect((await control.ask('DELETE', `${LIVE}/flags/for-oslo`)).status).toBe(200);
  expect((await control.ask('DELETE', `${PROJECT}/segments/norwegians`)).status).toBe(200);
  for (const path of ['attributes/address', 'groups/company']) {
    expect((await control.ask('DELETE', `${PROJECT}/${path}`)).status).toBe(200);
  }
});

test('a field of a metric that does nothing is warned of', async () => {
  const body = { event: 'purchase', type: 'sum', window: 7, 'x-note': 'mine' };
  const answer = await control.ask('PUT', `${PROJECT}/metrics/misspelt`, { body });
  expect([answer.status, answer.body.warnings]).toMatchObject([
    201,
    [{ severity: 'warning', code: 'unknown-field', path: '/window' }],
  ]);
});

test('a change of a segment is published in every environment that uses it', async () => {
  const before = (await control.ask('GET', LIVE)).body.revision;
  const body = { when: { attribute: 'email', op: 'ends_with', value: '@shop.test' } };
  expect((await control.ask('PUT', `${PROJECT}/segments/staff`, { body })).status).toBe(200);
  const after = await control.ask('GET', LIVE);
  expect([after.body.revision, after.body.published]).toEqual([before + 1, true]);
});

test('bad documents are refused with every problem at its place', async () => {
  const cases: [string, unknown, string[]][] = [
    ['segments/bad', { when: { attribute: 'email', op: 'smells_like', value: 'x' } }, ['/when']],
    ['segments/bad', 7, ['']],
    [
      'attributes/bad',
      { type: 'colour', known_at: 'moon', class: 'public' },
      ['/type', '/known_at'],
    ],
    ['lists/bad', { values: 'u1' }, ['/values']],
    ['metrics/bad', { type: 'median', direction: 'sideways' }, ['/event', '/type', '/direction']],
  ];
  for (const [path, body, places] of cases) {
    const answer = await control.ask('PUT', `${PROJECT}/${path}`, { body });
    expect([path, answer.status]).toEqual([path, 422]);
    const found = answer.body.error.problems.map((problem: { path: string }) => problem.path);
    for (const place of places) {
      expect(
        found.some((pointer: string) => pointer.startsWith(place)),
        `${path}: ${place} in ${found}`,
      ).toBe(true);
    }
    expect((await control.ask('GET', `${PROJECT}/${path}`)).status).toBe(404);
  }
});
