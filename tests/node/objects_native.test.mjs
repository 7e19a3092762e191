// Objects do what plain tables do in native Lua, to the texts of errors and the lines they name, in one instance and over restarts: the
// programs of tests/lua/objects, of which the first compute stores what the others use.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { native, printed } from './native_programs.mjs';

const FOLDER = new URL('../lua/objects/', import.meta.url);

const programs = readdirSync(FOLDER).flatMap((file) => {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  return text.split(/^--- /m).slice(1).map((part) => {
    const end = part.indexOf('\n');
    return { name: `${file}: ${part.slice(0, end)}`, computes: part.slice(end + 1).split('-- later\n') };
  });
});
const wanted = native(programs);

/** Without where something lies. */
const placeless = (text) => text.replace(/0x[0-9a-f]+/g, '0x');

for (const [at, program] of programs.entries()) {
  test(program.name, async () => {
    assert.ok(program.computes.length > 1);
    assert.notEqual(wanted[at], '');
    for (const isNew of [false, true]) {
      const found = await printed(program, () => isNew);
      assert.equal(placeless(found), placeless(wanted[at]), isNew ? 'over a restart' : 'in one instance');
    }
  });
}
