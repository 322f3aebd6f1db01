import type { Logger, Storage } from './options.ts';

/**
 * A storage that never fails and does nothing before it may: failures are reported, and the answer is `false` then.
 */
export type Vault = <Method extends keyof Storage>(
  method: Method,
  ...input: Parameters<Storage[Method]>
) => Promise<Awaited<ReturnType<Storage[Method]>> | false | undefined>;

export const createVault =
  (storage: Storage | undefined, isAllowed: () => boolean, report: Logger): Vault =>
  async (method, ...input) => {
    try {
      if (isAllowed())
        return await (storage?.[method] as ((...input: unknown[]) => never) | undefined)?.(
          ...input,
        );
    } catch (cause) {
      report('storage', cause);
      return false;
    }
  };
