import { useClient } from 'pennon/react';
import { type ReactElement, useState } from 'react';
import { contextOf, type Persona, personas, stranger } from '../personas.ts';

/** Buttons that turn the visitor into somebody else, live. */
export function PersonaSwitcher(): ReactElement {
  const client = useClient();
  const [current, setCurrent] = useState<Persona>(personas[0]);
  const become = (who: Persona): void => {
    setCurrent(who);
    client.setContext(contextOf(who));
  };
  return (
    <>
      <fieldset className="personas" aria-label="Visitor">
        {personas.map((who) => (
          <button
            key={who.id}
            type="button"
            aria-pressed={who.id === current.id}
            onClick={() => become(who)}
          >
            <strong>{who.name}</strong>
            <span>{who.about}</span>
          </button>
        ))}
      </fieldset>
      <p className="facts-line">
        <code>
          {current.signedIn ? `user ${current.id}` : 'no user'} · {current.country} · {current.plan}
        </code>
        <button type="button" className="link" onClick={() => become(stranger(current))}>
          New user id
        </button>
      </p>
    </>
  );
}
