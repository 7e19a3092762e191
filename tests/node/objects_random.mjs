// Random programs over objects: what they reach tables by, and what their answers are in words. A table has its number as `id`; `R` has three of
// them, and what they lead to is found by metatables and fields.

import { randomBelow } from '../../host-js/test/random.js';

/** Functions of the programs, global or `local `. */
export const functions = (scope = '') => `
  ${scope}function show(v)
    if type(v) == 'table' then local id = rawget(v, 'id') return 'table ' .. (type(id) == 'number' and id or type(id)) end
    return type(v) == 'function' and 'function' or (tostring(v):gsub('0x%x+', '')) end
  ${scope}function m(t) local class = type(t) == 'table' and getmetatable(t) return type(class) == 'table' and class or R.a end
  ${scope}function raw(t, key) local value = type(t) == 'table' and rawget(t, key) return type(value) == 'table' and value or R.b end
  ${scope}function new(id) return { id = id } end
  ${scope}function called(id) return function(a, b) return show(a) .. '?' .. show(b) .. '?' .. id end end
  ${scope}function try(f) local r = table.pack(pcall(f)) for i = 1, r.n do r[i] = show(r[i]) end return table.concat(r, ' ', 1, r.n) end
`;

export const BEGIN = 'R.a, R.b, R.c = new(1), new(2), new(3)';

export class Program {
  /** `fields`: names under which tables are looked for in others. */
  constructor(seed, fields) {
    this.random = randomBelow(seed);
    this.fields = fields;
    this.last = 10;
  }

  one(list) {
    return list[this.random(list.length)];
  }

  root() {
    return `R.${this.one(['a', 'b', 'c'])}`;
  }

  /** A table, most often one that only chains lead to. */
  table(depth = 0) {
    if (depth === 4 || this.random(3) === 0) return this.root();
    return this.random(2) ? `m(${this.table(depth + 1)})` : `raw(${this.table(depth + 1)}, '${this.one(this.fields)}')`;
  }

  /** A new table. */
  fresh() {
    return `new(${++this.last})`;
  }
}
