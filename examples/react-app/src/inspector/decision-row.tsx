import type { Details } from 'pennon';
import { useFlagDetails } from 'pennon/react';
import { type ReactElement, useEffect, useRef } from 'react';
import { defaults, type ShopFlag } from '../flags.ts';
import { Explanation } from './explanation.tsx';
import { toggle } from './selection.ts';

/** Follows every change, and counts nobody as having seen what the flag decides. */
const watching = { live: true, quiet: true };

type DecisionRowProps = { flag: ShopFlag; isOpen: boolean };

/** One flag: its value and reason, and when open the whole explanation. */
export function DecisionRow({ flag, isOpen }: DecisionRowProps): ReactElement {
  const row = useRef<HTMLLIElement>(null);
  const details = useFlagDetails(flag, defaults[flag], watching);
  useEffect(() => {
    if (!isOpen) return;
    // Whoever asked "why" at the other end of the page reads on here, with the keyboard too.
    row.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [isOpen]);
  return (
    <li ref={row} className="decision" data-flag={flag} data-reason={details.reason}>
      <button type="button" aria-expanded={isOpen} onClick={() => toggle(flag)}>
        <code className="decision-key">{flag}</code>
        <code key={String(details.variant)} className="decision-variant">
          {details.variant ?? 'code default'}
        </code>
        <span className="decision-reason">{reasonInWords(details)}</span>
      </button>
      {isOpen ? <Explanation flag={flag} details={details} /> : null}
    </li>
  );
}

const words: Readonly<Record<string, string>> = {
  STATIC: 'it has no rules to ask',
  DEFAULT: 'no rule matched',
  TARGETING_MATCH: 'a rule matched',
  SPLIT: 'drawn by user id',
  DISABLED: 'switched off',
  ERROR: 'no answer',
  TARGETING_KEY_MISSING: 'no user id to draw by',
  STALE: 'last known plan',
  killed: 'killed',
  prerequisite: 'another flag is not on',
  'out-of-rollout': 'not drawn by the rollout',
  override: 'forced on this page',
};

function reasonInWords({ errorCode, detail, reason, rule }: Details): string {
  if (reason === 'TARGETING_MATCH' && rule !== undefined) return `rule ${rule} matched`;
  return words[errorCode ?? ''] ?? words[detail ?? ''] ?? words[reason] ?? reason;
}
