// The editor of one flag: its JSON, the problems the checks find, its history.
import { ask, flagPath } from './api.js';
import { byId, element, fill, marked, moment, say } from './elements.js';
import { placeOf } from './json-place.js';

const TEMPLATE = {
  name: '',
  type: 'boolean',
  variants: { on: true, off: false },
  enabled: false,
  off: 'off',
  rules: [],
  fallthrough: { variant: 'on' },
};

/** Opens a flag as it is stored. */
export async function openEditor(place, key, onChange) {
  const [{ body, etag }, history] = await Promise.all([
    ask('GET', flagPath(place, key)),
    ask('GET', `${flagPath(place, key)}/history`),
  ]);
  draw({
    place,
    key,
    document: body,
    precondition: { ifMatch: etag },
    versions: history.body.versions,
    onChange,
  });
}

/** Opens an editor for a flag that does not exist yet. */
export function openNewFlag(place, onChange) {
  draw({
    place,
    key: '',
    document: TEMPLATE,
    precondition: { ifNoneMatch: '*' },
    versions: [],
    onChange,
  });
}

/** Closes whatever is open. */
export function closeEditor() {
  byId('editor').hidden = true;
  fill(byId('editor'));
}

function draw(flag) {
  const isNew = flag.key === '';
  const text = element('textarea', {
    id: 'json',
    class: 'code',
    rows: 24,
    spellcheck: false,
    value: JSON.stringify(flag.document, null, 2),
    'aria-label': 'Flag as JSON',
    'aria-describedby': 'problems',
  });
  const key = isNew
    ? element('input', { id: 'key', class: 'code', placeholder: 'new-checkout' })
    : undefined;
  const save = () => store({ ...flag, key: key?.value.trim() ?? flag.key }, text);
  text.addEventListener('keydown', (event) => {
    if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
    }
  });
  fill(
    byId('editor'),
    element(
      'div',
      { class: 'row spread' },
      element('h2', {}, isNew ? 'New flag' : flag.key),
      element('button', { type: 'button', onclick: closeEditor }, 'Close'),
    ),
    key && element('label', { htmlFor: 'key' }, 'Key, which never changes'),
    key,
    text,
    element('ul', { id: 'problems', class: 'problems', 'aria-live': 'polite' }),
    element(
      'p',
      { class: 'row' },
      element('button', { class: 'primary', type: 'button', onclick: save }, 'Save and publish'),
    ),
    isNew ? null : historyOf(flag),
  );
  byId('editor').hidden = false;
  // The cursor stands at the end of a text that was just written; people read from the start.
  text.setSelectionRange(0, 0);
  (key ?? text).focus();
}

async function store(flag, text) {
  fill(byId('problems'));
  if (flag.key === '') {
    showProblems([{ severity: 'error', where: 'Key', message: 'a new flag needs a key' }], text);
    byId('key').focus();
    return;
  }
  try {
    JSON.parse(text.value);
  } catch (error) {
    showProblems([wholeDocument(error.message)], text);
    return;
  }
  await run(text, flag, async () => {
    const { body } = await ask('PUT', flagPath(flag.place, flag.key), {
      body: text.value,
      ...flag.precondition,
    });
    await reopen(
      flag,
      `Saved ${flag.key} as version ${body.version}${body.published ? '' : ', not published yet'}`,
    );
    showProblems(body.warnings, byId('json'));
  });
}

async function run(text, flag, work) {
  try {
    await work();
  } catch (error) {
    say(error.message, true);
    if (error.status === 412) showProblems([wholeDocument(conflictText(flag))], text);
    else if (error.problems?.length > 0) showProblems(error.problems, text);
    else showProblems([wholeDocument(error.message)], text);
  }
}

function wholeDocument(message) {
  return { severity: 'error', path: '', message };
}

function conflictText(flag) {
  return flag.precondition.ifNoneMatch === undefined
    ? 'Somebody changed this flag meanwhile. Copy your text, open the flag again, and merge.'
    : 'There is a flag with this key already.';
}

async function reopen(flag, message) {
  await flag.onChange();
  await openEditor(flag.place, flag.key, flag.onChange);
  say(message);
}

function showProblems(problems, text) {
  const items = problems.map((problem) => {
    const where =
      problem.where ??
      [problem.environment, problem.document, problem.path || '(whole document)']
        .filter(Boolean)
        .join(' ');
    const jump = () => {
      const [start, end] = placeOf(text.value, problem.path);
      text.focus();
      text.setSelectionRange(start, end);
    };
    return element(
      'li',
      { class: problem.severity },
      element(
        'button',
        {
          class: 'link code',
          type: 'button',
          disabled: problem.document !== undefined || problem.path === undefined,
          onclick: jump,
        },
        where,
      ),
      element('span', {}, ...marked(problem.message)),
      problem.help ? element('span', { class: 'quiet' }, ...marked(problem.help)) : null,
    );
  });
  fill(byId('problems'), ...items);
}

function historyOf(flag) {
  const newest = flag.versions[0]?.version;
  const entry = (version) =>
    element(
      'li',
      {},
      element(
        'div',
        { class: 'grow' },
        element('b', {}, `${version.version} ${version.action}`),
        ` by ${version.actor}, ${moment(version.at)}`,
        version.reason ? element('p', { class: 'quiet' }, version.reason) : null,
      ),
      version.version === newest ? null : revertButton(flag, version.version),
    );
  return element(
    'details',
    { open: true },
    element('summary', {}, 'History'),
    element('ol', { class: 'history' }, ...flag.versions.map(entry)),
  );
}

function revertButton(flag, version) {
  const revert = () =>
    run(byId('json'), flag, async () => {
      const body = JSON.stringify({ version });
      await ask('POST', `${flagPath(flag.place, flag.key)}/revert`, { body, ...flag.precondition });
      await reopen(flag, `Went back to version ${version}`);
    });
  return element(
    'button',
    { type: 'button', onclick: revert, 'aria-label': `Revert to version ${version}` },
    'Revert',
  );
}
