// Values of Lua as the page lists them: no text looks like another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu } from '../../host-js/full.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { keyText, visible, words } from '../../playground/views/value.js';

const below = randomBelow(seed);

/** "admin\u{202E}nimda" was shown as "adminadmin", and a key with a control at its end turned its value around. */
test('what turns letters around, and what is not seen, is shown as Lua would write it', () => {
  assert.deepEqual(words('admin\u202Enimda'), ['string', '"admin\\u{202e}nimda"']);
  assert.equal(keyText('a\u2066b'), '"a\\u{2066}b"');
  assert.equal(visible('\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u2067\u2068\u2069'), '\\u{61c}\\u{200e}\\u{200f}\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{2067}\\u{2068}\\u{2069}');
  assert.deepEqual(words('a"\\\n\r\t\0\x1b\x7f'), ['string', '"a\\"\\\\\\n\\r\\t\\u{0}\\u{1b}\\u{7f}"']);
  // Letters of those who write from the right, and what joins letters and signs, stay.
  for (const text of ['שלום', 'مرحبا', 'می\u200cخواهم', '👩\u200d🚀', 'é✓']) assert.equal(words(text)[1], `"${text}"`);
});

test(`a text as it is shown is the same text in Lua (seed ${seed})`, async () => {
  const cu = await Cu.create();
  const letters = ['a', 'u', '{', '}', '"', '\\', '\n', '\r', '\t', '\0', '\x1b', '\x85', '\u202e', '\u2069', '\u200f', 'é', '😀', '0'];
  for (let round = 0; round < 1000; round++) {
    const text = Array.from({ length: below(8) }, () => letters[below(letters.length)]).join('');
    assert.equal(cu.compute(`return ${words(text)[1]}`).value, text);
  }
});
