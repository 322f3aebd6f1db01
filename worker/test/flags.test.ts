import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, TEST } from './control.ts';

let control: Control;

beforeAll(async () => {
  control = await Control.withProject();
});
afterAll(() => control.end());

async function revision(): Promise<number> {
  return (await control.ask('GET', LIVE)).body.revision;
}

test('a flag is stored, shown as it was sent, and published', async () => {
  const before = await revision();
  const sent = booleanFlag({ name: 'First', 'x-ticket': 'T-1' });
  const made = await control.ask('PUT', `${LIVE}/flags/first`, { body: sent });
  expect([made.status, made.etag]).toEqual([201, '"1"']);
  expect(made.body).toMatchObject({
    key: 'first',
    version: 1,
    revision: before + 1,
    published: true,
    warnings: [],
  });
  const shown = await control.ask('GET', `${LIVE}/flags/first`);
  expect([shown.status, shown.etag]).toEqual([200, '"1"']);
  expect(shown.body).toEqual({ ...sent, salt: 'first', killed: false });
  expect((await control.ask('GET', `${LIVE}/flags/nope`)).body.error.code).toBe('flag_not_found');
});

test('a field that the format does not have is kept, and warned of', async () => {
  const sent = booleanFlag({ fallthru: { variant: 'on' }, 'x-ticket': 'T-1', ext: { any: 1 } });
  const rules = [{ id: 'r1', outcome: { variant: 'on', rollout: 150 } }];
  const made = await control.ask('PUT', `${LIVE}/flags/misspelt`, { body: { ...sent, rules } });
  expect(made.status).toBe(201);
  expect(made.body.warnings).toMatchObject([
    { severity: 'warning', code: 'unknown-field', path: '/rules/0/outcome/rollout' },
    { severity: 'warning', code: 'unknown-field', path: '/fallthru' },
  ]);
  expect(made.body.warnings[1].message).toBe(
    'the field `fallthru` is not known here and has no effect, did you mean `fallthrough`?',
  );
  const shown = await control.ask('GET', `${LIVE}/flags/misspelt`);
  expect(shown.body).toMatchObject({ ...sent, rules });
  const other = await control.ask('PUT', `${LIVE}/flags/well-spelt`, { body: booleanFlag() });
  expect(other.body.warnings).toEqual([]);
});

test('what does not change anything makes no version and no revision', async () => {
  const before = await revision();
  const shown = await control.ask('GET', `${LIVE}/flags/first`);
  const again = await control.ask('PUT', `${LIVE}/flags/first`, { body: shown.body });
  expect([again.status, again.body.version, again.body.revision]).toEqual([200, 1, before]);
});

test('a change that plans cannot see makes a version and no revision of the plan', async () => {
  const { body } = await control.ask('GET', `${LIVE}/flags/first`);
  const changed = await control.ask('PUT', `${LIVE}/flags/first`, {
    body: { ...body, 'x-ticket': 'T-2' },
  });
  expect(changed.body.version).toBe(2);
  expect(changed.body.revision).toBe(await revision());
});

test('variants, type and salt are the project’s; rules and switches the environment’s', async () => {
  const sent = booleanFlag({
    rules: [
      {
        id: 'r1',
        when: { attribute: 'country', op: 'eq', value: 'SE' },
        outcome: { variant: 'on' },
      },
    ],
  });
  await control.ask('PUT', `${LIVE}/flags/scoped`, { body: sent });
  const there = await control.ask('GET', `${TEST}/flags/scoped`);
  expect(there.body).toMatchObject({
    enabled: false,
    rules: [],
    fallthrough: { variant: 'off' },
    variants: { on: true, off: false },
  });

  const renamed = { ...there.body, name: 'Named in test', enabled: true };
  await control.ask('PUT', `${TEST}/flags/scoped`, { body: renamed });
  const here = await control.ask('GET', `${LIVE}/flags/scoped`);
  expect(here.body.name).toBe('Named in test');
  expect(here.body.rules).toHaveLength(1);
  expect(here.etag).toBe('"2"');
  const history = await control.ask('GET', `${LIVE}/flags/scoped/history`);
  expect(history.body.versions.map((version: { action: string }) => version.action)).toEqual([
    'inherit',
    'create',
  ]);
});

test('omitting the salt keeps it, so nobody moves', async () => {
  await control.ask('PUT', `${LIVE}/flags/salted`, { body: booleanFlag({ salt: 'spring-2026' }) });
  await control.ask('PUT', `${LIVE}/flags/salted`, { body: booleanFlag({ enabled: false }) });
  expect((await control.ask('GET', `${LIVE}/flags/salted`)).body.salt).toBe('spring-2026');
});

test('of two people who edit at once, exactly one wins', async () => {
  await control.ask('PUT', `${LIVE}/flags/raced`, { body: booleanFlag() });
  for (let round = 0; round < 5; round++) {
    const { etag } = await control.ask('GET', `${LIVE}/flags/raced`);
    const edits = ['maya', 'bob', 'kim'].map((owner) =>
      control.ask('PUT', `${LIVE}/flags/raced`, {
        body: booleanFlag({ owner: `${owner} ${round}` }),
        ifMatch: etag ?? '',
      }),
    );
    const answers = await Promise.all(edits);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
    const lost = answers.find((answer) => answer.status === 412);
    expect(lost?.body.error).toMatchObject({
      code: 'version_conflict',
      current_version: round + 2,
    });
  }
});

test('of two people who create at once, exactly one wins', async () => {
  const attempts = [1, 2].map(() =>
    control.ask('PUT', `${LIVE}/flags/created-once`, { body: booleanFlag(), ifNoneMatch: '*' }),
  );
  const answers = await Promise.all(attempts);
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 412]);
});

test('preconditions that cannot be read are refused', async () => {
  for (const ifMatch of ['7', 'W/"7"', '"x"']) {
    const answer = await control.ask('PUT', `${LIVE}/flags/raced`, {
      body: booleanFlag(),
      ifMatch,
    });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_precondition']);
  }
  const absent = await control.ask('PUT', `${LIVE}/flags/nope`, {
    body: booleanFlag(),
    ifMatch: '"1"',
  });
  expect(absent.status).toBe(412);
});

test('a flag with several errors is refused with all of them, and nothing is written', async () => {
  const before = await revision();
  const answer = await control.ask('PUT', `${LIVE}/flags/broken`, {
    body: booleanFlag({
      off: 'nowhere',
      variants: { on: 'yes', off: false },
      rules: [
        { id: 'r1', when: { segment: 'ghosts' }, outcome: { variant: 'blue' } },
        {
          id: 'r1',
          when: { attribute: 'a', op: 'matches', value: '(' },
          outcome: { variant: 'on' },
        },
      ],
    }),
  });
  expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid_ruleset']);
  const { problems } = answer.body.error;
  const paths = problems.map((problem: { path: string }) => problem.path);
  for (const place of ['/off', '/variants/on', '/rules/0/when', '/rules/0/outcome', '/rules/1']) {
    expect(
      paths.some((path: string) => path.startsWith(place)),
      `${place} in ${paths}`,
    ).toBe(true);
  }
  expect(problems.every((problem: { document?: string }) => problem.document === undefined)).toBe(
    true,
  );
  expect((await control.ask('GET', `${LIVE}/flags/broken`)).status).toBe(404);
  expect((await control.ask('GET', `${LIVE}/flags/broken/history`)).status).toBe(404);
  expect(await revision()).toBe(before);
});

test('bodies that are no flag are refused', async () => {
  const cases: [unknown, number, string][] = [
    [[], 400, 'invalid_body'],
    ['on', 400, 'invalid_body'],
    [{}, 422, 'invalid_ruleset'],
    [{ type: 'colour', variants: 7, rules: 'all' }, 422, 'invalid_ruleset'],
  ];
  for (const [body, status, code] of cases) {
    const answer = await control.ask('PUT', `${LIVE}/flags/no-flag`, { body });
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  }
  const key = await control.ask('PUT', `${LIVE}/flags/a%0Ab`, { body: booleanFlag() });
  expect([key.status, key.body.error.code]).toEqual([400, 'invalid_key']);
});

test('null is absence where a field may be absent with a meaning, else an error', async () => {
  await control.ask('PUT', `${LIVE}/flags/nulls`, { body: booleanFlag({ salt: 'kept' }) });
  const fields = ['killed', 'enabled', 'client', 'type', 'variants', 'rules', 'prerequisites'];
  for (const field of fields) {
    const answer = await control.ask('PUT', `${LIVE}/flags/nulls`, {
      body: booleanFlag({ [field]: null }),
    });
    expect([answer.status, answer.body.error?.code], field).toEqual([422, 'invalid_ruleset']);
    expect(answer.body.error.problems[0].path).toBe(`/${field}`);
  }
  const absent = ['name', 'description', 'owner', 'lifetime', 'off', 'fallthrough', 'unit', 'salt'];
  for (const field of [...absent, 'dialect']) {
    const answer = await control.ask('PUT', `${LIVE}/flags/nulls`, {
      body: booleanFlag({ [field]: null }),
    });
    expect(answer.status, `${field} ${JSON.stringify(answer.body.error)}`).toBe(200);
    expect(answer.body.flag.salt).toBe('kept');
  }
});

test('a change that breaks another flag says which', async () => {
  await control.ask('PUT', `${LIVE}/flags/parent`, { body: booleanFlag() });
  await control.ask('PUT', `${LIVE}/flags/child`, {
    body: booleanFlag({ prerequisites: [{ flag: 'parent', is: 'enabled' }] }),
  });
  const answer = await control.ask('DELETE', `${LIVE}/flags/parent`);
  expect(answer.status).toBe(422);
  expect(answer.body.error.problems[0]).toMatchObject({ document: 'flags/child' });
  expect((await control.ask('GET', `${LIVE}/flags/parent`)).status).toBe(200);
});

test('killing is a bit above everything that survives edits and reverts', async () => {
  await control.ask('PUT', `${LIVE}/flags/risky`, { body: booleanFlag() });
  const opened = await control.ask('GET', `${LIVE}/flags/risky`);
  const killed = await control.ask('POST', `${LIVE}/flags/risky/kill`, {
    body: { reason: 'it burns' },
  });
  expect([killed.status, killed.body.flag.killed, killed.body.published]).toEqual([
    200,
    true,
    true,
  ]);
  const again = await control.ask('POST', `${LIVE}/flags/risky/kill`);
  expect(again.body.version).toBe(killed.body.version);

  const stale = await control.ask('PUT', `${LIVE}/flags/risky`, {
    body: { ...opened.body, owner: 'maya' },
  });
  expect([stale.status, stale.body.error.code]).toEqual([428, 'precondition_required']);
  const silent = await control.ask('PUT', `${LIVE}/flags/risky`, {
    body: booleanFlag({ owner: 'maya' }),
  });
  expect(silent.body.flag.killed).toBe(true);
  const reverted = await control.ask('POST', `${LIVE}/flags/risky/revert`, {
    body: { version: 1 },
  });
  expect(reverted.body.flag.killed).toBe(true);

  const revived = await control.ask('POST', `${LIVE}/flags/risky/unkill`);
  expect(revived.body.flag.killed).toBe(false);
  const history = await control.ask('GET', `${LIVE}/flags/risky/history`);
  const actions = history.body.versions.map((version: { action: string }) => version.action);
  expect(actions).toEqual(['unkill', 'revert', 'update', 'kill', 'create']);
  expect(history.body.versions[3]).toMatchObject({ reason: 'it burns', actor: 'setup' });
  expect((await control.ask('POST', `${LIVE}/flags/nope/kill`)).status).toBe(404);
  expect(
    (await control.ask('POST', `${LIVE}/flags/risky/kill`, { body: { reason: 'x'.repeat(1001) } }))
      .status,
  ).toBe(400);
});

test('reverting makes the old content the newest version', async () => {
  await control.ask('PUT', `${LIVE}/flags/waves`, { body: booleanFlag() });
  await control.ask('PUT', `${LIVE}/flags/waves`, {
    body: booleanFlag({ fallthrough: { variant: 'off' } }),
  });
  const reverted = await control.ask('POST', `${LIVE}/flags/waves/revert`, {
    body: { version: 1, reason: 'too early' },
  });
  expect(reverted.body).toMatchObject({ version: 3, flag: { fallthrough: { variant: 'on' } } });
  expect(
    (await control.ask('POST', `${LIVE}/flags/waves/revert`, { body: { version: 99 } })).body.error
      .code,
  ).toBe('version_not_found');
  expect((await control.ask('POST', `${LIVE}/flags/waves/revert`, { body: {} })).status).toBe(400);
  const conflict = await control.ask('POST', `${LIVE}/flags/waves/revert`, {
    body: { version: 1 },
    ifMatch: '"1"',
  });
  expect(conflict.status).toBe(412);
});

test('a flag that another one needs is not archived, and says by which', async () => {
  await control.ask('PUT', `${LIVE}/flags/parent`, { body: booleanFlag() });
  const prerequisites = [{ flag: 'parent' }];
  await control.ask('PUT', `${LIVE}/flags/child`, { body: booleanFlag({ prerequisites }) });
  const answer = await control.ask('DELETE', `${LIVE}/flags/parent`);
  expect([answer.status, answer.body.error.message]).toEqual([
    422,
    'the flag `parent` is still used in 1 place; nothing was changed',
  ]);
  expect(answer.body.error.problems).toMatchObject([
    {
      document: 'flags/child',
      path: '/prerequisites/0/flag',
      message: 'the flag `child` still uses the flag `parent`',
      help: 'take it out there or delete that first, then delete the flag',
    },
  ]);
});

test('an archived flag leaves every environment, keeps its history and can come back', async () => {
  await control.ask('PUT', `${LIVE}/flags/old`, { body: booleanFlag() });
  const archived = await control.ask('DELETE', `${LIVE}/flags/old`, { ifMatch: '"1"' });
  expect([archived.status, archived.body.version]).toEqual([200, 2]);
  for (const place of [LIVE, TEST]) {
    expect((await control.ask('GET', `${place}/flags/old`)).status).toBe(404);
  }
  const keys = async (query: string) =>
    (await control.ask('GET', `${LIVE}/flags${query}`)).body.flags.map(
      (flag: { key: string }) => flag.key,
    );
  expect(await keys('')).not.toContain('old');
  expect(await keys('?archived=true')).toContain('old');
  expect((await control.ask('GET', `${LIVE}/flags/old/history`)).body.versions).toHaveLength(2);
  expect((await control.ask('DELETE', `${LIVE}/flags/old`)).status).toBe(404);

  const back = await control.ask('PUT', `${LIVE}/flags/old`, {
    body: booleanFlag(),
    ifNoneMatch: '*',
  });
  expect([back.status, back.body.version]).toEqual([201, 3]);
});

test('keys of every spelling are addressed', async () => {
  const path = `${LIVE}/flags/${encodeURIComponent('Neue Kasse/ü ~1')}`;
  expect((await control.ask('PUT', path, { body: booleanFlag() })).status).toBe(201);
  expect((await control.ask('GET', path)).status).toBe(200);
  const bad = await control.ask('PUT', path, { body: booleanFlag({ off: 'nowhere' }) });
  expect(bad.body.error.problems[0]).toMatchObject({ path: '/off' });
});
