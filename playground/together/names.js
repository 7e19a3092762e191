/**
 * Names of those who change a shared home, as examples/sync.lua takes them: the reader's own name in hexadecimal, and 12 digits by chance, so
 * that no two are the same. What has another form is of the server, or of another program.
 */

const MOST_BYTES = 40;
const FORM = /^((?:[0-9a-f]{2}){0,40})_[0-9a-f]{12}$/;

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function newName(name) {
  let text = name.trim();
  while (new TextEncoder().encode(text).length > MOST_BYTES) text = Array.from(text).slice(0, -1).join('');
  return `${hex(new TextEncoder().encode(text))}_${hex(crypto.getRandomValues(new Uint8Array(6)))}`;
}

/** For readers. */
export function shownName(by) {
  const [, digits] = FORM.exec(by) ?? [];
  if (digits === undefined) return by === '' ? 'somebody' : by;
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return new TextDecoder().decode(bytes) || 'somebody';
}

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron', 'iris', 'jade', 'kelp', 'lotus', 'maple', 'north', 'olive', 'pearl'];
const DIGITS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Of a home that nobody can guess: 50 bits by chance. */
export function newHomeName() {
  const [word, ...rest] = crypto.getRandomValues(new Uint8Array(11));
  return `${WORDS[word % WORDS.length]}-${rest.map((byte) => DIGITS[byte % DIGITS.length]).join('')}`;
}
