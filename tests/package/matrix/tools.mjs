// The runtimes of the matrix: at pinned versions from npm, for the platform on which this runs.

import { existsSync } from 'node:fs';
import { TOOLS } from '../pack.mjs';

/** The path of a runtime's program, or a reason why it is not there. */
export function runtime(name, program) {
  const path = `${TOOLS}${name}-${process.platform}-${process.arch}/${program}`;
  return existsSync(path) ? { path } : { skip: `there is no ${name} for ${process.platform}-${process.arch}` };
}
