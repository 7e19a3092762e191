// Random numbers that depend only on a seed.

/** A small generator: the same seed gives the same numbers. */
export function generator(seed) {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x6d2b79f5 | 0;
    const mixed = Math.imul(state ^ state >>> 12, 0x297a2d39);
    return ((mixed ^ mixed >>> 15) >>> 0) % below;
  };
}
