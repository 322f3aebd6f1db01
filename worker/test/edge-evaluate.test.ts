import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';

let control: Control;
let clientKey: string;
let serverKey: string;

const when = (condition: object, changes: object = {}) =>
  booleanFlag({
    rules: [{ id: 'r1', when: condition, outcome: { variant: 'on' } }],
    fallthrough: { variant: 'off' },
    ...changes,
  });

const FLAGS: Readonly<Record<string, object>> = {
  swedish: when({ attribute: 'country', op: 'eq', value: 'SE' }),
  handheld: when({ attribute: 'device_class', op: 'eq', value: 'mobile' }),
  // No browser may see the pattern, and none could evaluate it.
  staff: when({ attribute: 'email', op: 'matches', value: '^(?!.*bot).*@example\\.com$' }),
  hidden: when({ attribute: 'plan', op: 'eq', value: 'pro' }, { client: false }),
  half: booleanFlag({
    fallthrough: {
      distribution: {
        ranges: [
          { variant: 'on', from: 0, to: 5000 },
          { variant: 'off', from: 5000, to: 10_000 },
        ],
      },
    },
  }),
  folded: when({ attribute: 'town', op: 'eq', value: 'ÖREBRO', ci: true }),
  killed: booleanFlag({ killed: true }),
  text: {
    ...booleanFlag(),
    type: 'string',
    variants: { a: 'tab\t"ö"', b: 'B' },
    off: 'b',
    fallthrough: { variant: 'a' },
  },
};

const ATTRIBUTES = {
  country: { type: 'string', known_at: 'edge', class: 'public' },
  device_class: { type: 'string', known_at: 'edge', class: 'public' },
  email: { type: 'string', known_at: 'client', class: 'private' },
  plan: { type: 'string', known_at: 'client', class: 'public' },
};

const METRICS_TOKEN = 'a token for scrapers';

beforeAll(async () => {
  process.env.PENNON_METRICS_TOKEN = METRICS_TOKEN;
  control = await Control.withProject();
  for (const [key, body] of Object.entries(ATTRIBUTES)) {
    await must('PUT', `/api/v1/projects/shop/attributes/${key}`, body);
  }
  for (const [key, body] of Object.entries(FLAGS)) {
    await must('PUT', `${LIVE}/flags/${key}`, body);
  }
  clientKey = (await must('POST', `${LIVE}/keys`, { kind: 'client' })).key;
  serverKey = (await must('POST', `${LIVE}/keys`, { kind: 'server' })).key;
});

afterAll(() => {
  delete process.env.PENNON_METRICS_TOKEN;
  return control?.end();
});

async function must(method: string, path: string, body: unknown) {
  const answer = await control.ask(method, path, { body });
  expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

interface Asking {
  readonly server?: boolean;
  readonly headers?: Record<string, string>;
}

function post(body: BodyInit, { server = false, headers = {} }: Asking = {}): Promise<Response> {
  const query = server ? '' : `?key=${clientKey}`;
  const who: Record<string, string> = server ? { authorization: `Bearer ${serverKey}` } : {};
  return fetch(`${control.workers.edge}/v1/evaluate${query}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...who, ...headers },
    body,
  });
}

async function evaluate(question: object, asking: Asking = {}) {
  const response = await post(JSON.stringify(question), asking);
  expect(response.status).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  return (await response.json()) as any;
}

describe('POST /v1/evaluate', () => {
  it('decides every flag that a page may see, private conditions included', async () => {
    const context = {
      units: { user: 'u1' },
      attributes: { email: 'ann@example.com', plan: 'pro', town: 'Örebro' },
    };
    const { revision, flags, stale } = await evaluate({ context });
    expect(revision).toBeGreaterThan(1);
    expect(stale).toBeUndefined();
    const keys = ['folded', 'half', 'handheld', 'killed', 'staff', 'swedish', 'text'];
    expect(Object.keys(flags)).toEqual(keys);
    expect(flags.folded.value).toBe(true);
    expect(flags.staff).toEqual({
      value: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
      rule: 'r1',
    });
    expect(flags.text).toEqual({ value: 'tab\t"ö"', variant: 'a', reason: 'STATIC' });
    expect(flags.killed).toEqual({
      value: false,
      variant: 'off',
      reason: 'DISABLED',
      detail: 'killed',
      exposure: false,
    });
    expect(flags.half.reason).toBe('SPLIT');
    const none = await evaluate({ context: {} });
    expect(none.flags.half).toEqual({
      reason: 'ERROR',
      detail: 'missing-unit',
      error: 'TARGETING_KEY_MISSING',
    });
  });

  it('decides for a server whatever there is, or what it names', async () => {
    const context = { attributes: { plan: 'pro', country: 'SE' } };
    const all = await evaluate({ context }, { server: true });
    expect(all.flags.hidden.value).toBe(true);
    // A server speaks for somebody else: its own country is of no interest.
    expect(all.flags.swedish.value).toBe(true);
    const some = await evaluate({ context, flags: ['hidden', 'ghost'] }, { server: true });
    expect(Object.keys(some.flags)).toEqual(['hidden', 'ghost']);
    expect(some.flags.ghost).toMatchObject({ error: 'FLAG_NOT_FOUND' });
    const client = await evaluate({ context, flags: ['hidden', 'half'] });
    expect(client.flags.hidden).toMatchObject({ error: 'FLAG_NOT_FOUND' });
  });

  it('believes the platform about the country, and no page', async () => {
    const context = { attributes: { country: 'SE', device_class: 'mobile' } };
    const question = { context, flags: ['swedish', 'handheld'] };
    const claimed = await evaluate(question);
    expect(claimed.flags.swedish.value).toBe(false);
    expect(claimed.flags.handheld.value).toBe(false);
    const given = await evaluate(question, {
      headers: { 'x-pennon-country': 'SE', 'user-agent': 'Mozilla/5.0 (iPhone) Mobile/15E148' },
    });
    expect(given.flags.swedish.value).toBe(true);
    expect(given.flags.handheld.value).toBe(true);
    const nonsense = await evaluate(question, { headers: { 'x-pennon-country': 'Sweden' } });
    expect(nonsense.flags.swedish.value).toBe(false);
  });

  it('answers headers that pages may read', async () => {
    const response = await post('{"context":{}}', { headers: { origin: 'https://any.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const exposed = response.headers.get('access-control-expose-headers');
    expect(exposed).toMatch(/X-Pennon-Revision.*X-Pennon-Stale.*X-Request-Id/);
    expect(response.headers.get('x-pennon-revision')).toMatch(/^\d+$/);
    expect(response.headers.get('x-pennon-stale')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/json');
    const next = await post('{"context":{}}');
    const ids = [response, next].map((answer) => answer.headers.get('x-request-id'));
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]+$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('refuses what is no question, and goes on', async () => {
    const nested = `{"context":{"attributes":{"a":${'['.repeat(500)}}}}`;
    const keys = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`key-${n}`, n]));
    for (const [body, status, code] of [
      ['', 400, 'invalid_json'],
      ['{"context":', 400, 'invalid_json'],
      [nested, 400, 'invalid_json'],
      ['[]', 400, 'invalid_body'],
      ['{}', 400, 'invalid_body'],
      ['{"context":{"units":[]}}', 400, 'invalid_body'],
      [new Uint8Array([0x7b, 0x22, 0xff]), 400, 'invalid_utf8'],
      [' '.repeat(65_537), 413, 'body_too_large'],
      [' '.repeat(3_000_000), 413, 'body_too_large'],
    ] as const) {
      const response = await post(body);
      expect(response.status).toBe(status);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe(code);
      expect(error.message).not.toBe('');
      expect(response.headers.get('x-request-id')).not.toBeNull();
    }
    expect((await evaluate({ context: { attributes: keys } })).flags.text.variant).toBe('a');
    // Half a pair is something that JavaScript can write.
    expect((await post('{"context":{"units":{"user":"\\ud800"}}}')).status).toBe(200);
    const gzip = await post('\x1f\x8b', { headers: { 'content-encoding': 'gzip' } });
    expect(gzip.status).toBe(415);
    const chunks = new Blob(['{"context":', '{}}']).stream();
    const url = `${control.workers.edge}/v1/evaluate?key=${clientKey}`;
    const piecemeal = await fetch(url, { method: 'POST', body: chunks, duplex: 'half' } as object);
    expect(piecemeal.status).toBe(200);
  });

  it('wants a key, and no server key in an address', async () => {
    for (const [query, status] of [
      ['', 401],
      ['?key=', 401],
      ['?key=pk_x', 401],
      [`?key=${serverKey}`, 403],
      [`?other=1&key=${clientKey}`, 200],
    ] as const) {
      const url = `${control.workers.edge}/v1/evaluate${query}`;
      const response = await fetch(url, { method: 'POST', body: '{"context":{}}' });
      expect(response.status, query).toBe(status);
    }
    const get = await fetch(`${control.workers.edge}/v1/evaluate`);
    expect(get.status).toBe(405);
  });

  it('follows what is published', async () => {
    const before = await evaluate({ context: {}, flags: ['text'] });
    await must('PUT', `${LIVE}/flags/text`, { ...FLAGS.text, fallthrough: { variant: 'b' } });
    const after = await until(async () => {
      const answer = await evaluate({ context: {}, flags: ['text'] });
      return answer.revision > before.revision ? answer : undefined;
    });
    expect(after.flags.text.value).toBe('B');
  });
});

describe('the rest', () => {
  it('says how each dependency does', async () => {
    const response = await fetch(`${control.workers.edge}/healthz`);
    expect(response.status).toBe(200);
    const well = { ok: true, ms: expect.any(Number) };
    expect(await response.json()).toEqual({
      ok: true,
      degraded: false,
      dependencies: { kv: well, r2: well, project: well, shards: well },
    });
  });

  it('counts, for whoever knows the token', async () => {
    const url = `${control.workers.edge}/metrics`;
    expect((await fetch(url)).status).toBe(401);
    const wrong = await fetch(url, { headers: { authorization: 'Bearer wrong' } });
    expect(wrong.status).toBe(401);
    await evaluate({ context: {} });
    const response = await fetch(url, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(
      /^pennon_edge_requests_total\{isolate="[0-9a-f]{8}",route="evaluate",status="2xx"\} \d+$/m,
    );
    expect(text).toMatch(/^pennon_edge_documents_total\{isolate="[0-9a-f]{8}",source="r2"\} \d+$/m);
  });
});
