/**
 * Changes that wait for a network, as the one request that brings them to the server of a shared home: the page puts it here, and the service
 * worker sends it when the browser says so, also after the page was closed.
 *
 * Invariant: what is here may be sent at any time and any number of times, for messages may come late and twice (examples/sync.lua). The answer
 * is dropped: the page asks again when it is open.
 */

const cacheName = (scope) => `cu-outbox ${scope}`;
/** Never asked for: only a name for the request in the cache. */
const place = (scope) => new URL('outbox', scope).href;
const SERVER = 'X-Server';

/** @param {string} url where it goes */
export async function fillOutbox(scope, url, bytes) {
  const cache = await caches.open(cacheName(scope));
  await cache.put(place(scope), new Response(bytes, { headers: { [SERVER]: url } }));
}

export const emptyOutbox = (scope) => caches.delete(cacheName(scope));

/** Rejects while there is no network: then the browser tries again later. */
export async function sendOutbox(scope) {
  const waiting = await (await caches.open(cacheName(scope))).match(place(scope));
  if (waiting === undefined) return;
  await fetch(waiting.headers.get(SERVER), { method: 'POST', body: await waiting.arrayBuffer(), headers: { 'Content-Type': 'application/octet-stream' }, credentials: 'omit' });
}
