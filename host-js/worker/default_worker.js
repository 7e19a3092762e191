/**
 * The usual worker of a page. Bundlers know this form, and bring its file along. scripts/bundle.mjs puts another one in its place, for which
 * the worker is one file beside the bundle.
 */

export function defaultWorker() {
  return new Worker(new URL('./cu_worker.js', import.meta.url), { type: 'module' });
}
