import type { ReactElement } from 'react';
import { shopFlags } from '../flags.ts';
import { Consent } from './consent.tsx';
import { DecisionRow } from './decision-row.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { PersonaSwitcher } from './persona-switcher.tsx';
import { setInspectorOpen, useSelection } from './selection.ts';

/** The panel beside the shop: who is looking, what was decided and why. */
export function Inspector({ control }: { control: string | undefined }): ReactElement {
  const { isOpen, flag: selected } = useSelection();
  return (
    <aside className="inspector" data-open={isOpen} aria-label="Behind the scenes">
      <button
        type="button"
        className="inspector-toggle"
        aria-expanded={isOpen}
        aria-controls="inspector-body"
        onClick={() => setInspectorOpen(!isOpen)}
      >
        Behind the scenes
        <span aria-hidden="true">{isOpen ? '↓' : '↑'}</span>
      </button>
      <div className="inspector-body" id="inspector-body">
        <header className="inspector-head">
          <h2>Behind the scenes</h2>
          <LiveIndicator />
        </header>
        <section aria-labelledby="who">
          <h3 id="who">Who is looking?</h3>
          <PersonaSwitcher />
        </section>
        <section aria-labelledby="decisions">
          <h3 id="decisions">What this visitor gets, and why</h3>
          <ul className="decisions">
            {shopFlags.map((flag) => (
              <DecisionRow key={flag} flag={flag} isOpen={flag === selected} />
            ))}
          </ul>
          {control === undefined ? null : (
            <a className="inspector-link" href={control} target="_blank" rel="noreferrer">
              Change a flag and watch this page ↗
            </a>
          )}
        </section>
        <Consent />
      </div>
    </aside>
  );
}
