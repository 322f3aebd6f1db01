// The setup page: one button that uses the link, and the token it makes.
import { TOKEN_ITEM } from './api.js';

const element = (id) => document.getElementById(id);

element('create').addEventListener('click', create);
element('copy').addEventListener('click', copy);
element('open').addEventListener('click', () => {
  sessionStorage.setItem(TOKEN_ITEM, element('token').value);
  // The link stays out of the history: it is dead, and looks like a secret to whoever finds it.
  location.replace('/');
});

async function create() {
  element('create').disabled = true;
  say('Creating…');
  try {
    const answer = await fetch(location.pathname, { method: 'POST' });
    const body = await answer.json();
    if (!answer.ok) {
      say(body.error.message);
      return;
    }
    element('token').value = body.token;
    element('before').hidden = true;
    element('after').hidden = false;
    element('token').select();
    say('Created.');
  } catch (error) {
    element('create').disabled = false;
    say(`The Worker did not answer: ${error.message}`);
  }
}

async function copy() {
  element('token').select();
  try {
    await navigator.clipboard.writeText(element('token').value);
    say('Copied.');
  } catch {
    say('The browser does not allow copying here; the token is selected, copy it by hand.');
  }
}

function say(text) {
  element('status').textContent = text;
}
