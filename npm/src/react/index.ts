export * from '../types.ts';
export {
  FlagProvider,
  type FlagProviderProps,
  useClient,
  useFlag,
  useFlagDetails,
  useStatus,
  useVariant,
} from './hooks.ts';
