export type {
  Client,
  Explanation,
  Reader,
  ReadOptions,
  Status,
  TrackedEvent,
} from './client/client.ts';
export type {
  Bootstrap,
  BootstrapDecision,
  ClientOptions,
  ConnectionOptions,
  DecisionListener,
  Logger,
  Storage,
} from './client/options.ts';
export { overridesFrom } from './client/override.ts';
export { FlagError } from './errors.ts';
export * from './types.ts';
