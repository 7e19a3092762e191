/**
 * Keeps the page for visits without network. scripts/offline.mjs makes one file of it, with the list of the page's files.
 *
 * Invariant: files of two versions never meet. What an address names exactly, by a hash, is answered with those bytes or not at all, from
 * whichever version's cache has it; all else, the page first, is of this version. A version is complete before it is used, and its cache is
 * removed only when no page of it is open any more.
 */

import { sendOutbox } from './outbox.js';

/* global CU_FILES, CU_VERSION -- scripts/offline.mjs puts them in. */

const SCOPE = self.registration.scope;
const PREFIX = `cu-playground ${SCOPE} `;
const CACHE = PREFIX + CU_VERSION;
const PAGE = 'index.html';

/** By address: `{ url, hash }`, the hash in full. */
const files = new Map(CU_FILES.map(([address, hash]) => {
  const url = new URL(address === PAGE ? './' : address, SCOPE).href;
  return [url, { url, hash }];
}));
const page = files.get(SCOPE);

/** Parts have a hash in their names, other files behind a question mark. */
const EXACT = /^(part-\w+\.js|[\w.-]+\?([0-9a-f]{16}))$/;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim().then(removeOld)));
self.addEventListener('fetch', (event) => {
  const answer = answerTo(event);
  if (answer !== undefined) event.respondWith(answer);
});
/** A page asks which version is the newest here. */
self.addEventListener('message', (event) => {
  if (event.data !== 'version') return;
  event.ports[0].postMessage(CU_VERSION);
  event.waitUntil(removeOld());
});
/** There is a network again; the page may be closed. */
self.addEventListener('sync', (event) => {
  if (event.tag === 'together') event.waitUntil(sendOutbox(SCOPE));
});

/** Pages of older versions go on with their own files, so nobody has to wait for them. */
async function install() {
  await navigator.locks.request(CACHE, { mode: 'shared' }, fill);
  await self.skipWaiting();
}

/** All files are in the cache then. What an attempt before this one got is not fetched again. */
async function fill() {
  const cache = await caches.open(CACHE);
  const attempts = Array.from(files.values(), async (file) => {
    if (await cache.match(file.url) === undefined) await cache.put(file.url, await kept(file.url) ?? await fetched(file));
  });
  const failed = (await Promise.allSettled(attempts)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** What an older version has under an exact address is the same. */
const kept = (url) => (EXACT.test(url.slice(SCOPE.length)) ? caches.match(url) : undefined);

/** A file of this version from the server, which may have another one already, or a cache on the way an older one. */
async function fetched({ url, hash }) {
  for (const cache of ['default', 'reload']) {
    const response = await fetch(url, { cache });
    if (!response.ok) continue;
    const bytes = await response.arrayBuffer();
    if (await hashOf(bytes) === hash) return answerOf(response, bytes);
  }
  throw new Error(`${url} is not the file of version ${CU_VERSION}`);
}

/** Without what is true only of the way it came: how it was compressed, and whether it was somewhere else. */
function answerOf({ headers }, bytes) {
  const all = new Headers(headers);
  for (const name of ['content-encoding', 'content-length']) all.delete(name);
  return new Response(bytes, { headers: all });
}

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Undefined for what is not the page's: it goes to the server. */
function answerTo(event) {
  const { method, url, mode } = event.request;
  if (method !== 'GET' || !url.startsWith(SCOPE)) return undefined;
  const [address] = url.slice(SCOPE.length).split('#', 1);
  if (mode === 'navigate') return [PAGE, ''].includes(address.split('?', 1)[0]) ? answerPage(event) : undefined;
  if (EXACT.test(address)) return answerExact(url);
  return files.has(url) ? answerOwn(event) : undefined;
}

async function answerPage(event) {
  const answer = await ownAnswer(page.url);
  if (answer !== undefined) return answer;
  event.waitUntil(repair());
  // The server may have another version by now, which is complete in itself: its addresses are exact.
  return fetch(event.request).catch(() => new Response(GONE, { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8' } }));
}

async function answerOwn(event) {
  const answer = await ownAnswer(event.request.url);
  if (answer !== undefined) return answer;
  event.waitUntil(repair());
  return fetch(event.request);
}

const ownAnswer = async (url) => (await caches.open(CACHE)).match(url);

async function answerExact(url) {
  const answer = await caches.match(url);
  if (answer !== undefined) return answer;
  if (files.has(url)) return fetched(files.get(url));
  const response = await fetch(url);
  const [, , wanted] = EXACT.exec(url.slice(SCOPE.length));
  if (!response.ok || wanted === undefined) return response;
  const bytes = await response.arrayBuffer();
  return (await hashOf(bytes)).startsWith(wanted) ? answerOf(response, bytes) : Response.error();
}

/** Browsers remove caches when they want their room, and readers do. */
async function repair() {
  await self.registration.update().catch(() => {});
  await fill().catch(() => {});
}

const GONE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>cu playground</title><body style="font:16px/1.5 system-ui;max-width:34em;margin:3em auto;padding:0 1em"><h1>No network</h1>
<p>The browser has removed what it kept of this page, and the server cannot be reached. Your home is still there: reload when there is a network.</p>`;

/** A page holds the lock of its version (offline.js); so does who is about to fill a cache. */
async function removeOld() {
  if (self.registration.installing !== null || self.registration.waiting !== null) return;
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null && caches.delete(name))));
}
