// The audit logs of both hosts: for one script, the bytes are the same, except for the time.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { AuditLog } from '../../host-js/node.js';
import { compile } from './raw.mjs';

const CU = fileURLToPath(new URL('../../target/release/cu', import.meta.url));
const TIME = /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",/gm;
const PERMISSIONS = { tables: { '_home.guarded': 'readonly' }, library: { os: false } };
const RESTRICTIONS = ['--protect', '_home.guarded', '--forbid', 'os'];

const module = compile('dist/cu.wasm');

/** Scripts; each runs over the store that the one before it left. */
const SCRIPTS = {
  'texts of every kind': String.raw`
    _home.guarded = _home.guarded or 1
    for byte = 0, 255 do _home["k" .. string.char(byte) .. "\"\\/"] = function() end end
    for _, text in ipairs { "\u{2028}\u{2029}", "\u{FEFF}bom", "\u{85}", "\u{D7FF}\u{E000}\u{FFFF}\u{10FFFF}", "\u{D800}\u{DFFF}",
      "\xF0\x9F\x98", "\xC0\x80", "\xE0\x80\x80\xED\xA0\x80", "\xF4\x90\x80\x80", "a\xF0\x9Fb\xC3", "\x00\x1F\x7F", "é😀" } do
      _home[text] = function() end
      _home[text:rep(4)] = function() end
    end`,
  'texts that are cut': String.raw`
    for length = 60, 140 do _home[("é"):rep(length)] = function() end end
    for length = 500, 520 do pcall(error, ("€"):rep(length)) _home[("€"):rep(length)] = function() end end`,
  'stored functions': 'for name, f in pairs(_home) do if type(f) == "function" then f() end end',
  'refused permissions': 'pcall(function() _home.guarded = 2 end) pcall(os.time) pcall(load, string.dump(function() end)) os.clock()',
  'a budget that is used up': 'while true do end',
  'memory that is used up': 'return ("x"):rep(1000):rep(4000)',
  'output beyond what is kept': 'for i = 1, 20000 do print("some text that is printed", i) end',
  'an error': 'error({ code = 7 })',
};

test('both hosts write the same lines', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cu-audit-hosts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name) => join(folder, name);
  const store = new MemoryStore();
  for (const [name, script] of Object.entries(SCRIPTS)) {
    await t.test(name, async () => {
      writeFileSync(file('script.lua'), script);
      const options = ['--home', file('home.redb'), '--instructions', '10000000', '--audit', file(`${name}.rust`), ...RESTRICTIONS];
      attempt(() => execFileSync(CU, ['run', file('script.lua'), ...options], { stdio: 'pipe' }));

      const log = AuditLog.open(file(`${name}.js`));
      const config = { instructions: 10_000_000, events: ['audit', 'output', 'usage'], permissions: PERMISSIONS };
      const cu = await Cu.create({ module, store, config, onEvent: log.handler, now: Date.now });
      attempt(() => cu.compute(script));
      log.close();

      const [rust, js] = ['rust', 'js'].map((host) => readFileSync(file(`${name}.${host}`)));
      assert.ok(name === 'an error' || js.length > 0, 'nothing is reported');
      const lines = js.toString().split('\n').length - 1;
      for (const bytes of [rust, js]) assert.equal(bytes.toString().match(TIME)?.length ?? 0, lines);
      // Compared as bytes: in text, different bytes that are not UTF-8 would look alike.
      const [first, second] = [rust, js].map((bytes) => bytes.toString('latin1').replace(TIME, '{'));
      assert.equal(first, second);
    });
  }
});

/** Runs a script that may fail. */
function attempt(action) {
  try { action(); } catch (error) { assert.match(`${error.name}: ${error.message}`, /^LuaError|^Error: Command failed/); }
}
