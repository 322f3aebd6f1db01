import type { Details } from 'pennon';
import { useClient } from 'pennon/react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { ShopFlag } from '../flags.ts';
import { Sentence } from './sentence.tsx';

type ExplanationProps = { flag: ShopFlag; details: Details };

/**
 * Plain sentences that lead from the rules to the decision. The part of Pennon
 * that writes them is loaded when this is shown for the first time.
 */
export function Explanation({ flag, details }: ExplanationProps): ReactElement {
  const client = useClient();
  const panel = useRef<HTMLDivElement>(null);
  const [sentences, setSentences] = useState<readonly string[]>();
  // A decision has a new `details` object exactly when plan or context changed it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: The explanation belongs to these details.
  useEffect(() => {
    let isCurrent = true;
    const show = (told: readonly string[]): void => {
      if (isCurrent) setSentences(told);
    };
    client.explain(flag).then(
      (explanation) => show(explanation.sentences),
      () => show(['The rules could not be loaded; what is known stands below.']),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, flag, details]);
  useEffect(() => {
    if (sentences === undefined) return;
    // The whole row: an explanation without the name of its flag explains nothing.
    panel.current?.parentElement?.scrollIntoView({ block: 'nearest' });
  }, [sentences]);
  return (
    <div ref={panel} className="explanation">
      {sentences === undefined ? (
        <p className="note">Reading the rules…</p>
      ) : (
        <ol>
          {[...sentences.entries()].map(([place, sentence]) => (
            <Sentence key={place} text={sentence} />
          ))}
        </ol>
      )}
      <dl>
        <dt>value</dt>
        <dd>{JSON.stringify(details.value, null, 2)}</dd>
        <dt>reason</dt>
        <dd>{[details.reason, details.detail, details.errorCode].filter(Boolean).join(', ')}</dd>
        <dt>rule</dt>
        <dd>{details.rule ?? 'none'}</dd>
        <dt>revision</dt>
        <dd>{details.revision ?? 'none'}</dd>
      </dl>
      {typeof details.value === 'boolean' ? <Force flag={flag} details={details} /> : null}
    </div>
  );
}

/** Turns a boolean flag round on this page only; what is forced is never counted. */
function Force({ flag, details }: ExplanationProps): ReactElement {
  const client = useClient();
  const isForced = details.detail === 'override';
  return (
    <button
      type="button"
      className="link force"
      onClick={() => client.override(flag, isForced ? undefined : !details.value)}
    >
      {isForced ? 'Stop forcing' : `Force it ${details.value ? 'off' : 'on'} for this page`}
    </button>
  );
}
