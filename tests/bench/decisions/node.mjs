// Measures what an embedder's decisions cost in host-js: `node node.mjs FILE` prints lines `name microseconds`; FILE is for a store.

import { readFileSync } from 'node:fs';
import { Cu, MemoryStore } from '../../../host-js/full.js';
import { FileStore } from '../../../host-js/node.js';

const CODE = readFileSync(new URL('decisions.lua', import.meta.url), 'utf8');
const [LOOPS, SERIES, CALLS, COMMITS] = [100, 40, 200, 200];
const NEVER = 1e15;

const module = await WebAssembly.compile(readFileSync(new URL('../../../dist/cu.wasm', import.meta.url)));

async function instance(options, store = new MemoryStore()) {
  const cu = await Cu.create({ module, store, ...options });
  cu.compute(CODE);
  return cu;
}

/** The least microseconds of each, which take turns. */
function best(what, rounds, calls) {
  const least = what.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    what.forEach(([, run], at) => {
      const begun = performance.now();
      for (let call = 0; call < calls; call++) run(call);
      least[at] = Math.min(least[at], ((performance.now() - begun) * 1000) / calls);
    });
  }
  what.forEach(([name], at) => console.log(name, least[at].toFixed(2)));
}

const [plain, budget, timed, notes, host] = await Promise.all([
  {}, { config: { instructions: NEVER } }, { config: { instructions: NEVER }, timeLimit: 600_000 }, { config: { atomic: true } }, { config: { atomic: 'host' } },
].map((options) => instance(options)));
const store = FileStore.open(process.argv[2]);
const kept = await instance({}, store);

best([['loop', plain], ['loop_budget', budget], ['loop_time_limit', timed]].map(([name, cu]) => [name, () => cu.call('_home.loop', [])]), LOOPS, 1);
best([['change', plain], ['change_atomic', notes], ['change_atomic_host', host]].map(([name, cu]) => [name, (i) => cu.call('_home.change', [i])]), SERIES, CALLS);
best([['kept_look', () => kept.call('_home.look', [])]], SERIES, CALLS);
best([['kept_change', (i) => kept.call('_home.change', [i])]], COMMITS, 1);
store.close();
