/**
 * Lua values that JavaScript has no type for.
 *
 * Invariant: each class but `Way` and `Values`, which are no values, encodes to the tag it was decoded from.
 */

/** A float in exact mode, where 3.0 and 3 differ. */
export class CuFloat {
  /** @param {number} value */
  constructor(value) {
    this.value = Number(value);
  }

  valueOf() {
    return this.value;
  }
}

/** A big integer in exact mode, where one that fits 64 bits differs from an integer. */
export class CuBigInteger {
  /** @param {bigint} value */
  constructor(value) {
    this.value = value;
  }

  valueOf() {
    return this.value;
  }
}

/** A Lua function that is stored, by id. */
export class LuaFunction {
  /** @param {number} id unsigned 32-bit */
  constructor(id) {
    this.id = id;
  }
}

/** A function of the standard library, by name. */
export class LibraryFunction {
  /** @param {string} name such as `string.format` */
  constructor(name) {
    this.name = name;
  }
}

/** A table that lives in the store, by id. */
export class ExternalTable {
  /** @param {number} id unsigned 32-bit */
  constructor(id) {
    this.id = id;
  }
}

/** As an argument of a call: what a way leads to, such as a table that has only a name. */
export class Way {
  /** @param {string} way such as `_home.users` */
  constructor(way) {
    this.way = way;
  }
}

/** Several results of a function that scripts call; any other answer is one. */
export class Values {
  constructor(...values) {
    this.values = values;
  }
}

/** Whether a value is NaN, which cannot be a key. */
export function isNotANumber(value) {
  return value !== value || value instanceof CuFloat && value.value !== value.value;
}
