// The names of classes in both hosts: what `className` of host-js says of each table of a random home, `cu inspect` says of it, too.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const CU = fileURLToPath(new URL('../../target/release/cu', import.meta.url));
const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Date.now() % 1000000);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 4);
const TABLES = 30;

/** What can stand under `__name`, as Lua. */
const NAMES = [
  "'Account'", "''", "'a b'", "'Ž🐎'", "'\\27[31m\\n'", "'\\239\\187\\191mark'", "('long'):rep(2000)", "('x'):rep(2000) .. '\\xff'", "'\\xff'", '7', '1.5', 'true', '{}',
  'function() end', 'string.rep', 'nil',
];

/** A home of tables that have each other as metatables, some of them changed later, and some locked. */
function program(random) {
  const lines = [`local t = {} for i = 1, ${TABLES} do t[i] = {} _home['t' .. i] = t[i] end`];
  const any = () => `t[${1 + random(TABLES)}]`;
  for (let line = 0; line < 3 * TABLES; line++) {
    switch (random(5)) {
      case 0: lines.push(`${any()}.__name = ${NAMES[random(NAMES.length)]}`); break;
      case 1: lines.push(`rawset(${any()}, '__metatable', ${['nil', "'locked'"][random(2)]})`); break;
      case 2: lines.push(`pcall(setmetatable, ${any()}, nil)`); break;
      default: lines.push(`pcall(setmetatable, ${any()}, ${any()})`);
    }
  }
  return lines.join('\n');
}

function cu(args, input) {
  const { status, stdout, stderr } = spawnSync(CU, args, { input, maxBuffer: 1 << 28 });
  assert.equal(status, 0, `cu ${args.join(' ')}: ${stderr}`);
  return stdout.toString();
}

test(`both hosts know the same names of classes (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cu-class-names-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let named = 0;
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
    const store = new MemoryStore();
    const own = await Cu.create({ module, store });
    own.compute(program(randomBelow(seed)));
    const wanted = {};
    for (const [key, table] of Object.entries(own.readHome({ depth: 1 }))) wanted[key] = own.className(table);
    const home = join(folder, `${seed}.redb`);
    cu(['import', '--home', home, '-'], store.snapshot());
    const { tree } = JSON.parse(cu(['inspect', '--home', home, '--json', '--depth', '1', '--limit', '1000']));
    const found = Object.fromEntries(tree.children.map(({ key, class: name }) => [key, name]));
    assert.deepEqual(found, wanted, `CU_SEED=${seed} CU_ROUNDS=1`);
    named += Object.values(wanted).filter((name) => name !== undefined).length;
  }
  assert.ok(named >= ROUNDS, `${named} tables have a class`);
});
