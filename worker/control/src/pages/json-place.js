// Where in a JSON text a JSON pointer points.

/** `[start, end]` of the value, of the nearest parent that exists, or of nothing for broken JSON. */
export function placeOf(text, pointer) {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const scanner = new Scanner(text);
  try {
    scanner.value(names);
  } catch {
    // What was found before the text broke off is still the best answer.
  }
  return scanner.found;
}

class Scanner {
  found = [0, 0];

  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** Reads one value; `names` is what is left of the pointer, or undefined off its path. */
  value(names) {
    this.space();
    const start = this.at;
    if (names !== undefined) this.found = [start, start + 1];
    const first = this.text[this.at];
    if (first === '{' || first === '[') this.children(first === '[', names);
    else if (first === '"') this.string();
    else while (/[^\s,\]}]/.test(this.text[this.at] ?? ',')) this.at++;
    if (names?.length === 0) this.found = [start, this.at];
  }

  children(isArray, names) {
    this.at++;
    for (let i = 0; ; i++) {
      this.space();
      if (this.text[this.at] === ',') this.at++;
      this.space();
      if (this.at >= this.text.length) throw new Error('the text ends');
      if (this.text[this.at] === ']' || this.text[this.at] === '}') break;
      const name = isArray ? String(i) : this.name();
      this.value(names?.length > 0 && names[0] === name ? names.slice(1) : undefined);
    }
    this.at++;
  }

  name() {
    const name = this.string();
    this.space();
    if (this.text[this.at] !== ':') throw new Error('a colon is missing');
    this.at++;
    return name;
  }

  string() {
    const start = this.at++;
    while (this.text[this.at] !== '"') {
      if (this.at >= this.text.length) throw new Error('the text ends');
      this.at += this.text[this.at] === '\\' ? 2 : 1;
    }
    this.at++;
    return JSON.parse(this.text.slice(start, this.at));
  }

  space() {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
}
