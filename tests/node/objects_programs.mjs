// Random programs about objects: classes, inheritance, operators, in some computes, of which each sees what the ones before left in
// `_home` and nothing else.

import { randomBelow } from '../../host-js/test/random.js';

/** In one line before each compute: values in words that do not tell where something lies, and calls whose errors are shown. */
const PRELUDE = `
local function show(v)
  if type(v) == 'table' then
    for _, name in ipairs { 'C1', 'C2', 'C3', 'o1', 'o2', 'o3', 'o4' } do if rawequal(rawget(_home, name), v) then return name end end
    return 'table'
  end
  if type(v) == 'function' then return 'function' end
  if math.type(v) == 'float' then return string.format('%.14g', v) end
  return (string.gsub(tostring(v), '0x%x+', '0x'))
end
local function try(f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = show(r[i]) end
  print(table.concat(r, ' ', 1, r.n))
end
local transaction = ext and ext.transaction or function(f, ...) return f(...) end
local function waits(f, ...)
  local co, values = coroutine.create(f), table.pack(...)
  for turn = 1, 9 do
    local r = table.pack(coroutine.resume(co, table.unpack(values, 1, values.n)))
    for i = 1, r.n do r[i] = show(r[i]) end
    print('turn', table.concat(r, ' ', 1, r.n))
    if coroutine.status(co) == 'dead' then return end
    values = { turn, n = 1 }
  end
  local ok, e = coroutine.close(co)
  print('closed', ok, show(e))
end
`.replaceAll('\n', ' ');

const CLASSES = ['C1', 'C2', 'C3'];
const OBJECTS = ['o1', 'o2', 'o3', 'o4'];
const KEYS = ['n', 'k', 'm', 'go', 'x'];
const BINARY = { __add: '+', __sub: '-', __mul: '*', __div: '/', __mod: '%', __pow: '^', __idiv: '//', __band: '&', __bor: '|', __bxor: '~', __shl: '<<', __shr: '>>', __concat: '..', __lt: '<', __le: '<=', __eq: '==' };
const EVENTS = [...Object.keys(BINARY), '__index', '__newindex', '__call', '__len', '__unm', '__bnot', '__tostring', '__name', '__pairs', '__close', '__metatable'];

export class Program {
  /** What each compute runs. */
  computes = [];

  constructor(seed) {
    this.seed = seed;
    this.random = randomBelow(seed);
    const count = 2 + this.random(4);
    for (let at = 0; at < count; at++) {
      const lines = at === 0 ? ['g', ...CLASSES, ...OBJECTS].map((name) => `_home.${name} = { n = ${this.random(9)} }`) : [];
      for (let line = 3 + this.random(14); line > 0; line--) lines.push(this.statement());
      this.computes.push(`${PRELUDE}\n${lines.join('\n')}`);
    }
  }

  one(list) {
    return list[this.random(list.length)];
  }

  cls() {
    return `_home.${this.one(CLASSES)}`;
  }

  object() {
    return this.random(8) === 0 ? this.cls() : `_home.${this.one(OBJECTS)}`;
  }

  key() {
    return this.random(6) === 0 ? `[${1 + this.random(3)}]` : `.${this.one(KEYS)}`;
  }

  value() {
    switch (this.random(7)) {
      case 0: return 'nil';
      case 1: return `'s${this.random(9)}'`;
      case 2: return this.object();
      case 3: return `function(...) return select('#', ...), ${this.random(9)} end`;
      default: return String(this.random(100));
    }
  }

  /** A handler of an event. */
  handler(event) {
    switch (event) {
      case '__index': return this.one([this.cls(), this.object(), 'nil', '5', `'text'`, `function(t, k) return coroutine.yield(k) end`, `function(t, k) error('no ' .. tostring(k), 2) end`, `function(t, k) local c <close> = ${this.object()} return 'closes' end`, `function(t, k) setmetatable(t, ${this.cls()}) return rawget(t, 'n') end`, `function(t, k) return '${this.random(9)}' .. tostring(k) end`, `function(t, k) return rawget(t, 'n') end`]);
      case '__newindex': return this.one([this.cls(), this.object(), 'nil', '5', `function(t, k, v) rawset(t, k, coroutine.yield(k)) end`, `function(t, k, v) error('no ' .. tostring(k), 2) end`, `function(t, k, v) setmetatable(t, nil) t[k] = v end`, `function(t, k, v) rawset(${this.cls()}, k, v) end`, `function(t, k, v) rawset(t, k, v == nil and 7 or v) end`, `function(t, k, v) error('no ' .. tostring(k)) end`]);
      case '__name': return this.one([`'Name${this.random(9)}'`, '5', 'nil']);
      case '__metatable': return this.random(4) === 0 ? `'locked'` : 'nil';
      case '__len': return this.one([`function(t) return ${this.random(20)} end`, `function(t) return coroutine.yield('len') end`, `function(t) error('no length', 2) end`, `function(t) return #${this.cls()}.n end`]);
      case '__tostring': return this.one([`function(t) return 'text' .. tostring(rawget(t, 'n')) end`, `function() return 5 end`, 'nil']);
      case '__pairs': return this.one([`function(t) return function(_, k) if not k then return 1, rawget(t, 'n') end end, t, nil end`, 'nil']);
      case '__close': return this.one([`function(t, e) print('close', show(t), e and 'error' or 'end') end`, `function(t, e) print('close waits', coroutine.isyieldable() and coroutine.yield('close')) end`, `function(t, e) error('close fails', 0) end`, 'nil']);
      case '__call': return this.one([this.object(), `function(t, ...) return coroutine.yield('call', ...) end`, `function(t, ...) return 'called', select('#', ...), ... end`, 'nil']);
      default: return this.one([this.object(), `function(a, b) return coroutine.yield('${event}') end`, `function(a, b) error('refused', 2) end`, `function(a, b) return ${this.random(99)} end`, `function(a, b) return a end`, `function(a, b) error({}) end`, `function(a, b) return rawget(a, 'n') end`, 'nil']);
    }
  }

  statement() {
    const [o, p] = [this.object(), this.object()];
    switch (this.random(36)) {
      case 0: case 1: {
        const event = this.one(EVENTS);
        return `try(function() ${this.cls()}.${event} = ${this.handler(event)} end)`;
      }
      case 2: return `try(function() function ${this.cls()}:${this.one(KEYS)}(a) return show(self), a, self.n end end)`;
      case 3: case 4: return `try(setmetatable, ${o}, ${this.random(6) === 0 ? 'nil' : this.cls()})`;
      case 5: {
        const event = this.one(EVENTS);
        return `try(setmetatable, ${o}, { ${event} = ${this.handler(event)} })`;
      }
      case 6: return `do local p = setmetatable({ n = ${this.random(99)} }, ${this.cls()}) ${this.operation('p', p)} try(function() _home.${this.one(OBJECTS)} = p end) ${this.operation('p', o)} end`;
      case 7: return `do local class = { __index = ${this.cls()} } class.${this.one(KEYS)} = ${this.value()} local a, b = setmetatable({}, class), setmetatable({ n = 2 }, class) try(function() _home.${this.one(OBJECTS)} = a end) class.__add = function() return 'late' end try(function() return a + 1 end) try(function() return b + 1 end) try(function() return b.n, b.k end) end`;
      case 8: return `try(function() ${o}${this.key()} = ${this.value()} end)`;
      case 9: return `try(function() _home.${this.one(OBJECTS)} = { n = ${this.random(9)}, k = ${this.object()} } end)`;
      case 10: return `try(function() return getmetatable(${o}) end) try(function() return getmetatable(${o}) == ${this.cls()} end)`;
      case 11: return `try(rawset, ${o}, '${this.one(KEYS)}', ${this.random(9)}) try(rawget, ${o}, '${this.one(KEYS)}')`;
      case 12: return `try(function() local names = {} for k in next, ${o} do names[#names + 1] = tostring(k) end table.sort(names) return table.concat(names, ' ') end)`;
      case 13: return `try(function() local c <close> = ${o} return 'body' end)`;
      case 14: return 'collectgarbage()';
      case 24: case 25: return `waits(function() ${this.operations()} end)`;
      case 26: return `try(function(...) for i = 1, 2 do local c <close> = ${o} if i == 2 then goto out end local d <close> = ${p} end ::out:: return select('#', ...), ..., ${o}.n end, ${this.value()}, 'b')`;
      case 27: return `try(function() local _ENV = setmetatable({ tostring = tostring }, { __index = ${o}, __newindex = ${p} }) n = n return n, k, tostring(x) end)`;
      case 28: return `try(function() local f = load('k = n x = 5 return k, m, x', '=loaded', 't', ${o}) return f() end)`;
      case 29: return this.one([`try(table.unpack, ${o}, 1, 3)`, `try(table.concat, setmetatable({ 1, 2 }, ${this.cls()}), ',', 1, 3)`, `try(function() return table.unpack(table.move(${o}, 1, 3, 1, {}), 1, 3) end)`, `try(function() local t = {} for i, v in ipairs(${o}) do if i > 4 then break end t[i] = show(v) end return table.concat(t, ' ') end)`, `try(string.rep, ${o}, 2)`, `try(string.format, '%s', ${o})`]);
      case 30: return `do local mt = getmetatable('') local old = mt.__index mt.__index = ${o} try(function() return ('s').n, ('s').k, ('s').m end) mt.__index = old end`;
      case 31: return `do local w = setmetatable({}, ${this.cls()}) try(rawset, w, 1, {}) try(rawset, w, 'k', ${o}) collectgarbage() collectgarbage() try(rawget, w, 1) try(rawget, w, 'k') end`;
      case 32: return `do local kept = setmetatable({ n = ${this.random(9)} }, ${this.cls()}) try(function() function _home.f(...) kept.k = kept.n return kept.n, kept + ..., kept end end) end try(function() return _home.f and _home.f(${this.value()}) end)`;
      case 33: return `try(function() return transaction(function(...) ${this.statement().replaceAll('\n', ' ')} return ${o}.n, ... end, 1) end)`;
      case 34: return `try(function() local a, b = setmetatable({}, ${this.cls()}), setmetatable({ n = 3 }, { __index = ${o} }) setmetatable(a, b) b.__newindex = ${p} _home.${this.one(OBJECTS)} = a a.k = b.n return a.n, a.k, b.k end)`;
      case 35: return `do local g = _home.g g.__gc = function(o) print('collected', rawget(o, 'n'), show(${o})) end local p = setmetatable({ n = ${this.random(9)} }, g) p = nil collectgarbage() collectgarbage() g.__gc = nil local w = setmetatable({}, g) g.__mode = ${this.one([`'k'`, `'v'`, 'nil', '5'])} w[{}] = 1 w[1] = {} collectgarbage() collectgarbage() print(next(w) ~= nil, w[1] ~= nil) end`;
      case 15: return `try(function() return coroutine.wrap(function() return ${o}.n, ${o}:${this.one(KEYS)}(1) end)() end)`;
      default: return this.operation(o, p);
    }
  }

  /** Some of them, one after the other in one function. */
  operations() {
    return Array.from({ length: 1 + this.random(3) }, () => this.operation(this.object(), this.object())).join(' ');
  }

  /** Something with two values. */
  operation(a, b) {
    switch (this.random(14)) {
      case 0: case 1: case 2: return `try(function() return ${a}${this.key()} end)`;
      case 3: return `try(function() return ${a}:${this.one(KEYS)}(${this.random(9)}) end)`;
      case 4: return `try(function() return ${a} ${this.one(Object.values(BINARY))} ${b} end)`;
      case 5: return `try(function() return ${a} ${this.one(Object.values(BINARY))} ${this.random(9)} end)`;
      case 6: return `try(function() return '1' ${this.one(Object.values(BINARY))} ${a} end)`;
      case 7: return `try(function() return ${this.one(['-', '~'])}${a} end)`;
      case 8: return `try(function() return ${a}(${this.random(9)}, 'b') end)`;
      case 9: return `try(function() return tostring(${a}) end)`;
      case 10: return `try(function() return ${a} == ${b}, ${a} ~= ${b}, rawequal(${a}, ${b}) end)`;
      case 11: return `try(function() local mt = getmetatable(${a}) if type(mt) == 'table' and rawget(mt, '__len') then return #${a} end end)`;
      case 12: return `try(function() local mt = getmetatable(${a}) if type(mt) == 'table' and rawget(mt, '__pairs') then local t = {} for k, v in pairs(${a}) do t[#t + 1] = show(k) .. show(v) end return table.concat(t, ' ') end end)`;
      default: return `try(function() ${a}${this.key()} = ${this.random(9)} return ${a}${this.key()} end)`;
    }
  }
}
