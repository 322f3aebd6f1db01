import { describe, expect, it, vi } from 'vitest';
import { createTestClient } from './index.ts';

// The client that applications use in their own tests.

describe('a test client', () => {
  it('answers what it was told, and defaults otherwise', () => {
    const client = createTestClient({ flags: { on: true, copy: 'hello', limits: { a: 1 } } });
    expect(client.getBoolean('on', false)).toBe(true);
    expect(client.getString('copy', '')).toBe('hello');
    expect(client.getObject('limits', { a: 0 })).toEqual({ a: 1 });
    expect(client.getNumber('nowhere', 3)).toBe(3);
    expect(client.getDetails('nowhere', 3)).toMatchObject({ value: 3, reason: 'ERROR' });
  });

  it('changes flags as a publish would', () => {
    const client = createTestClient({ flags: { on: true } });
    const listener = vi.fn();
    client.subscribe(listener);
    expect(client.getBoolean('on', false)).toBe(true);
    client.setFlags({ on: false });
    expect(client.getBoolean('on', true)).toBe(false);
    expect(listener).toHaveBeenCalledWith(['on']);
    client.setFlags({ on: undefined } as never);
    expect(client.getBoolean('on', true)).toBe(true);
  });

  it('remembers what was tracked, and talks to nobody', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch');
    const client = createTestClient();
    client.start();
    await client.ready();
    await client.refresh();
    client.track('order-paid', { value: 49.5 });
    await client.flush();
    expect(client.tracked).toEqual([{ name: 'order-paid', value: 49.5 }]);
    expect(fetch).not.toHaveBeenCalled();
  });
});
