/** The runner in a page: it reports each line to its server. */

import { run } from './run.mjs';

const print = (line) => fetch(`/report/${encodeURIComponent(line)}`);

/** Another process looks, which knows by this line that it may, and has half a second for it. */
async function resident(instances) {
  await print(`resident ${instances}`);
  await new Promise((resolve) => { setTimeout(resolve, 500); });
}

async function main() {
  const [given, module] = await Promise.all([fetch('given.json').then((response) => response.json()), fetch('cu.wasm').then((response) => response.arrayBuffer())]);
  const lines = [];
  await run(given.what, {
    bytes: new Uint8Array(module),
    clauses: given.clauses,
    programs: given.programs,
    now: () => performance.now(),
    print: (line) => { lines.push(line); },
    resident,
  });
  for (const line of lines) await print(line);
}

main().catch((error) => fetch(`/error/${encodeURIComponent(`${error}\n${error.stack}`)}`)).then(() => print('ended'));
