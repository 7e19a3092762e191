// Random programs with nested transactions against a naive model: tables that become external and plain again, shared ones,
// captured variables, errors, used up budgets; computes that are atomic, that the host undoes, and transactions of several. CU_SEED
// and CU_ROUNDS choose the programs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { inside } from '../../host-js/handle.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const rounds = Number(process.env.CU_ROUNDS ?? 150);

const NODES = 6;
const KEYS = ['a', 'b', 'c', 'd'];
const FIELDS = ['x', 'y', 'z'];

/** Lua's side: what is reachable, with numbers for tables in the order in which they are met. */
const PRELUDE = `
  function dump(all)
    local seen, out, next_number = {}, {}, 1
    local function show(v)
      if type(v) ~= 'table' then out[#out + 1] = tostring(v) return end
      if seen[v] then out[#out + 1] = '#' .. seen[v] return end
      seen[v] = next_number
      next_number = next_number + 1
      out[#out + 1] = (pcall(ext.size, v) and 'E' or 'P') .. seen[v] .. '{'
      for _, f in ipairs { '${FIELDS.join("', '")}' } do
        if v[f] ~= nil then out[#out + 1] = f .. '=' show(v[f]) end
      end
      out[#out + 1] = '}'
    end
    for _, k in ipairs { '${KEYS.join("', '")}' } do out[#out + 1] = k .. ':' show(_home[k]) end
    out[#out + 1] = 'captured:' show(_home.get())
    if all then for i = 1, ${NODES} do out[#out + 1] = i .. ':' show(T[i]) end end
    return table.concat(out, ' ')
  end
  T = {}
  for i = 1, ${NODES} do T[i] = {} end`;

const STORED = 'local captured = 0 function _home.get() return captured end function _home.set(v) captured = v end';

class Model {
  constructor() {
    this.home = new Map();
    this.captured = 0;
    this.nodes = Array.from({ length: NODES }, () => this.node(false));
    this.all = this.nodes.slice();
  }

  node(isExternal) {
    const node = { isExternal, fields: new Map() };
    this.all?.push(node);
    return node;
  }

  promote(value) {
    if (typeof value !== 'object' || value === undefined || value.isExternal) return;
    value.isExternal = true;
    for (const field of value.fields.values()) this.promote(field);
  }

  /** Captured variables are written: where a transaction begins or ends, and at the end of a compute. */
  write() {
    this.promote(this.captured);
  }

  begin() {
    this.write();
    const external = this.all.filter(({ isExternal }) => isExternal);
    return { home: new Map(this.home), captured: this.captured, external: new Map(external.map((node) => [node, new Map(node.fields)])) };
  }

  rollBack({ home, captured, external }) {
    this.home = home;
    this.captured = captured;
    for (const node of this.all) {
      node.isExternal = external.has(node);
      if (node.isExternal) node.fields = external.get(node);
    }
  }

  dump(all) {
    const seen = new Map();
    const out = [];
    const show = (value) => {
      if (value === undefined) { out.push('nil'); return; }
      if (typeof value !== 'object') { out.push(String(value)); return; }
      if (seen.has(value)) { out.push(`#${seen.get(value)}`); return; }
      seen.set(value, seen.size + 1);
      out.push(`${value.isExternal ? 'E' : 'P'}${seen.get(value)}{`);
      for (const field of FIELDS) {
        if (!value.fields.has(field)) continue;
        out.push(`${field}=`);
        show(value.fields.get(field));
      }
      out.push('}');
    };
    for (const key of KEYS) { out.push(`${key}:`); show(this.home.get(key)); }
    out.push('captured:');
    show(this.captured);
    if (all) for (let at = 0; at < NODES; at += 1) { out.push(`${at + 1}:`); show(this.nodes[at]); }
    return out.join(' ');
  }
}

class Stop extends Error {}

/** Makes a program, and does what it does to the model. */
class Program {
  constructor(random, model) {
    this.random = random;
    this.model = model;
    this.lines = [];
    this.stops = false;
  }

  pick(list) {
    return list[this.random(list.length)];
  }

  /** A value: its text, and the model's. */
  value() {
    const at = this.random(NODES);
    if (this.random(3) > 0) return [`T[${at + 1}]`, this.model.nodes[at]];
    const number = this.random(100);
    return [String(number), number];
  }

  step(depth) {
    const { model } = this;
    const at = this.random(NODES);
    const [text, value] = this.value();
    switch (this.random(9)) {
      case 0: case 1: {
        const key = this.pick(KEYS);
        this.lines.push(`_home.${key} = ${text}`);
        model.promote(value);
        model.home.set(key, value);
        break;
      }
      case 2: {
        const key = this.pick(KEYS);
        this.lines.push(`_home.${key} = nil`);
        model.home.delete(key);
        break;
      }
      case 3: case 4: {
        const [node, field] = [model.nodes[at], this.pick(FIELDS)];
        this.lines.push(`T[${at + 1}].${field} = ${text}`);
        if (node.isExternal) model.promote(value);
        node.fields.set(field, value);
        break;
      }
      case 5: {
        const field = this.pick(FIELDS);
        this.lines.push(`T[${at + 1}].${field} = nil`);
        model.nodes[at].fields.delete(field);
        break;
      }
      case 6:
        this.lines.push(`_home.set(${text})`);
        model.captured = value;
        break;
      case 7: {
        const isExternal = this.random(2) === 0;
        this.lines.push(`T[${at + 1}] = ${isExternal ? 'ext.table()' : '{}'}`);
        model.nodes[at] = model.node(isExternal);
        break;
      }
      default:
        if (this.random(20) === 0) this.lines.push('collectgarbage()');
        else if (depth < 5) this.transaction(depth + 1);
    }
  }

  transaction(depth) {
    const saved = this.model.begin();
    this.lines.push('pcall(ext.transaction, function()');
    try {
      for (let steps = this.random(8); steps > 0; steps -= 1) this.step(depth);
      if (this.random(12) === 0 && !this.stops) {
        this.stops = true;
        this.lines.push('while true do end');
        throw new Stop();
      }
      if (this.random(2) === 0) {
        this.lines.push('error("no")');
        this.model.rollBack(saved);
      } else if (depth === 1 && !this.isAtomic) {
        this.model.write();
      }
    } catch (error) {
      this.model.rollBack(saved);
      throw error;
    } finally {
      this.lines.push('end)');
    }
  }

  /** The whole compute; whether it fails. `isOutermost` where a transaction in it lies in no other one. */
  compute(isUndone, isOutermost) {
    this.isAtomic = !isOutermost;
    const saved = isUndone ? this.model.begin() : undefined;
    try {
      for (let steps = 1 + this.random(10); steps > 0; steps -= 1) this.step(0);
      if (this.random(6) === 0) {
        this.lines.push('error("no")');
        throw new Stop();
      }
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      if (isUndone) this.model.rollBack(saved);
      else this.model.write();
      return true;
    }
    this.model.write();
    return false;
  }
}

test('random programs do what the model does', async (t) => {
  t.diagnostic(`CU_SEED=${seed}`);
  const random = randomBelow(seed);
  let [failed, deepest] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    cu.compute(STORED);
    cu.compute(PRELUDE);
    const model = new Model();
    const computes = [];
    /** The model at the beginning of the host's transaction. */
    let open;
    for (let compute = 0; compute < 15; compute += 1) {
      if (open === undefined && random(6) === 0) {
        cu.begin();
        open = model.begin();
        computes.push('-- begin');
      }
      const atomic = [false, true, 'host'][random(3)];
      const program = new Program(random, model);
      const fails = program.compute(atomic !== false || open !== undefined, atomic !== true && open === undefined);
      const code = program.lines.join('\n');
      computes.push(`-- atomic ${atomic}\n${code}`);
      const where = () => `CU_SEED=${seed} round ${round} compute ${compute}:\n${computes.join('\n')}`;
      failed += fails ? 1 : 0;
      deepest = Math.max(deepest, code.split('pcall').length - 1);
      try {
        cu.compute(code, { atomic, instructions: 3_000_000 });
        assert.ok(!fails, where());
      } catch (error) {
        assert.ok(fails, `${error.message}\n${where()}`);
      }
      assert.equal(cu.compute('return dump(true)').value, model.dump(true), where());
      if (open !== undefined && random(3) === 0) {
        if (random(2) === 0) {
          cu.commit();
          computes.push('-- commit');
        } else {
          cu.rollBack();
          model.rollBack(open);
          computes.push('-- roll back');
        }
        open = undefined;
        assert.equal(cu.compute('return dump(true)').value, model.dump(true), where());
      }
      if (open === undefined) assert.equal(store.size(0x80000005), 0, where());
      if (open === undefined && random(5) === 0) cu.runGc();
    }
    if (open !== undefined) {
      // As after a host that died.
      model.rollBack(open);
      inside(cu).unit.turn.release(inside(cu).unit);
    }
    const again = await Cu.create({ module, store });
    again.compute(PRELUDE);
    assert.equal(again.compute('return dump(false)').value, model.dump(false), `CU_SEED=${seed} round ${round}, after a restart`);
  }
  t.diagnostic(`${failed} computes failed, at most ${deepest} transactions in one`);
  assert.ok(failed > rounds);
});
