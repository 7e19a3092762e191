// The script in an element: without what only indents it in its document.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dedented } from '../../playground/elements/script_text.js';

test('what indents all lines goes, and lines without letters before and after', () => {
  assert.equal(dedented('\n\n    local x = 1\n\n      return x\n  \n'), 'local x = 1\n\n  return x');
  assert.equal(dedented('\tif x then\n\t\treturn\n\tend'), 'if x then\n  return\nend');
  for (const text of ['', '\n', '  \n\t']) assert.equal(dedented(text), '');
});

/** All indents were the arguments of one call, of which engines take some 100,000. */
test('a script of a million lines is one, too', () => {
  const start = performance.now();
  assert.equal(dedented('  x\n'.repeat(1e6)).length, 2e6 - 1);
  assert.equal(dedented('\n'.repeat(1e6)), '');
  assert.ok(performance.now() - start < 5000);
});
