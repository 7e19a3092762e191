// Numbers that are computed from measured ones.

export function geometricMean(ratios) {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** The middle one, or the upper of the two in the middle. */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

/** Ratio of one engine to another for each program that both finished: `[{ name, ratio }]`, the largest first. */
export function ratios(programs, engine, reference) {
  return programs
    .filter(({ microseconds }) => microseconds[engine] !== undefined && microseconds[reference] !== undefined)
    .map(({ name, microseconds }) => ({ name, ratio: microseconds[engine] / microseconds[reference] }))
    .sort((a, b) => b.ratio - a.ratio);
}

/** Geometric means over the programs that every engine finished, so that all are about the same work. */
export function means(programs, engines, reference) {
  const finished = programs.filter(({ microseconds }) => engines.every((engine) => microseconds[engine] !== undefined));
  return {
    programs: finished.length,
    ratios: Object.fromEntries(engines.map((engine) => [
      engine,
      geometricMean(finished.map(({ microseconds }) => microseconds[engine] / microseconds[reference])),
    ])),
  };
}

/** The microseconds of `measureProgram`'s rows, without failed engines. */
export function figures(rows) {
  return rows.map(({ name, engines }) => ({
    name,
    microseconds: Object.fromEntries(Object.entries(engines)
      .filter(([, { status }]) => status === 'ok')
      .map(([engine, { microseconds }]) => [engine, microseconds])),
  }));
}
