// Finds the figures that are worse than the recorded ones.

/** How much a program's ratio to native Lua, and the size of the file, may grow over the recorded figures. */
export const SLOWER = 1.05;
export const LARGER = 1.02;

/**
 * Programs whose ratio to native Lua is higher than recorded, the worst first: `{ name, ratio, recorded }`. A program
 * that was not measured or not recorded is left out.
 */
export function slower(programs, engine, recordedPrograms, recordedEngine, tolerance = SLOWER) {
  const before = new Map(recordedPrograms.map(({ name, microseconds }) => [name, microseconds[recordedEngine] / microseconds.native]));
  return programs
    .map(({ name, microseconds }) => ({ name, ratio: microseconds[engine] / microseconds.native, recorded: before.get(name) }))
    .filter(({ ratio, recorded }) => ratio > recorded * tolerance)
    .sort((a, b) => b.ratio / b.recorded - a.ratio / a.recorded);
}

/** The sizes of a file that are larger than recorded: `{ way, bytes, recorded }`. */
export function larger(sizes, recordedSizes, tolerance = LARGER) {
  return Object.entries(sizes)
    .map(([way, bytes]) => ({ way, bytes, recorded: recordedSizes[way] }))
    .filter(({ bytes, recorded }) => bytes > recorded * tolerance);
}

/** The programs with the smaller figure of two measurements. A figure that only the first has stays. */
export function leastOf(programs, again) {
  const second = new Map(again.map(({ name, microseconds }) => [name, microseconds]));
  return programs.map(({ name, microseconds }) => ({
    name,
    microseconds: Object.fromEntries(Object.entries(microseconds).map(([engine, figure]) => (
      [engine, Math.min(figure, second.get(name)?.[engine] ?? Infinity)]))),
  }));
}

/** The recorded engine with this version of Node: figures of another version say little. */
export function recordedNode(engines, version) {
  const majorOf = (text) => text.split('.')[0];
  return Object.keys(engines).find((engine) => /^node\d*$/.test(engine) && majorOf(engines[engine].version) === majorOf(version));
}
