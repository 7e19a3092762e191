// Random programs that call functions of the host, for waits_model.test.mjs. The functions: waits_functions.mjs.
//
// A program prints a trace of what it does, and returns values. It ends: whatever is called, and each turn of a loop, takes one of a
// fixed number of steps, after which everything raises "no steps left", which the program may catch like any other error. It says nothing that
// differs between two runs: no addresses, no order of keys, nothing that depends on when the collector runs. What it is made of:
//
// - blocks in blocks, with locals of known kinds: integers, strings, lists, functions, objects, coroutines. An expression of a kind takes
//   locals of the blocks around, so closures capture them.
// - objects, whose metamethods of every kind call the host, are functions of the host themselves, or yield.
// - coroutines made by `create` and `wrap`, in others, that yield and are resumed, closed, wrapped around, out of turn, too.
// - variables to be closed, left by return, break, goto, an error, or with their coroutine.
// - errors with values of every type and level, caught by pcall and xpcall, and thrown again.
//
// A call of a function of the host in the place of a tail call raises no string: its place in the program would be that of another function in
// native Lua, where functions of the host are Lua's.

import { Expressions, Scope } from './waits_expressions.mjs';

/** What runs before all programs: what each of them begins with, by its name and its number of steps. */
export const PRELUDE = `function begin(id, steps)
  local function step() steps = steps - 1 if steps < 0 then error("no steps left") end end
  local function show(value, depth)
    local kind = type(value)
    if kind == "string" then return string.format("%q", value) end
    if kind == "thread" then return "thread " .. coroutine.status(value) end
    if kind == "function" then return "function" end
    if kind ~= "table" then return tostring(value) end
    if getmetatable(value) then return "object" end
    if depth > 3 then return "deep" end
    local keys, parts = {}, {}
    for key in next, value do keys[#keys + 1] = key end
    table.sort(keys, function(a, b) if type(a) == type(b) then return a < b end return type(a) == "number" end)
    for at, key in ipairs(keys) do parts[at] = tostring(key) .. "=" .. show(value[key], depth + 1) end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  local function shown(...)
    local parts = {}
    for at = 1, select("#", ...) do parts[at] = show((select(at, ...)), 1) end
    return table.concat(parts, " ")
  end
  local function trace(...) print(id .. " " .. shown(...)) end
  local function int(value) if math.type(value) == "integer" then return value end return value == nil and -1 or value == false and -2 or -3 end
  local function str(value) if type(value) == "string" then return value end return shown(value) end
  return step, shown, trace, int, str
end
`;

const METAMETHODS = ['__index', '__newindex', '__call', '__add', '__sub', '__mul', '__mod', '__idiv', '__band', '__shl', '__bnot', '__unm', '__concat', '__len', '__eq', '__lt', '__le', '__close'];

export class Generator extends Expressions {
  /** The statements of the program; they print what they do. */
  body() {
    const scope = new Scope(undefined, { hasRest: true });
    scope.ints.push(...this.shared);
    if (!this.isSmall) {
      this.declare('objs', scope);
      this.declare('funs', scope);
    }
    this.statements(scope, 40);
    const results = Array.from({ length: this.random(4) }, () => this.any(scope));
    this.line(this.chance(4) ? `return ${this.tail(scope)}` : `return ${results.join(', ') || 'nil'}`);
    return this.lines.join('\n');
  }

  statements(scope, most) {
    const count = 1 + this.random(Math.min(most, 6 + (scope.depth === 0 ? 20 : 0)));
    for (let at = 0; at < count && this.left > 0; at += 1) {
      this.left -= 1;
      if (scope.depth === 0 && this.chance(2)) this.part(scope);
      else this.statement(scope);
    }
  }

  /** Collections are charged for what there is to collect, so some programs have none. */
  garbage() {
    return this.seed % 2 === 0 ? this.choose(['collectgarbage()', 'collectgarbage("step")']) : 'host.none()';
  }

  /** What fails here does not end the program. */
  part(scope) {
    this.line('trace("part", pcall(function(...)');
    this.block(scope);
    this.line('end, ...))');
  }

  block(scope, changes) {
    this.statements(new Scope(scope, changes), scope.depth > 5 ? 1 : 5);
  }

  statement(scope) {
    const deep = scope.depth > 6;
    switch (this.random(deep ? 9 : 27)) {
      case 0: case 1: case 2: return this.line(`trace("t${this.random(10)}", ${this.chance(2) ? this.any(scope) : this.many(scope, 0)})`);
      case 3: return this.declare('ints', scope);
      case 4: return this.declare(this.choose(['ints', 'strs', 'lists']), scope);
      case 5: return this.assign(scope);
      case 6: return this.line(`${this.choose(['host.none()', this.garbage(), this.garbage(), `trace(pcall(host.raise, ${this.choose(['"x"', '{ 1 }', 'nil'])}))`, `trace(pcall(host.fail, "p"))`])}`);
      case 7: return this.library(scope);
      case 8: return this.chance(3) ? this.leave(scope) : this.assign(scope);
      case 9: case 10: return this.declare('funs', scope);
      case 11: return this.declare('objs', scope);
      case 12: case 13: return this.caught(scope);
      case 14: case 15: return this.closing(scope);
      case 16: case 17: return this.loop(scope);
      case 18: {
        this.line(`if ${this.condition(scope)} then`);
        this.block(scope);
        if (this.chance(2)) {
          this.line('else');
          this.block(scope);
        }
        return this.line('end');
      }
      case 19: return this.recursion(scope);
      default: return this.coroutines ? this.coroutine(scope) : this.closing(scope);
    }
  }

  declare(kind, scope) {
    const name = this.name();
    if (kind === 'funs') {
      this.line(this.chance(2) ? `local function ${name}(a, ...)` : `local ${name} = function(a, ...)`);
      this.functionBody(scope, { hasRest: true, inCoroutine: scope.inCoroutine });
      this.line('end');
    } else if (kind === 'objs') this.object(name, scope);
    else {
      const value = { ints: () => this.int(scope), strs: () => this.str(scope), lists: () => this.list(scope) }[kind]();
      this.line(`local ${name} = ${value}`);
    }
    scope[kind].push(name);
  }

  functionBody(scope, changes) {
    const inside = new Scope(scope, { inLoop: false, label: undefined, ...changes });
    this.line('step() a = int(a)');
    inside.ints.push('a');
    this.statements(inside, scope.depth > 4 ? 2 : 5);
    this.line(this.chance(3) ? `do return ${this.tail(inside)} end` : `do return ${this.int(inside)}, ${this.chance(2) ? this.any(inside) : this.many(inside, 1)} end`);
  }

  object(name, scope) {
    this.line(`local ${name} = setmetatable({ id = ${this.random(9)} }, { __name = "object",`);
    for (const event of METAMETHODS) {
      if (this.chance(16) && event !== '__close') continue;
      if (this.chance(6)) {
        const direct = { __index: 'host.cat', __call: 'host.echo', __len: 'host.none', __concat: 'nil' }[event];
        if (direct === 'host.echo' || direct === 'host.cat') {
          // An object is no argument for the host: that is an error, with its words.
          this.line(`${event} = function(o, k) step() return host.cat(k, "direct") end,`);
          continue;
        }
      }
      this.line(`${event} = function(o, k, v, ...) step() trace("${event}"${event === '__index' || event === '__close' ? ', k' : ''})`);
      if (this.chance(4)) this.line(`${this.choose([this.garbage(), 'host.none()', `trace(pcall(host.fail, "in ${event}"))`])}`);
      if (this.chance(14)) this.line(`if ${this.condition(scope, 2)} then ${this.error(scope)} end`);
      if (this.coroutines && this.chance(12)) this.line('trace("again", coroutine.yield("from", int(v)))');
      const value = { __newindex: 'rawset(o, k, host.add(int(v), 1))', __close: 'trace("closed", host.add(o.id, 1))', __concat: 'return host.cat(type(o), type(k))' }[event];
      const boolean = event === '__eq' || event === '__lt' || event === '__le';
      this.line(`${value ?? (boolean ? 'return host.lt(rawlen(o), int(v))' : `return host.add(${this.int(scope, 2)}, type(k) == "number" and k or 5)`)} end,`);
    }
    this.line('})');
  }

  assign(scope) {
    const name = scope.ints.length > 0 ? this.choose(scope.ints) : undefined;
    return this.line(this.choose([
      () => (name ? `${name} = ${this.int(scope)}` : 'host.none()'),
      () => (scope.lists.length > 0 ? `${this.choose(scope.lists)}[${1 + this.random(3)}] = ${this.int(scope)}` : 'host.none()'),
      () => (scope.objs.length > 0 ? `${this.choose(scope.objs)}.${this.choose(['x', 'y', 'z'])} = ${this.int(scope)}` : 'host.none()'),
      () => (scope.ints.length > 1 ? `${name}, ${this.choose(scope.ints)} = ${this.int(scope)}, int((host.pick(2)))` : 'host.none()'),
      () => (scope.strs.length > 0 ? `${this.choose(scope.strs)} = ${this.str(scope)}` : 'host.none()'),
      () => (name ? `${name} = ${name} + host.add(${name}, 1)` : 'host.none()'),
    ])());
  }

  library(scope) {
    const choices = [
      () => `do local t = ${this.list(scope, 1)} table.sort(t, function(a, b) step() return int(a) > int(b) end) trace(t) end`,
      () => `trace(("a1b2"):gsub("%w", function(c) return c .. #c end))`,
      () => `trace(table.unpack({ host.pick(${this.random(4)}) }))`,
      () => `trace(select(-1, host.pick(${1 + this.random(3)})))`,
      () => `trace(load("return host.add(...)")(3, ${this.int(scope, 2)}))`,
      () => `do local t = table.pack(${this.many(scope, 0)}) trace(t.n, t) end`,
      () => `trace(next({}), type(${this.any(scope)}), rawequal(host.add, host.add))`,
    ];
    if (this.across) {
      choices.push(
        () => 'trace("sorted", pcall(table.sort, { 3, 1, 2 }, function(a, b) return host.lt(a, b) end) ~= nil)',
        () => 'trace("matched", pcall(string.gsub, "ab", "%w", host.echo) ~= nil)',
      );
    }
    this.line(this.choose(choices)());
  }

  leave(scope) {
    const ways = [`do return ${this.tail(scope)} end`, `do return ${this.int(scope)} end`, `do ${this.error(scope)} end`];
    if (scope.inLoop) ways.push('do break end', 'do break end');
    if (scope.label) ways.push(`do goto ${scope.label} end`, `do goto ${scope.label} end`);
    this.line(`if ${this.condition(scope)} then ${this.choose(ways)} end`);
  }

  caught(scope) {
    const way = this.random(4);
    const name = this.name();
    if (way === 0) this.line('trace("xpcall", xpcall(function(a, ...)');
    else if (way === 1) this.line(`local ${name} = table.pack(pcall(function(a, ...)`);
    else this.line('trace("pcall", pcall(function(a, ...)');
    this.line('step() a = int(a)');
    const inside = new Scope(scope, { inLoop: false, label: undefined, hasRest: true });
    inside.ints.push('a');
    this.statements(inside, 5);
    if (!this.chance(3)) this.line(`do ${this.error(inside)} end`);
    else this.line(`do return ${this.tail(inside)} end`);
    const handler = this.choose(['function(e) step() return { handled = shown(e) } end', 'function(e) trace("handler", e) return e end', 'function(e) error("again") end', 'print']);
    if (way === 0) this.line(`end, ${handler === 'print' ? 'function(...) return ... end' : handler}${this.chance(2) ? `, ${this.int(scope, 1)}, ${this.many(scope, 1)}` : ''}))`);
    else if (way === 1) {
      this.line(`end${this.chance(2) ? `, ${this.int(scope, 1)}` : ''})) trace(${name})`);
      if (this.chance(4)) this.line(`if not ${name}[1] then error(${name}[2], 0) end`);
    } else this.line(`end${this.chance(2) ? `, ${this.int(scope, 1)}` : ''}))`);
  }

  closing(scope) {
    const label = this.name();
    this.line('do');
    const inside = new Scope(scope, { label });
    for (let count = 1 + this.random(3); count > 0; count -= 1) {
      const name = this.name();
      const number = this.random(100);
      const body = this.choose([
        () => `trace("close ${number}", host.add(${number}, 1), e)`, () => `trace("close ${number}", e) host.none() trace("still", e == nil)`,
        () => `trace("close ${number}", pcall(host.fail, "closing")) ${this.chance(2) ? `error("from close ${number}")` : ''}`,
        () => `trace("close ${number}") ${this.error(scope)}`, () => `trace("close ${number}", ${this.int(inside, 1)})`,
      ])();
      if (this.chance(8)) this.line(`local ${name} <close> = ${this.choose(['nil', 'false'])}`);
      else if (scope.objs.length > 0 && this.chance(4)) this.line(`local ${name} <close> = ${this.choose(scope.objs)}`);
      else this.line(`local ${name} <close> = setmetatable({}, { __close = function(o, e, ...) ${body} end })`);
      if (this.chance(3)) this.statements(inside, 2);
    }
    this.block(inside);
    if (this.chance(2)) this.leave(inside);
    this.line(`end ::${label}:: step()`);
  }

  loop(scope) {
    const name = this.name();
    const inside = new Scope(scope, { inLoop: true });
    const skip = this.name();
    inside.label = undefined;
    switch (this.random(7)) {
      case 0: this.line(`for ${name} = 1, ${this.chance(2) ? 3 : `1 + ${this.int(scope, 2)} % 3`} do`); inside.ints.push(name); break;
      case 1: this.line(`local ${name} = 0 while host.lt(${name}, ${this.random(4)}) do ${name} = ${name} + 1`); break;
      case 2: this.line(`for ${name}, ${name}b in host.next do`); inside.ints.push(name, `${name}b`); break;
      case 3: this.line(`for _, ${name} in ipairs(${this.list(scope, 1)}) do`); inside.ints.push(name); break;
      case 4: this.line(`for ${name} in (function() local i = 0 return function() i = host.add(i, 1) if i < 4 then return i end end end)() do`); inside.ints.push(name); break;
      case 5: {
        if (!this.coroutines) return this.line('host.none()');
        this.line(`for ${name} in coroutine.wrap(function(...) for i = 1, 3 do local r = coroutine.yield(host.add(i, ${this.int(scope, 2)})) trace("resumed", r) end end) do`);
        inside.ints.push(name);
        break;
      }
      default: this.line(`for ${name} in host.next, nil, nil, setmetatable({}, { __close = function(_, e) trace("loop closed", host.add(1, 2), e) end }) do`); inside.ints.push(name); break;
    }
    this.line('step() do');
    this.block(inside);
    if (this.chance(3)) this.line(`if ${this.condition(inside)} then ${this.choose(['break', `goto ${skip}`])} end`);
    this.line(`end ::${skip}:: end`);
  }

  recursion(scope) {
    const name = this.name();
    const depth = this.choose([3, 10, 30, 80]);
    this.line(this.choose([
      `local function ${name}(n, s) step() if n == 0 then return host.add(s, 1) end return ${name}(n - 1, s + n) end`,
      `local function ${name}(n, s) if n == 0 then return host.add(s, 1) end local r = ${name}(n - 1, s + n) return r + 1 end`,
      `local function ${name}(n, s, ...) if n == 0 then ${this.error(scope)} end local r = ${name}(n - 1, s + n) return r + 1 end`,
    ]));
    this.line(`trace("deep", ${this.choose(['pcall(', ''])}${name}`.endsWith(`pcall(${name}`) ? `trace("deep", pcall(${name}, ${depth}, 1))` : `trace("deep", pcall(function() return (${name}(${depth}, 2)) end))`);
  }

  coroutine(scope) {
    const name = this.name();
    const way = this.random(9);
    if (way === 7 && scope.threads.length > 0) return this.outOfTurn(this.choose(scope.threads), scope);
    if (way === 8) return this.line(`trace("self", coroutine.isyieldable(), select(2, coroutine.running()), coroutine.status((coroutine.running())))`);
    const isWrap = this.chance(2);
    if (this.chance(8)) this.line(`local ${name} = coroutine.${isWrap ? 'wrap' : 'create'}(${this.choose(['host.echo', 'host.fail', 'host.raise', 'host.add'])})`);
    else {
      this.line(`local ${name} ${name} = coroutine.${isWrap ? 'wrap' : 'create'}(function(a, ...)`);
      const around = new Scope(scope);
      around[isWrap ? 'wraps' : 'threads'].push(name);
      this.functionBody(around, { hasRest: true, inCoroutine: true });
      this.line('end)');
    }
    scope[isWrap ? 'wraps' : 'threads'].push(name);
    const count = 1 + this.random(4);
    if (isWrap) {
      for (let at = 0; at < count; at += 1) this.line(`trace("wrap", pcall(${name}, ${this.args(scope, 1) || at}))`);
    } else if (this.chance(2)) {
      this.line(`for i = 1, ${count} do trace("resume", coroutine.resume(${name}, i, ${this.many(scope, 1)})) trace(coroutine.status(${name})) end`);
    } else {
      this.line(`while coroutine.status(${name}) ~= "dead" do step() trace("resume", coroutine.resume(${name}, ${this.args(scope, 1) || '1'})) end`);
    }
    if (this.chance(3) && !isWrap) this.outOfTurn(name, scope);
  }

  outOfTurn(name, scope) {
    this.line(this.choose([
      () => `trace("close", coroutine.close(${name}))`, () => `trace("close", pcall(coroutine.close, ${name}))`,
      () => `trace("status", coroutine.status(${name}), coroutine.isyieldable(${name}))`, () => `trace("resume", coroutine.resume(${name}, ${this.int(scope, 1)}))`,
      () => `trace("yield", pcall(coroutine.yield, ${this.int(scope, 1)}))`, () => `trace("own", ${name} == coroutine.running())`,
      () => `trace("close self", pcall(coroutine.close, (coroutine.running())))`, () => `trace("traced", #debug.traceback(${name}) > 0)`,
    ])());
  }
}

/** How many steps a program of that seed has. */
const steps = (seed) => 60 + (seed * 7919) % 400;

/** What a program is, for all ways to run it. */
export class Program {
  /**
   * @param {number} seed
   * @param {object} [options] those of `Expressions`
   */
  constructor(seed, options = {}) {
    this.seed = seed;
    this.id = `p${seed}`;
    this.shared = options.shared ?? [];
    this.body = new Generator(seed, options).body();
    /** Errors leave the program. */
    this.lets = seed % 3 === 0;
  }

  /** A function without a name. What it returns is text, or an error that it lets pass. */
  get function() {
    const call = this.lets ? 'shown(main(...))' : 'shown(pcall(main, ...))';
    const names = this.shared.length === 0 ? '' : `.. " " .. shown(${this.shared})`;
    return `function(...) local step, shown, trace, int, str = begin("${this.id}", ${steps(this.seed)}) local function main(...) step()\n${this.body}\nend return ${call} ${names} end`;
  }

  get source() {
    return `return (${this.function})(1, "two", nil)`;
  }

  /** Lua that stores the function at that place. */
  storedAt(place) {
    return `local ${this.shared} = ${this.shared.map((_, at) => at + 1)} ${place} = ${this.function}`;
  }
}
