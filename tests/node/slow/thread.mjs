// Runs scripts under a budget on a thread that its owner (runner.mjs) ends if a script does not end.
//
// Each message has one answer: `{ key, setup, code, instructions, config }` gives the time of the code, and that of a plain
// loop which was stopped just before or just after it. If the key is that of the message before, the instance is the same,
// too.

import { parentPort, workerData } from 'node:worker_threads';
import { Cu, LuaError } from '../../../host-js/index.js';

const { module, clock } = workerData;
const PLAIN = 'while true do end';
const STILL_FIT = 'local n = 0 for i = 1, 1000 do n = n + i end return n';

let used;
const onEvent = (event) => {
  used = event.instructions;
};
/** Time that a call of the clock takes: the tests of these tools use it to make programs slow, since no build is slow there. */
function now() {
  const end = performance.now() + clock;
  while (performance.now() < end);
  return 0;
}
const create = (config = {}) => Cu.create({ module, config: { events: ['usage'], ...config }, onEvent, ...clock && { now } });

function run(cu, code, instructions) {
  const start = performance.now();
  let error;
  try {
    cu.compute(code, { instructions });
  } catch (caught) {
    error = caught;
  }
  return { time: performance.now() - start, used, error };
}

/**
 * The fault of an instance after a script; undefined if there is none. Memory that globals hold is not a fault, and
 * finalizers that are left are not either: a collection by the host runs them, under a separate budget.
 */
function fault(cu) {
  const { error } = run(cu, STILL_FIT, 2_000_000);
  if (error === undefined || (error instanceof LuaError && error.errorClass === 'memory')) return undefined;
  cu.runGc();
  const { error: again } = run(cu, STILL_FIT, 2_000_000);
  return again === undefined ? undefined : `${again}`;
}

const reference = await create();
for (let round = 0; round < 3; round += 1) run(reference, PLAIN, 2_000_000);
let [lastKey, instance] = [undefined, undefined];

async function answer({ key, setup, code, instructions, config }) {
  if (key === undefined || key !== lastKey) {
    instance = await create(config);
    lastKey = key;
    for (const part of setup) {
      const { error } = run(instance, part, 0);
      if (error !== undefined) return { setupError: `${error.message}` };
    }
    // Otherwise the first measured run would include the cost of the setup's garbage.
    run(instance, 'local x = 1', 2_000_000);
  }
  const plainTime = () => run(reference, PLAIN, instructions).time;
  const before = plainTime();
  const { time, used: count, error } = run(instance, code, instructions);
  const plain = Math.min(before, plainTime(), plainTime());
  const stopped = error?.errorClass === 'budget';
  const trouble = error !== undefined && !(error instanceof LuaError) && !stopped ? `${error}` : fault(instance);
  return { time, plain, used: count, stopped, error: error?.message, trouble };
}

parentPort.on('message', async (message) => {
  try {
    parentPort.postMessage(await answer(message));
  } catch (error) {
    lastKey = undefined;
    parentPort.postMessage({ setupError: `${error.stack}` });
  }
});
