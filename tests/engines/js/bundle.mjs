/** The runner as one file, for engines that load no modules from files. */

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @param {string} entry a file of this folder */
export async function bundle(entry, outfile, options = {}) {
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile,
    bundle: true,
    format: 'iife',
    // A classic script has no address; the module's is beside this one.
    define: { 'import.meta.url': '"http://cu/"' },
    logLevel: 'error',
    ...options,
  });
}
