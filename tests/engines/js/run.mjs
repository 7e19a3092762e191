/** What an engine of JavaScript can be asked for, by name: `kit` and `bench`. */

import { linesOfReport, runKit } from '../../conformance/js/report.mjs';
import { bench } from './bench.mjs';

/** @param {object} at as for `bench`, with `clauses`: the files of the kit */
export async function run(what, at) {
  if (what === 'bench') return bench(at);
  const lines = linesOfReport(await runKit(at.clauses));
  for (const line of lines) at.print(line);
  return undefined;
}
