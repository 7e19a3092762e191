/**
 * What the one-file bundles have: `cu/full`, and instances in workers.
 */

export * from './full.js';
export { Pool, WorkerCu, WorkerError } from './worker/index.js';
