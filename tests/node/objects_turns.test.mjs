// Instances over one store that change each other's objects in turns, against native Lua: classes, metatables and what they hold, by any alias, in
// transactions and computes that fail, with calls of the host and allocations that fail, deaths and collections in between.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Group } from './instances.mjs';
import { BEGIN, functions, Program } from './objects_random.mjs';
import { compile } from './raw.mjs';

const module = compile('target/cu-faults.wasm');
const FIRST = Number(process.env.CU_SEED ?? Date.now() % 1000000);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 30);
const STEPS = 80;
const INSTANCES = 3;

/**
 * Globals of each instance. `H` holds aliases of what is stored, `P` plain objects of stored classes; `R` has both, or their classes, so that
 * nobody frees them.
 */
const BOTH = `${functions()}
  function failing(id) return function(a, b) error('event ' .. id, 2) end end
  function changing(id) return function(a, b) rawset(R.a, 'x', id) return rawget(R.a, 'x') end end
  function look(t)
    local parts = {}
    local function add(f) parts[#parts + 1] = try(f) end
    add(function() return t.x, t.y, t.method, t.nothing, t.id end)
    add(function() return t:method() end)
    add(function() return t + 1 end)
    add(function() return t .. 'x' end)
    add(function() return t(2) end)
    add(function() return t == R.a, t == R.b, t < R.c end)
    add(function() return (tostring(t):gsub(': .*', '')) end)
    return table.concat(parts, ' | ')
  end
  function dump()
    local seen, order = { [R.held] = true }, { R.a, R.b, R.c }
    for _, key in ipairs { 'a', 'b', 'c' } do seen[R[key]] = true end
    local lines, at = {}, 1
    local function visit(v)
      if type(v) == 'table' and not seen[v] then seen[v] = true order[#order + 1] = v end
      return show(v)
    end
    while order[at] do
      local t, keys = order[at], {}
      for key in next, t do keys[#keys + 1] = key end
      table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
      local parts = { show(t) }
      for _, key in ipairs(keys) do parts[#parts + 1] = tostring(key) .. '=' .. visit(rawget(t, key)) end
      parts[#parts + 1] = '<' .. visit(getmetatable(t)) .. '>'
      lines[#lines + 1] = table.concat(parts, ' ')
      at = at + 1
    end
    return table.concat(lines, '; ')
  end
`;

const START = `R.held = {} ${BEGIN}`;

const IN_CU = `${BOTH} R, H, P, transaction = _home, {}, {}, ext.transaction`;

/** What is stored is noted by hand here, and what a transaction undoes. */
const IN_NATIVE = `
  R = {}
  assert(load([==[${BOTH}]==], '=compute'))()
  local stored, list = {}, {}
  local function note(t)
    if type(t) == 'table' and not stored[t] then
      stored[t] = true
      list[#list + 1] = t
    end
  end
  local function note_all()
    note(R)
    local at = 1
    while list[at] do
      for _, value in next, list[at] do note(value) end
      note(debug.getmetatable(list[at]))
      at = at + 1
    end
  end
  local function kept()
    note_all()
    local all, count = {}, #list
    for n = 1, count do
      local copy = {}
      for key, value in next, list[n] do copy[key] = value end
      all[n] = { list[n], copy, debug.getmetatable(list[n]) }
    end
    return function()
      while #list > count do stored[table.remove(list)] = nil end
      for _, one in ipairs(all) do
        for key in next, one[1] do rawset(one[1], key, nil) end
        for key, value in next, one[2] do rawset(one[1], key, value) end
        debug.setmetatable(one[1], one[3])
      end
    end
  end
  function transaction(f)
    local undo = kept()
    local r = table.pack(pcall(f))
    if r[1] then return table.unpack(r, 2, r.n) end
    undo()
    error(r[2], 0)
  end
  local hs, ps = {}, {}
  function reset(i) hs[i], ps[i] = {}, {} end
  for i = 1, ${INSTANCES} do reset(i) end
  function step(i, text, is_atomic)
    H, P = hs[i], ps[i]
    local f = assert(load(text, '=step'))
    local ok, value
    if is_atomic then ok, value = pcall(transaction, f) else ok, value = pcall(f) end
    io.write(ok and value or 'failed ' .. tostring(value), '\\n')
    note_all()
  end
`;

const FIELDS = ['__index', '__newindex', '__call', '__add', '__metatable', 'x', 'method'];
const NAMES = ['p', 'q'];

class Turns extends Program {
  /** Held by the instance, perhaps. */
  root() {
    return this.random(3) ? super.root() : `(H.${this.one(NAMES)} or ${super.root()})`;
  }

  handler() {
    return `${this.one(['called', 'called', 'called', 'failing', 'changing'])}(${++this.last})`;
  }

  link() {
    return this.one([this.table(), this.table(), this.fresh(), this.handler(), 'nil']);
  }

  value() {
    return this.one([this.table(), this.fresh(), 'nil', 'nil', String(this.random(9)), this.handler(), `'text'`, 'false']);
  }

  change() {
    const t = this.table();
    switch (this.random(13)) {
      case 0: case 1: return `setmetatable(${t}, ${this.random(5) === 0 ? 'nil' : this.random(3) ? this.table() : this.fresh()})`;
      case 2: return `local t = ${t} rawset(t, '__index', t) setmetatable(${this.table()}, t)`;
      case 3: case 4: return `rawset(${t}, '${this.one(['__index', '__index', '__newindex'])}', ${this.link()})`;
      case 5: return `rawset(${t}, '${this.one(['__add', '__eq', '__lt', '__concat', '__tostring', '__name', '__len', '__unm'])}', ${this.value()})`;
      // In native Lua it takes hours until a circle of these overflows the stack.
      case 12: return `rawset(${t}, '__call', ${this.one([this.handler(), 'nil', '5'])})`;
      case 6: return `rawset(${t}, '${this.one(['x', 'y', 'method', 'nothing'])}', ${this.value()})`;
      case 7: return `(${t}).${this.one(['x', 'y', 'method', '__index', '__add'])} = ${this.value()}`;
      case 8: return `${super.root()} = ${t}`;
      case 9: return `local t = ${t} setmetatable(t, t)`;
      case 10: return `local t = ${this.fresh()} t.__index = ${this.table()} t.method = ${this.handler()} rawset(${t}, 'x', setmetatable({ id = ${++this.last} }, t))`;
      default: return `rawset(${t}, '__metatable', ${this.one(['nil', 'nil', `'locked'`, 'false', this.table()])})`;
    }
  }

  changes() {
    return Array.from({ length: 1 + this.random(3) }, () => `do ${this.change()} end`).join(' ');
  }

  /** The text of a step, and whether it changes anything that is not stored. */
  step(i) {
    const name = this.one(NAMES);
    switch (this.random(14)) {
      case 0: return { text: `return try(function() H.${name} = ${this.table()} rawset(R.held, '${i}${name}', H.${name}) return H.${name} end)`, isLocal: true };
      case 1: return { text: `return try(function() P.${name} = setmetatable({ id = ${++this.last} }, ${this.table()}) rawset(R.held, 'P${i}${name}', (getmetatable(P.${name}))) return P.${name} end)`, isLocal: true };
      case 2: case 3: return { text: `return look(${this.table()})` };
      case 4: case 5: return { text: `return P.${name} and look(P.${name}) or ''` };
      case 6: return { text: `return try(function() transaction(function() ${this.changes()} local _ = look(${this.table()}) error('undone', 0) end) end) .. look(${this.table()})` };
      case 7: return { text: `return try(function() ${this.changes()} transaction(function() ${this.changes()} pcall(transaction, function() ${this.changes()} error('no', 0) end) end) end) .. look(${this.table()})` };
      case 8: return { text: `return try(function() for n = 1, 70 do local _ = (${this.table()})['k' .. n] end local t = ${this.table()} rawset(t, 'k7', ${this.random(9)}) return t.k7 end)` };
      case 9: return { text: `return show(getmetatable(${this.table()})) .. try(function() return setmetatable(${this.table()}, (getmetatable(${this.table()}))) end)` };
      case 10: return { text: 'return dump()' };
      default: return { text: `return try(function() ${this.changes()} end) .. look(${this.table()})` };
    }
  }
}

/** What an atomic compute runs into, if it gets there. */
const FAULTS = ['call', 'allocation', 'death', 'budget', 'script'];

/** What happens, step by step. */
function actionsOf(seed) {
  const program = new Turns(seed, FIELDS);
  const actions = [];
  for (let number = 0; number < STEPS; number++) {
    const at = program.random(INSTANCES);
    const { text, isLocal } = program.step(at + 1);
    if (!isLocal && program.random(4) === 0) {
      const fault = program.one(FAULTS);
      const source = `do ${program.change()} end local t = ${program.table()}; do ${program.change()} end${fault === 'script' ? " error('scripted', 0)" : ''} ${fault === 'call' ? "local _ = look(t) error('scripted', 0)" : 'return look(t)'}`;
      actions.push({ at, number, text: `rawset(R, 'mark', ${number}) ${source}`, fault, count: 1 + program.random(fault === 'allocation' ? 60 : 40) });
    } else {
      actions.push({ at, text });
    }
    const then = ['collect', 'restart', 'garbage'][program.random(12)];
    if (then !== undefined) actions.push({ at, then });
  }
  return actions;
}

/** Does them; what native Lua is to do, and what it is to say. */
function execute(actions) {
  const group = new Group(module);
  const start = () => {
    const one = group.start();
    group.run(one, IN_CU);
    return one;
  };
  const instances = Array.from({ length: INSTANCES }, start);
  group.run(instances[0], START);
  const natively = [`step(1, ${quote(`${START} return ''`)})`];
  const lines = [null];
  const restart = (at) => {
    instances[at] = start();
    natively.push(`reset(${at + 1})`);
    for (const key of ['', 'P']) {
      for (const name of NAMES) {
        const forget = `rawset(R.held, '${key}${at + 1}${name}', nil)`;
        group.run(instances[at], forget);
        natively.push(forget);
      }
    }
  };
  for (const { at, number, text, fault, count, then } of actions) {
    const one = instances[at];
    if (then === 'collect') group.collect(one);
    if (then === 'restart') restart(at);
    if (then === 'garbage') group.run(one, 'collectgarbage()');
    if (then !== undefined) continue;
    const config = { ...fault && { atomic: true }, ...fault === 'budget' && { instructions: count * 100 }, ...fault === 'allocation' && { fail_allocation: count, fail_count: 1e6 } };
    group.turn(one, config);
    let result;
    let isMet = false;
    if (fault === 'death') {
      if (group.dies(one, count, () => { result = one.run(text); })) {
        restart(at);
        // Some calls come after it is done.
        if (group.run(instances[at], 'return rawget(R, "mark")')[0] === number) {
          natively.splice(-1 - 2 * NAMES.length, 0, `step(${at + 1}, ${quote(text)}, true)`);
          lines.push(null);
        }
        continue;
      }
    } else {
      if (fault === 'call') one.fail(count);
      result = one.run(text);
      isMet = fault === 'call' ? !one.mend() : fault === 'allocation';
      // The script's own error, or that of the failure: in both cases nothing happened.
      if (result.error !== undefined && (isMet || fault === 'budget' && /the budget of/.test(result.error))) continue;
    }
    natively.push(`step(${at + 1}, ${quote(text)}${fault ? ', true' : ''})`);
    // What a metamethod ran into, 'look' has shown.
    lines.push(isMet ? null : { where: `instance ${at + 1}, ${fault}: ${text}`, text: result.error === undefined ? result.values[0] : `failed ${result.error}` });
  }
  for (const one of [...instances, start()]) {
    lines.push({ where: 'at the end', text: group.run(one, 'return dump()')[0] });
    natively.push('step(1, [==[return dump()]==])');
  }
  return { natively: `do local function program() ${IN_NATIVE}\n${natively.join('\n')}\nend program() end`, lines };
}

function quote(text) {
  return `[==[${text}]==]`;
}

function native(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'cu-turns-'));
  try {
    writeFileSync(join(folder, 'programs.lua'), programs.join('\nio.write("---\\n")\n'));
    return execFileSync('target/release/native-lua', [join(folder, 'programs.lua')], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('---\n').map((part) => part.split('\n').slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const placeless = (text) => text.replace(/0x[0-9a-f]+/g, '').replace(/^(failed [^\n]*)[^]*/, '$1').replace(/(compute|step):\d+: /g, '');

/** The first line in which they differ. */
function difference({ lines }, wanted) {
  for (const [number, line] of lines.entries()) {
    const [found, told] = [line && placeless(line.text), placeless(wanted[number] ?? 'nothing')];
    if (line && found !== told) return { where: line.where, found, told };
  }
  return undefined;
}

test(`instances in turns (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, () => {
  const runs = Array.from({ length: ROUNDS }, (_, at) => execute(actionsOf(FIRST + at)));
  const wanted = native(runs.map(({ natively }) => natively));
  let worked = 0;
  for (const [at, run] of runs.entries()) {
    const found = difference(run, wanted[at]);
    assert.equal(found?.found, found?.told, `CU_SEED=${FIRST + at} CU_ROUNDS=1, ${found?.where}`);
    worked += wanted[at].filter((line) => /\?/.test(line)).length;
  }
  assert.ok(worked > ROUNDS, `${worked} answers`);
});
