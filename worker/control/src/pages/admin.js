// The plain admin page: sign in, choose an environment, see and switch its flags.
import { ask, environmentPath, flagPath, TOKEN_ITEM } from './api.js';
import { byId, element, fill, marked, say } from './elements.js';
import { closeEditor, openEditor, openNewFlag } from './flag-editor.js';
import { exposures, flagRow } from './flag-row.js';

const PLACE_ITEM = 'pennon.place';
const place = { project: '', environment: '' };
let flags = [];
let counts = new Map();

byId('sign-in').addEventListener('submit', signIn);
byId('sign-out').addEventListener('click', signOut);
byId('filter').addEventListener('input', show);
byId('new-flag').addEventListener('click', () => {
  say('');
  openNewFlag(place, refresh);
});
byId('project').addEventListener('change', () => attempt(chooseProject));
byId('environment').addEventListener('change', () => attempt(chooseEnvironment));
start();

function start() {
  const isSignedIn = sessionStorage.getItem(TOKEN_ITEM) !== null;
  byId('signed-out').hidden = isSignedIn;
  for (const id of ['signed-in', 'places', 'sign-out']) byId(id).hidden = !isSignedIn;
  if (isSignedIn) attempt(loadProjects);
  else byId('token').focus();
}

function signIn(event) {
  event.preventDefault();
  sessionStorage.setItem(TOKEN_ITEM, byId('token').value.trim());
  byId('token').value = '';
  byId('refused').hidden = true;
  start();
}

function signOut() {
  sessionStorage.removeItem(TOKEN_ITEM);
  closeEditor();
  fill(byId('flags'));
  say('');
  start();
}

/** Back to signing in, with the reason where the token is typed. */
function refuse() {
  signOut();
  byId('refused').hidden = false;
  byId('token').focus();
}

/** Runs something that asks the API; a token that is refused leads back to signing in. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (error.status === 401) refuse();
    else say(error.message, true);
  }
}

async function loadProjects() {
  const { body } = await ask('GET', 'projects');
  const remembered = JSON.parse(sessionStorage.getItem(PLACE_ITEM) ?? '{}');
  choices('project', body.projects, remembered.project);
  await chooseProject(remembered.environment);
}

async function chooseProject(remembered) {
  place.project = byId('project').value;
  if (place.project === '') {
    showNothing(
      'There is no project yet. Create one through the API: `POST /api/v1/projects` with `{"key": "shop", "name": "The shop"}`.',
    );
    return;
  }
  const path = `projects/${encodeURIComponent(place.project)}/environments`;
  const { body } = await ask('GET', path);
  choices('environment', body.environments, remembered);
  await chooseEnvironment();
}

async function chooseEnvironment() {
  place.environment = byId('environment').value;
  sessionStorage.setItem(PLACE_ITEM, JSON.stringify(place));
  closeEditor();
  counts = new Map();
  if (place.environment === '') {
    showNothing(
      `This project has no environment yet. Create one through the API: \`POST /api/v1/projects/${place.project}/environments\` with \`{"key": "live", "name": "Live"}\`.`,
    );
    return;
  }
  allow(true);
  await refresh();
}

/** Where flags cannot be yet, and what has to come before them. */
function showNothing(text) {
  flags = [];
  allow(false);
  say('');
  fill(byId('flags'), element('li', { class: 'empty' }, element('p', {}, ...marked(text))));
}

function allow(isPossible) {
  for (const id of ['new-flag', 'filter']) byId(id).disabled = !isPossible;
}

async function refresh() {
  const here = environmentPath(place);
  // Whoever goes on to another environment meanwhile wants nothing of this one any more.
  const isLeft = () => here !== environmentPath(place);
  const { body } = await ask('GET', `${here}/flags`);
  if (isLeft()) return;
  flags = body.flags;
  say(`${flags.length} ${flags.length === 1 ? 'flag' : 'flags'}`);
  show();
  const counted = await ask('GET', `${here}/exposures`);
  if (isLeft()) return;
  counts = new Map(counted.body.flags.map((entry) => [entry.flag, entry]));
  // Only the numbers: a row that is made anew while a key is down loses the press.
  for (const { key } of flags)
    byId(`exposures:${key}`)?.replaceWith(exposures(key, counts.get(key)));
}

function show() {
  const wanted = byId('filter').value.toLowerCase();
  const matches = ({ key, flag }) => `${key} ${flag.name ?? ''}`.toLowerCase().includes(wanted);
  const focused = document.activeElement?.id;
  const actions = { open, setEnabled, setKilled };
  const rows = flags.filter(matches).map((row) => flagRow(row, counts.get(row.key), actions));
  const reason = flags.length === 0 ? 'No flags here yet.' : 'No flag matches the filter.';
  const empty = rows.length === 0 ? element('li', { class: 'empty' }, reason) : null;
  fill(byId('flags'), ...rows, empty);
  // The rows were made anew; whoever works by keyboard must not lose their place.
  if (focused?.startsWith('flag:')) byId(focused)?.focus();
}

function open(key) {
  say('');
  attempt(() => openEditor(place, key, refresh));
}

function setEnabled(key, enabled) {
  return attempt(async () => {
    const { body, etag } = await ask('GET', flagPath(place, key));
    await ask('PUT', flagPath(place, key), {
      body: JSON.stringify({ ...body, enabled }),
      ifMatch: etag,
    });
    await refresh();
    say(`${key} is ${enabled ? 'enabled' : 'disabled'}`);
  });
}

function setKilled(key, killed) {
  return attempt(async () => {
    const reason = killed ? await askWhy(key) : '';
    if (reason === undefined) return;
    const body = JSON.stringify(reason === '' ? {} : { reason });
    await ask('POST', `${flagPath(place, key)}/${killed ? 'kill' : 'unkill'}`, { body });
    await refresh();
    say(`${key} is ${killed ? 'killed' : 'no longer killed'}`);
  });
}

/** Why, or undefined when somebody thinks better of it. */
function askWhy(key) {
  const dialog = byId('kill-dialog');
  byId('kill-title').textContent = `Kill ${key}?`;
  byId('kill-reason').value = '';
  dialog.returnValue = 'cancel';
  dialog.showModal();
  byId('kill-reason').focus();
  return new Promise((resolve) => {
    const answer = () => (dialog.returnValue === 'kill' ? byId('kill-reason').value : undefined);
    dialog.addEventListener('close', () => resolve(answer()), { once: true });
  });
}

function choices(id, rows, chosen) {
  const options = rows.map((row) => new Option(row.name, row.key, false, row.key === chosen));
  fill(byId(id), ...options);
}
