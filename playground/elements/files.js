/** Files beside that of the elements: scripts/bundle.mjs puts it there. */

/** Where the module is: its loader says what is wrong with it. */
export const moduleFile = () => new URL('./cu.wasm', import.meta.url);

/** The worker of the bundles: scripts/bundled_worker.js takes the place of this. */
export { defaultWorker as newWorker } from '../../host-js/worker/default_worker.js';
