import { trace } from '@opentelemetry/api';
import type { DecisionListener } from '../client/options.ts';

export type { DecisionListener } from '../client/options.ts';

/** What `recordDecisions` takes. */
export interface RecordOptions {
  /** The unit type whose id goes along as `feature_flag.context.id`; without it nobody is named. */
  readonly contextId?: string;
}

/**
 * Makes an `onDecision` that adds a `feature_flag.evaluation` event to the active span, by OpenTelemetry's semantic
 * conventions for feature flags; without an active span it does nothing.
 *
 * **Example**
 * ```ts
 * createClient({ endpoint, key, onDecision: recordDecisions() });
 * ```
 */
export const recordDecisions =
  ({ contextId }: RecordOptions = {}): DecisionListener =>
  (key, { variant, value, reason, revision, errorCode }, context, environment) => {
    const id = contextId === undefined ? undefined : context.units?.[contextId];
    trace.getActiveSpan()?.addEvent('feature_flag.evaluation', {
      'feature_flag.key': key,
      'feature_flag.provider.name': 'pennon',
      'feature_flag.result.reason': reason.toLowerCase(),
      ...(variant !== undefined && { 'feature_flag.result.variant': variant }),
      // Where no variant has a name, as with overrides, the value says what was served.
      ...(variant === undefined &&
        value !== undefined && { 'feature_flag.result.value': JSON.stringify(value) }),
      ...(environment !== undefined && { 'feature_flag.set.id': environment }),
      ...(revision !== undefined && { 'feature_flag.version': `${revision}` }),
      ...(errorCode && { 'error.type': errorCode.toLowerCase() }),
      ...(id != null && { 'feature_flag.context.id': `${id}` }),
    });
  };
