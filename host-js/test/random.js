/**
 * Random numbers that a printed seed repeats: `CU_SEED=123 node --test`.
 *
 * Invariant: the same seed gives the same sequence on every engine.
 */

export const seed = Number(process.env.CU_SEED || Date.now() % 0x7fffffff);

/** A generator of integers below `limit` (mulberry32). */
export function randomBelow(start) {
  let state = start | 0;
  return (limit) => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) % limit;
  };
}
