/**
 * Instances in workers: `cu/worker`. What can take long, or must be stopped, does not stand in the way of a page.
 */

export { WorkerCu } from './worker_cu.js';
export { Pool } from './pool.js';
export { CuWASM } from './worker_cuwasm.js';
export { WorkerError } from './worker_error.js';
