export type { Explanation, Status, TrackedEvent } from '../client/client.ts';
export { deviceIn } from '../client/device.ts';
export type {
  Bootstrap,
  BootstrapDecision,
  ConnectionOptions,
  DecisionListener,
  Logger,
  Storage,
} from '../client/options.ts';
export { FlagError } from '../errors.ts';
export * from '../types.ts';
export type { ServerClient, ServerOptions, ServerReader } from './server-options.ts';
