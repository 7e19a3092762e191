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
  return (tostring(v):gsub('0x%x+', '0x'))
end
local function try(f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = show(r[i]) end
  print(table.concat(r, ' ', 1, r.n))
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
      const lines = at === 0 ? [...CLASSES, ...OBJECTS].map((name) => `_home.${name} = { n = ${this.random(9)} }`) : [];
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
      case '__index': return this.one([this.cls(), 'nil', `function(t, k) return '${this.random(9)}' .. tostring(k) end`, `function(t, k) return rawget(t, 'n') end`]);
      case '__newindex': return this.one([this.cls(), 'nil', `function(t, k, v) rawset(t, k, v == nil and 7 or v) end`, `function(t, k, v) error('no ' .. tostring(k)) end`]);
      case '__name': return this.one([`'Name${this.random(9)}'`, '5', 'nil']);
      case '__metatable': return this.random(4) === 0 ? `'locked'` : 'nil';
      case '__len': return `function(t) return ${this.random(20)} end`;
      case '__tostring': return this.one([`function(t) return 'text' .. tostring(rawget(t, 'n')) end`, `function() return 5 end`, 'nil']);
      case '__pairs': return this.one([`function(t) return function(_, k) if not k then return 1, rawget(t, 'n') end end, t, nil end`, 'nil']);
      case '__close': return `function(t, e) print('close', show(t), e and 'error' or 'end') end`;
      case '__call': return this.one([`function(t, ...) return 'called', select('#', ...), ... end`, 'nil']);
      default: return this.one([`function(a, b) return ${this.random(99)} end`, `function(a, b) return a end`, `function(a, b) error({}) end`, `function(a, b) return rawget(a, 'n') end`, 'nil']);
    }
  }

  statement() {
    const [o, p] = [this.object(), this.object()];
    switch (this.random(24)) {
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
      case 15: return `try(function() return coroutine.wrap(function() return ${o}.n, ${o}:${this.one(KEYS)}(1) end)() end)`;
      default: return this.operation(o, p);
    }
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
