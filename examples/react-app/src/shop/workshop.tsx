import type { ReactElement } from 'react';

const steps = [
  [
    'Cut',
    'Every panel of a kite comes from one roll, so the cloth pulls the same way in every gust.',
  ],
  ['Sewn', 'Two needles, twelve stitches to the inch, and a folded seam that keeps the rain out.'],
  [
    'Flown',
    'Nothing leaves before it has been in the air over the breakwater, whatever the weather.',
  ],
] as const;

/** How a kite is made. */
export function Workshop(): ReactElement {
  return (
    <section id="workshop" className="workshop" aria-labelledby="workshop-title">
      <h2 id="workshop-title">Cut on Monday, flown on Saturday.</h2>
      <ol>
        {steps.map(([title, text]) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
