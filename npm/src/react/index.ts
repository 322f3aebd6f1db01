export * from '../types.ts';
export { FlagProvider, type FlagProviderProps } from './flag-provider.ts';
export { useClient, useStatus } from './use-client.ts';
export { useFlag, useFlagDetails, useVariant } from './use-flag.ts';
