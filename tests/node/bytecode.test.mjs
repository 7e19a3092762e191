// Binary chunks in `load`: they are refused unless the host allows them, and then they are verified.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Cu } from '../../host-js/index.js';
import { ATTACKS, attack } from './attacks.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const SNIPPETS = new URL('../lua/snippets/', import.meta.url);
const open = (config = {}) => Cu.create({ module, config: { bytecode: true, ...config } });

test('no binary chunk is loaded unless the host says so', async () => {
  const cu = await Cu.create({ module });
  assert.deepEqual(cu.compute('return load(string.dump(function() end))').values, [null, "attempt to load a binary chunk (mode is 't')"]);
});

test('a chunk that was dumped is loaded, with mode, name and environment as ever', async () => {
  const cu = await open();
  assert.deepEqual(cu.compute(`
    local function f(...) local a, b = ... return a + b, x, select("#", ...) end
    x = 5
    local g = assert(load(string.dump(f)))
    local h = assert(load(string.dump(f, true), "name", "b"))
    local a, b, c = g(1, 2, 3)
    return a, b, c, h(3, 4)`).values, [3, 5, 3, 7, 5, 2]);
  assert.deepEqual(cu.compute(`
    local chunk = string.dump(load("x = (x or 0) + 1 return x"))
    local env = {}
    local f = load(chunk, "in its environment", "bt", env)
    return f(), f(), env.x, load(chunk, "n", "t")`).values, [1, 2, 2, null, "attempt to load a binary chunk (mode is 't')"]);
});

test('what was altered is refused with its place; so is a chunk in pieces', async () => {
  const cu = await open();
  cu.compute('chunk = string.dump(function(a) for i = 1, 10 do a = a .. i end return a end)');
  assert.match(cu.compute('return select(2, load(chunk:sub(1, -2)))').value, /^binary string: bad binary format \(byte \d+: /);
  assert.match(cu.compute('return select(2, load(chunk:sub(1, -2), "=mine"))').value, /^mine: bad binary format/);
  const limited = await open({ instructions: 20_000 });
  const length = limited.compute('chunk = string.dump(function(a) for i = 1, 10 do a = a .. i end return a end) return #chunk').value;
  let [refused, ran, stopped] = [0, 0, 0];
  for (let place = 0; place < length * 8; place += 1) {
    const [at, bit] = [(place >> 3) + 1, place & 7];
    try {
      const { value } = limited.compute(`
        local f, message = load(chunk:sub(1, ${at} - 1) .. string.char(chunk:byte(${at}) ~ (1 << ${bit})) .. chunk:sub(${at} + 1))
        if f then pcall(f, "x") return true end
        assert(${at} == 1 or message:find("bad binary format"), message)
        return false`);
      if (value) ran += 1;
      else refused += 1;
    } catch (error) {
      assert.equal(error.errorClass, 'budget', error.message);
      stopped += 1;
    }
  }
  assert.ok(refused > 500 && ran > 50 && stopped > 0, `${refused} refused, ${ran} ran, ${stopped} stopped`);
  assert.match(cu.compute(`
    local at = 0
    local _, message = load(function() at = at + 1 return at <= #chunk and chunk:sub(at, at) or nil end)
    return message`).value, /bad binary format/);
});

test('everything that the snippets compile to is accepted', async () => {
  const cu = await open();
  let chunks = 0;
  for (const file of readdirSync(SNIPPETS).filter((name) => name.endsWith('.lua'))) {
    for (const section of readFileSync(new URL(file, SNIPPETS), 'utf8').split(/^--- .*$/m).slice(1)) {
      cu.store.set(2, new TextEncoder().encode('\x01input\0'), Uint8Array.of(4, ...new Uint8Array(Uint32Array.of(Buffer.byteLength(section)).buffer), ...Buffer.from(section)));
      const [accepted, message] = cu.compute(`
        local f = load(_io.input)
        if f == nil then return true end
        for _, strip in ipairs({ false, true }) do
          local g, message = load(string.dump(f, strip), "chunk", "b")
          if not g then return false, message end
        end
        return true`).values;
      assert.equal(accepted, true, `${file}: ${message}\n${section}`);
      chunks += 1;
    }
  }
  assert.ok(chunks > 500, `${chunks}`);
});

test('a budget stops what was loaded from bytecode as well', async () => {
  const forms = (code) => {
    const quoted = JSON.stringify(code).replaceAll('\\n', '\\\n');
    return `local f = assert(load(string.dump(assert(load(${quoted}))), "chunk", "b")) f()`;
  };
  for (const { name, code } of ATTACKS.filter((_, index) => index < 25)) {
    const { error } = await attack(module, forms(code), 200_000, { bytecode: true });
    assert.equal(error?.errorClass, 'budget', `${name}: ${error?.message}`);
  }
});
