import { useClient } from 'pennon/react';
import { type ReactElement, useState } from 'react';
import { hasConsented, rememberConsent } from '../consent.ts';

/** The switch that allows the shop to store and to count; off until the visitor agrees. */
export function Consent(): ReactElement {
  const client = useClient();
  const [isCounted, setCounted] = useState(hasConsented);
  return (
    <label className="consent">
      <input
        type="checkbox"
        role="switch"
        checked={isCounted}
        aria-checked={isCounted}
        onChange={(event) => {
          setCounted(event.target.checked);
          rememberConsent(event.target.checked);
          client.setConsent(event.target.checked);
        }}
      />
      <span>
        <strong>Count me</strong>
        Exposures and purchases are stored and sent only while this is on.
      </span>
    </label>
  );
}
