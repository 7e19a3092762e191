/**
 * The usual worker of a bundle, in the place of host-js/worker/default_worker.js: cu_worker.js beside the bundle, a classic script, because
 * module workers came to browsers after the oldest that are supported.
 */

export function defaultWorker() {
  const url = new URL('./cu_worker.js', import.meta.url);
  if (typeof location === 'undefined' || url.origin === location.origin) return new Worker(url);
  // A worker has to come from the origin of its page. What it imports may come from anywhere.
  return new Worker(URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url.href)})`], { type: 'text/javascript' })));
}
