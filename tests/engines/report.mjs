/** What engines print, as data: the report of the kit, and measured figures. */

/**
 * @param {string[]} lines
 * @returns {{ passed: number, failed: number, bytes?: string, counts?: string, problem?: string }}
 */
export function kitOf(lines) {
  const found = (pattern) => lines.map((line) => pattern.exec(line)).filter((match) => match !== null).pop();
  const [, passed, failed] = found(/^(\d+) passed, (\d+) failed$/) ?? [];
  if (passed === undefined) throw new Error(`the runner of the kit reports nothing; its last line: ${lines.filter(Boolean).pop()}`);
  const [, bytes, counts] = found(/^observed ([0-9a-f]{16}) ([0-9a-f]{16})$/) ?? [];
  const [problem] = lines.filter((line) => /^ {2}\S+\.txt:\d+: /.test(line));
  return { passed: Number(passed), failed: Number(failed), bytes, counts, ...(problem === undefined ? {} : { problem: problem.trim() }) };
}

/** Figures by name, each with its value and, for a program, its answer. Microseconds, or bytes. */
export function figuresOf(lines) {
  const figures = {};
  for (const line of lines) {
    const [, name, value, answer] = /^(\w+) (-?[\d.]+) (?:us|bytes)(?: (.+))?$/.exec(line) ?? [];
    if (name !== undefined) figures[name] = answer === undefined ? { value: Number(value) } : { value: Number(value), answer };
  }
  return figures;
}

/** The best of several runs. Memory has its median: less of it may be a collection in between. */
export function best(runs) {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  return Object.fromEntries(names.map((name) => {
    const values = runs.filter((run) => run[name] !== undefined).map((run) => run[name].value).sort((a, b) => a - b);
    return [name, name === 'memory' ? values[values.length >> 1] : values[0]];
  }));
}
