/**
 * Stores that lie over other ones, which they have as `inner`.
 *
 * Invariant: what instances read and write is what the uppermost one answers; files and turns belong to one below.
 */

/** The store or one below it, the uppermost that has the method; undefined where none has. */
export function layerWith(store, name) {
  for (let each = store; each !== undefined && each !== null; each = each.inner) {
    if (typeof each[name] === 'function') return each;
  }
  return undefined;
}

/** The undermost one, which keeps the rows. */
export function bottomOf(store) {
  return store.inner === undefined ? store : bottomOf(store.inner);
}
