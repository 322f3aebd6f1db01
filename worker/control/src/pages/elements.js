// Elements without markup in strings: text is only ever text.

/** Makes an element; properties that begin with `on` are listeners, `class` and `aria-…` attributes. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else if (name in made && name !== 'list') {
      made[name] = value;
    } else {
      made.setAttribute(name, value);
    }
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** Replaces everything inside a container. */
export function fill(container, ...children) {
  container.replaceChildren(...children.filter((child) => child !== undefined && child !== null));
}

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A sentence of the API: what stands between backticks is code. */
export function marked(text) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? element('code', {}, part) : part));
}

/** Says something where screen readers hear it. */
export function say(text, isBad = false) {
  const status = byId('status');
  fill(status, ...marked(text));
  status.classList.toggle('bad', isBad);
}

/** A moment in the reader's own words. */
export function moment(milliseconds) {
  return new Date(milliseconds).toLocaleString();
}
