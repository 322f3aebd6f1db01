// Many people at once: whatever the order, versions have no holes and every acknowledged edit is kept.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, TEST } from './control.ts';

const FLAGS = ['a', 'b', 'c'];
let control: Control;

beforeAll(async () => {
  control = await Control.withProject();
  for (const key of FLAGS)
    await control.ask('PUT', `${LIVE}/flags/${key}`, { body: booleanFlag() });
});
afterAll(() => control.end());

interface Edit {
  readonly place: string;
  readonly key: string;
  readonly owner: string;
  readonly version: number;
}

async function person(name: number): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const key = FLAGS[(turn * 7 + name) % FLAGS.length] ?? 'a';
    const place = (turn + name) % 2 === 0 ? LIVE : TEST;
    const path = `${place}/flags/${key}`;
    const kind = (turn * 5 + name * 3) % 6;
    if (kind === 0) await control.ask('POST', `${path}/kill`);
    else if (kind === 1) await control.ask('POST', `${path}/unkill`);
    else if (kind === 2) await control.ask('POST', `${path}/revert`, { body: { version: 1 } });
    else {
      const owner = `person ${name}, turn ${turn}`;
      const answer = await control.ask('PUT', path, { body: booleanFlag({ owner }) });
      expect(answer.status).toBe(200);
      edits.push({ place, key, owner, version: answer.body.version });
    }
  }
  return edits;
}

test('of 100 interleaved changes none is lost, doubled or out of order', async () => {
  const edits = (await Promise.all([0, 1, 2, 3, 4].map(person))).flat();
  const revisions = [];
  for (const place of [LIVE, TEST]) {
    const environment = await control.ask('GET', place);
    revisions.push(environment.body.revision);
    for (const key of FLAGS) {
      const { versions } = (await control.ask('GET', `${place}/flags/${key}/history`)).body;
      const numbers = versions.map((version: { version: number }) => version.version);
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => numbers.length - i));
      const mine = edits.filter((edit) => edit.place === place && edit.key === key);
      for (const edit of mine) {
        const found = versions.find(
          (version: { version: number }) => version.version === edit.version,
        );
        expect(found.flag.owner).toBe(edit.owner);
      }
      const shown = await control.ask('GET', `${place}/flags/${key}`);
      expect(shown.body).toEqual(versions[0].flag);
    }
  }
  expect(Math.min(...revisions)).toBeGreaterThan(1);
}, 60_000);
