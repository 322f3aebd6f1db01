import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Storage } from './options.ts';
import { openStorage } from './storage.ts';

// The storage a page gets: IndexedDB, else localStorage; both keep the same records.

/** As much of the browser's localStorage as is used. */
const createLocalStorage = (): Record<string, unknown> => {
  const methods = {
    getItem(this: Record<string, unknown>, key: string) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(this: Record<string, unknown>, key: string, text: string) {
      this[key] = text;
    },
    removeItem(this: Record<string, unknown>, key: string) {
      delete this[key];
    },
  };
  return Object.create(methods);
};

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('localStorage', createLocalStorage());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const blockIndexedDb = (): void => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new DOMException('denied', 'SecurityError');
    },
  });
};

const check = async (storage: Storage): Promise<void> => {
  const record = { bytes: new Uint8Array([0, 127, 128, 255]), etag: '"1"', nothing: null };
  await storage.set('plan:a', record);
  await storage.set('event:1', { id: '1' });
  await storage.set('event:2', { id: '2' });
  expect(await storage.get('plan:a')).toEqual(record);
  expect(await storage.get('plan:b')).toBeUndefined();
  expect([...(await storage.keys('event:'))].sort()).toEqual(['event:1', 'event:2']);
  await storage.set('event:1', undefined);
  expect(await storage.keys('event:')).toEqual(['event:2']);
};

describe('the storage of a page', () => {
  it('is IndexedDB, and survives a reload', async () => {
    await check(await openStorage());
    const next = await openStorage();
    expect(await next.get('event:2')).toEqual({ id: '2' });
    expect(localStorage).toEqual({});
  });

  it('is localStorage where IndexedDB is blocked', async () => {
    blockIndexedDb();
    await check(await openStorage());
    const next = await openStorage();
    expect(await next.get('event:2')).toEqual({ id: '2' });
  });

  it('is localStorage where IndexedDB never answers', async () => {
    vi.stubGlobal('indexedDB', { open: () => ({}) });
    const storage = await openStorage();
    await storage.set('event:1', { id: '1' });
    expect(Object.keys(localStorage)).toContain('pennon:event:1');
  });

  it('is none where both are blocked', async () => {
    blockIndexedDb();
    vi.stubGlobal('localStorage', undefined);
    await expect(openStorage()).rejects.toThrow();
  });
});
