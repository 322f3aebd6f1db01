import type { ReactElement } from 'react';

const answered = /^(?<asked>.*): (?<answer>yes|no|unknown)$/s;

/**
 * One sentence of an explanation. What stands between backticks is code, and a
 * condition with its answer is set in under the rule that it belongs to.
 */
export function Sentence({ text }: { text: string }): ReactElement {
  const { asked, answer } = answered.exec(text)?.groups ?? {};
  if (asked === undefined) {
    return (
      <li>
        <Marked text={text} />
      </li>
    );
  }
  return (
    <li className="condition" data-answer={answer}>
      <Marked text={asked} />
      <b>{answer}</b>
    </li>
  );
}

function Marked({ text }: { text: string }): ReactElement {
  return (
    <span>
      {[...text.split('`').entries()].map(([place, part]) =>
        place % 2 === 1 ? <code key={place}>{part}</code> : part,
      )}
    </span>
  );
}
