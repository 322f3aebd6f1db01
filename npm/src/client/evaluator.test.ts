import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld } from '../test/world.ts';
import { createEvaluatorConnector } from './evaluator.ts';

// Evaluation without a client: plans that the application brings itself.

afterEach(() => {
  vi.useRealTimers();
});

const flags = { copy: always('hello'), test: experiment('A', 'B', 100) };

const open = (plan: Uint8Array) =>
  createEvaluatorConnector(createWorld().environment.load)({
    plan,
    context: { units: { user: 'u1' } },
  });

describe('an evaluator', () => {
  it('decides for its context', async () => {
    const evaluator = await open(publish({ flags }));
    expect(evaluator.getString('copy', '')).toBe('hello');
    expect(evaluator.getDetails('test', '')).toMatchObject({
      value: 'A',
      reason: 'SPLIT',
      revision: 1,
    });
    expect(evaluator.getDetails('nowhere', 1).errorCode).toBe('FLAG_NOT_FOUND');
    evaluator.setContext({});
    expect(evaluator.getDetails('test', '').errorCode).toBe('TARGETING_KEY_MISSING');
  });

  it('takes another plan, and keeps the one it has when that is damaged', async () => {
    const evaluator = await open(publish({ flags }));
    evaluator.setPlan(publish({ flags: { ...flags, copy: always('bye') }, revision: 2 }));
    expect(evaluator.getString('copy', '')).toBe('bye');
    const damaged = publish({ flags, revision: 3 }).slice(0, 160);
    expect(() => evaluator.setPlan(damaged)).toThrow(
      expect.objectContaining({ code: 'PARSE_ERROR' }),
    );
    expect(evaluator.getDetails('copy', '')).toMatchObject({ value: 'bye', revision: 2 });
  });

  it('is not made from a damaged plan', async () => {
    await expect(open(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'PARSE_ERROR' });
  });
});
