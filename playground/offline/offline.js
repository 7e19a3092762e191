/**
 * The page's side of the service worker: registers it, and says when there is a new version.
 *
 * Invariant: nothing here changes what the page does before it is reloaded, and only the reader reloads it. Where there is no service worker
 * (no HTTPS, a private window, forbidden storage), the page is what it is without one.
 */

import { notify } from '../actions/notices.js';
import { state } from '../state.js';
import { keepText } from './kept.js';

const FILE = 'offline.js';
const TITLE = 'A new version is there';
/** A page may be open for days. */
const BETWEEN_CHECKS_MS = 3_600_000;

const scope = new URL('./', document.baseURI).href;
const { version } = window.cuFiles;

/** @param {{ text: () => string }} editor */
export async function keepOffline(editor) {
  if (navigator.serviceWorker === undefined || version === undefined) return;
  holdVersion();
  const { serviceWorker } = navigator;
  // Who came from the server has what it has now; whoever came from a cache may be behind.
  const isKept = serviceWorker.controller !== null;
  try {
    const registration = await serviceWorker.register(FILE, { updateViaCache: 'none' });
    // It fails where the worker was taken away meanwhile: then there is none to be compared.
    const look = () => compare(registration, editor).catch(() => {});
    serviceWorker.addEventListener('controllerchange', look);
    checkWhenSeen(registration);
    if (isKept) look();
  } catch { /* It is not allowed here, or the server cannot be reached. */ }
}

/** As long as the page is open, its version is not removed. */
function holdVersion() {
  if (navigator.locks !== undefined) navigator.locks.request(`cu-playground ${scope} ${version}`, { mode: 'shared' }, () => new Promise(() => {})).catch(() => {});
}

async function compare(registration, editor) {
  await settled(registration);
  if (await versionOf(registration.active) === version) return;
  // The page may be the newer one, where it came past the cache: then the worker follows.
  await registration.update().catch(() => {});
  await settled(registration);
  if (await versionOf(registration.active) !== version) prompt(editor);
}

/**
 * Resolves when no other worker is on its way. Chromium hands over to that one when the active worker rests: if it is asked something just then,
 * it is started again, and rests late.
 */
async function settled(registration) {
  for (;;) {
    const next = registration.installing ?? registration.waiting;
    if (next === null || next.state === 'redundant') return;
    await new Promise((resolve) => { next.addEventListener('statechange', resolve, { once: true }); });
  }
}

const versionOf = (worker) => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  worker.postMessage('version', [port2]);
});

function prompt(editor) {
  const isMemory = state.storage !== undefined && state.storage.kind === 'memory';
  notify({
    tone: 'update', title: TITLE,
    text: isMemory ? 'Reload to get it. This home is only in memory: export it before.' : 'Reload to get it: the home stays, and so does the text in the editor. A script that runs is stopped.',
    actions: [
      { label: 'Reload', act: () => { keepText(editor.text()); location.reload(); } },
      { label: 'Later', act: () => {} },
    ],
  });
}

function checkWhenSeen(registration) {
  let last = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - last < BETWEEN_CHECKS_MS) return;
    last = Date.now();
    registration.update().catch(() => {});
  });
}
