// What is worse than it was recorded.

/** A program may take this much longer beside native Lua, and the file be this much larger, than was recorded. */
export const SLOWER = 1.05;
export const LARGER = 1.02;

/**
 * Programs that take longer beside native Lua than was recorded, the worst first: `{ name, ratio, recorded }`, both ratios to
 * native. What was not measured or not recorded is left out.
 */
export function slower(programs, engine, recordedPrograms, recordedEngine, tolerance = SLOWER) {
  const before = new Map(recordedPrograms.map(({ name, microseconds }) => [name, microseconds[recordedEngine] / microseconds.native]));
  return programs
    .map(({ name, microseconds }) => ({ name, ratio: microseconds[engine] / microseconds.native, recorded: before.get(name) }))
    .filter(({ ratio, recorded }) => ratio > recorded * tolerance)
    .sort((a, b) => b.ratio / b.recorded - a.ratio / a.recorded);
}

/** The ways to measure a file in which it is larger than was recorded: `{ way, bytes, recorded }`. */
export function larger(sizes, recordedSizes, tolerance = LARGER) {
  return Object.entries(sizes)
    .map(([way, bytes]) => ({ way, bytes, recorded: recordedSizes[way] }))
    .filter(({ bytes, recorded }) => bytes > recorded * tolerance);
}

/** The programs with the lesser of each figure of two measurements; what only the first has stays. */
export function leastOf(programs, again) {
  const second = new Map(again.map(({ name, microseconds }) => [name, microseconds]));
  return programs.map(({ name, microseconds }) => ({
    name,
    microseconds: Object.fromEntries(Object.entries(microseconds).map(([engine, figure]) => (
      [engine, Math.min(figure, second.get(name)?.[engine] ?? Infinity)]))),
  }));
}

/** The recorded engine with the version of Node that measures; another one's figures say little. */
export function recordedNode(engines, version) {
  const majorOf = (text) => text.split('.')[0];
  return Object.keys(engines).find((engine) => /^node\d*$/.test(engine) && majorOf(engines[engine].version) === majorOf(version));
}
