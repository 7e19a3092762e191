// Random expressions for the programs of waits_model.mjs.

import { randomBelow } from '../../host-js/test/random.js';

const KINDS = ['ints', 'strs', 'lists', 'funs', 'objs', 'wraps', 'threads'];

/** What is known in a block. */
export class Scope {
  constructor(around, changes = {}) {
    for (const kind of KINDS) this[kind] = [...(around?.[kind] ?? [])];
    Object.assign(this, { hasRest: false, inLoop: false, inCoroutine: false, depth: 0, label: undefined }, around && { hasRest: around.hasRest, inLoop: around.inLoop, inCoroutine: around.inCoroutine, depth: around.depth + 1, label: around.label }, changes);
  }
}

export class Expressions {
  /**
   * @param {number} seed
   * @param {{ coroutines?: boolean, across?: boolean, isSmall?: boolean, shared?: string[] }} options coroutines: has some; across: calls the host where Lua cannot yield;
   *   shared: integers that are there already
   */
  constructor(seed, { coroutines = true, across = true, isSmall = false, shared = [] } = {}) {
    this.random = randomBelow(seed);
    this.seed = seed;
    this.coroutines = coroutines;
    this.across = across;
    this.names = 0;
    this.lines = [];
    this.shared = shared;
    this.isSmall = isSmall;
    this.left = isSmall ? 5 : 12 + this.random(50);
  }

  chance(n) {
    return this.random(n) === 0;
  }

  choose(list) {
    return list[this.random(list.length)];
  }

  name() {
    this.names += 1;
    return `v${this.names}`;
  }

  line(text) {
    this.lines.push(text);
  }

  int(scope, depth = 0) {
    if (depth > 2 || this.chance(3)) return scope.ints.length > 0 && !this.chance(4) ? this.choose(scope.ints) : String(this.random(100));
    const inner = () => this.int(scope, depth + 1);
    const object = scope.objs.length > 0 ? this.choose(scope.objs) : undefined;
    switch (this.random(object === undefined ? 15 : 27)) {
      case 0: case 1: case 2: return `host.add(${inner()}, ${inner()})`;
      case 3: return `(${inner()} + ${inner()}) % 1009`;
      case 4: return `int((host.pick(${this.random(4)})))`;
      case 5: return `int(select(2, host.pick(${this.random(4)}), ${inner()}))`;
      case 6: return `host.sum(${this.list(scope, depth + 1)})`;
      case 7: return `#${this.list(scope, depth + 1)}`;
      case 8: return scope.funs.length > 0 ? `int((${this.choose(scope.funs)}(${this.args(scope, depth)})))` : `host.add(1, ${inner()})`;
      case 9: return scope.hasRest ? `select("#", ...)` : inner();
      case 10: return `math.max(${inner()}, ${inner()})`;
      case 11: return `(${this.condition(scope, depth + 1)} and ${inner()} or ${inner()})`;
      case 12: return `#${this.str(scope, depth + 1)}`;
      case 13: return scope.inCoroutine || this.chance(12) ? this.yielded(scope, depth) : inner();
      case 14: return `(function(...) local a, b = ... return int(b or a) end)(${this.many(scope, depth)})`;
      case 15: return `int(${object}.${this.choose(['x', 'y', 'count'])})`;
      case 16: return `int(${object}(${this.args(scope, depth)}))`;
      case 17: return `int(${object} ${this.choose(['+', '-', '*', '%', '//', '&', '<<'])} ${inner()})`;
      case 18: return `int(${inner()} ${this.choose(['+', '-', '*', '%', '//', '&', '<<'])} ${object})`;
      case 19: return `int(${this.choose(['-', '~', '#'])}${object})`;
      case 20: return `(${object} ${this.choose(['==', '~=', '<', '<=', '>', '>='])} ${this.choose(scope.objs)} and ${inner()} or 2)`;
      case 21: return `int(${object}[${inner()}])`;
      case 22: return `#str(${object} .. ${inner()} .. ${this.choose(scope.objs)})`;
      case 23: return scope.wraps.length > 0 ? `int((${this.choose(scope.wraps)}(${this.args(scope, depth)})))` : inner();
      case 24: return `int((select(2, pcall(${this.callee(scope)}, ${this.args(scope, depth) || 'nil'}))))`;
      case 25: return scope.threads.length > 0 ? `int((select(2, coroutine.resume(${this.choose(scope.threads)}, ${inner()}))))` : inner();
      default: return `(${object} < ${object} and 1 or ${inner()})`;
    }
  }

  yielded(scope, depth) {
    if (!this.coroutines) return this.int(scope, depth + 1);
    return `int((coroutine.yield(${this.args(scope, depth)})))`;
  }

  str(scope, depth = 0) {
    if (depth > 2 || this.chance(3)) return scope.strs.length > 0 && !this.chance(3) ? this.choose(scope.strs) : `("s${this.random(10)}")`;
    const inner = () => this.str(scope, depth + 1);
    switch (this.random(8)) {
      case 0: case 1: return `host.cat(${this.any(scope, depth + 1, true)}, ${inner()})`;
      case 2: return `(${inner()} .. ${this.int(scope, depth + 1)} .. host.cat(1, ${inner()}))`;
      case 3: return `(host.io.read(${this.int(scope, depth + 1)}))`;
      case 4: return `(${inner()}:gsub("%d", function(d) step() return "<" .. d .. ">" end))`;
      case 5: return `table.concat(${this.list(scope, depth + 1)}, ${inner()})`;
      case 6: return scope.objs.length > 0 ? `str(${this.choose(scope.objs)} .. ${inner()})` : inner();
      default: return `shown(${this.many(scope, depth)})`;
    }
  }

  list(scope, depth = 0) {
    if (scope.lists.length > 0 && (depth > 2 || this.chance(2))) return this.choose(scope.lists);
    if (depth > 2 || this.chance(3)) return `({ ${this.int(scope, 3)} })`;
    return this.choose([() => `host.list(${this.random(5)})`, () => `({ ${this.int(scope, depth + 1)}, host.pick(${this.random(4)}) })`, () => `host.echo(${this.list(scope, depth + 1)})`])();
  }

  /** Several values at the end of a list of expressions. */
  many(scope, depth) {
    return this.choose([
      () => `host.pick(${this.random(5)})`,
      () => `${this.int(scope, depth + 1)}, host.pick(${this.random(4)})`,
      () => `host.echo(${this.any(scope, depth + 1, true)}, ${this.int(scope, depth + 1)})`,
      () => 'host.none()',
      () => (scope.hasRest ? '...' : '1, nil, 3'),
      () => (scope.hasRest ? `host.echo(${this.int(scope, depth + 1)})` : 'nil'),
    ])();
  }

  args(scope, depth) {
    return this.choose([() => '', () => this.int(scope, depth + 1), () => `${this.int(scope, depth + 1)}, ${this.str(scope, depth + 1)}`, () => `${this.int(scope, depth + 1)}, ${this.many(scope, depth)}`])();
  }

  any(scope, depth = 0, forHost = false) {
    const kind = this.random(forHost ? 5 : 7);
    if (kind < 2) return this.int(scope, depth);
    if (kind === 2) return this.str(scope, depth);
    if (kind === 3) return forHost ? 'nil' : this.list(scope, depth);
    if (kind === 4) return this.condition(scope, depth);
    return this.choose([...scope.objs, ...scope.threads, 'nil', 'true']);
  }

  condition(scope, depth = 0) {
    return this.choose([
      () => `${this.int(scope, depth + 1)} < ${this.int(scope, depth + 1)}`,
      () => `host.lt(${this.int(scope, depth + 1)}, ${this.str(scope, depth + 1)})`,
      () => `not host.echo(${this.choose(['true', 'false', 'nil'])})`,
      () => `${this.int(scope, depth + 1)} % 2 == 0`,
    ])();
  }

  /** A function for pcall and others. */
  callee(scope) {
    return this.choose([...scope.funs, ...scope.wraps, 'host.add', 'host.fail', 'host.raise', 'host.echo', 'error', ...scope.objs]);
  }

  tail(scope) {
    return this.choose([
      () => `host.echo(${this.any(scope, 1, true)})`, () => `host.pick(${this.random(4)})`, () => `host.raise({ code = ${this.random(9)} })`,
      () => (scope.funs.length > 0 ? `${this.choose(scope.funs)}(${this.args(scope, 1)})` : 'host.none()'),
      () => (scope.objs.length > 0 ? `${this.choose(scope.objs)}(${this.args(scope, 1)})` : 'host.none()'),
    ])();
  }

  error(scope) {
    const value = this.choose([
      () => `"${this.choose(['bad', 'worse'])}" .. ${this.int(scope, 2)}`, () => `{ code = ${this.int(scope, 2)} }`, () => 'nil', () => 'true', () => this.int(scope, 2),
      () => (scope.objs.length > 0 ? this.choose(scope.objs) : '"none"'),
    ])();
    return this.choose([
      () => `error(${value}${this.choose(['', ', 0', ', 1', ', 2', ', 3'])})`, () => `error(${value})`, () => `host.fail("f${this.random(9)}")`,
      () => `host.raise(${this.choose(['"text"', '{ code = 1 }', 'nil', '7', 'false'])})`, () => `local x = nil + ${this.int(scope, 2)}`,
      () => `local x = ${this.int(scope, 2)} .. {}`, () => 'undefined_function()', () => `assert(false, ${this.str(scope, 2)})`,
    ])();
  }
}
