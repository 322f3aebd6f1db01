// One line of the list of flags.
import { element } from './elements.js';

/** A list item with the state of a flag and the switches for it. */
export function flagRow({ key, flag, version }, count, { open, setEnabled, setKilled }) {
  const killed = flag.killed === true;
  const enabled = flag.enabled !== false;
  return element(
    'li',
    { class: killed ? 'killed' : '' },
    enabledSwitch(key, enabled, setEnabled),
    element(
      'div',
      { class: 'grow' },
      element(
        'button',
        { id: `flag:${key}`, class: 'link', type: 'button', onclick: () => open(key) },
        key,
      ),
      element('p', { class: 'quiet' }, describe(flag, version)),
    ),
    exposures(key, count),
    killed ? element('span', { class: 'badge bad' }, 'killed') : null,
    element(
      'button',
      {
        id: `flag:kill:${key}`,
        class: killed ? '' : 'danger',
        type: 'button',
        'aria-label': `${killed ? 'Unkill' : 'Kill'} ${key}`,
        title: killed ? 'Let the rules decide again' : 'Off for everybody, whatever the rules say',
        onclick: () => setKilled(key, !killed),
      },
      killed ? 'Unkill' : 'Kill',
    ),
  );
}

function enabledSwitch(key, enabled, setEnabled) {
  return element('button', {
    id: `flag:enabled:${key}`,
    class: 'switch',
    type: 'button',
    role: 'switch',
    'aria-checked': String(enabled),
    'aria-label': `${key} enabled`,
    title: enabled ? 'Enabled: the rules decide' : 'Disabled: everybody gets the off variant',
    onclick: () => setEnabled(key, !enabled),
  });
}

function describe(flag, version) {
  const rules = flag.rules?.length ?? 0;
  const parts = [
    flag.name,
    flag.type,
    `${rules} ${rules === 1 ? 'rule' : 'rules'}`,
    `version ${version}`,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** How many met each variant of a flag. */
export function exposures(key, count) {
  const id = `exposures:${key}`;
  if (count === undefined) return element('p', { id, class: 'counts quiet' }, 'no exposures yet');
  const label = (entry) =>
    element('span', {}, `${entry.variant} `, element('b', {}, entry.exposed.toLocaleString()));
  return element(
    'p',
    {
      id,
      class: 'counts',
      title: `Exposures: how many met each variant first; ${count.mixed} met a second one later`,
    },
    ...count.variants.map(label),
  );
}
