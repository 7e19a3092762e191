/**
 * The engine of the page: opened once, over what the browser keeps or over memory, and opened again when it is lost.
 *
 * Invariant: a home that cannot be read is left as it is; the page goes on in memory only when that loses nothing, or when the reader says so.
 */

import { Engine } from '../engine/engine.js';
import { loadedModule, newWorker } from '../engine/first.js';
import { functions } from '../engine/requests.js';
import { explain } from '../messages.js';
import { change, state } from '../state.js';
import { notify } from './notices.js';

export const PLAIN_DATABASE = 'cu-playground';
const SEALED_DATABASE = 'cu-playground-sealed';
/** The key of a passphrase takes its time, on a slow phone several seconds. */
const SLOW_START_MS = 120_000;
/** Reasons for which there is nothing that could be lost. */
const NOTHING_KEPT = ['denied', 'unsupported'];

let engine;
/** Opens once more what was opened last. */
let again = () => open();
/** The views come later than the home, at times. */
let changed = () => {};
let opened = () => {};

/** Calls `onOpen` when there is a home to look at, and `onChange` whenever another tab changed it. */
export function whenHome({ onOpen, onChange }) {
  opened = onOpen;
  changed = onChange;
  if (state.phase === 'ready') onOpen();
}

/** The engine; an error where there is none yet. */
export function current() {
  if (engine === undefined) throw new Error('Lua is not ready yet');
  return engine;
}

/**
 * Opens the home of this browser, or with a passphrase the encrypted one.
 * @param {{ repair?: boolean, passphrase?: string }} [options]
 * @returns {Promise<boolean>} whether there is an engine
 */
export async function open(options = {}) {
  const { repair = false, passphrase } = options;
  again = () => open(options);
  try {
    await begin(passphrase === undefined ? { indexeddb: PLAIN_DATABASE, repair } : { sealed: SEALED_DATABASE, passphrase, repair }, passphrase !== undefined);
    change({ storage: { kind: 'browser', isEncrypted: passphrase !== undefined } });
  } catch (error) {
    if (!NOTHING_KEPT.includes(error.reason)) return fail(error);
    await openInMemory(explain(error));
  }
  return true;
}

/** @param {Uint8Array} [content] a snapshot */
export async function openInMemory({ title, text, detail } = {}, content = true) {
  await begin({ memory: content });
  change({ storage: { kind: 'memory', isEncrypted: false, why: text } });
  if (title !== undefined) notify({ tone: 'warning', title, text, detail });
}

async function begin(store, isEncrypted = false) {
  const old = engine;
  engine = undefined;
  change({ phase: 'starting' });
  if (old !== undefined) await old.close().catch(() => {});
  engine = await Engine.open({
    module: loadedModule(), worker: () => newWorker(isEncrypted), ...(isEncrypted ? { startWait: SLOW_START_MS } : {}),
    store, functions, onChange: () => { if (engine !== undefined) changed(); }, onError: report,
  });
  const visits = await engine.askOwn('visit').catch(() => undefined);
  change({ phase: 'ready', welcome: visits });
  // tests/browser/measure_playground.mjs reads it.
  performance.mark('first result');
  opened();
}

/** A page that a browser keeps aside to come back to would keep the home from other tabs. */
addEventListener('pagehide', () => {
  if (engine !== undefined) engine.close().catch(() => {});
});
addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); });

/** There is no engine; the reader chooses. */
function fail(error) {
  const { title, text, choices, detail } = explain(error);
  change({ phase: 'failed' });
  notify({ tone: 'error', title, text, detail, actions: (choices.length > 0 ? choices : ['retry', 'memory']).map((choice) => CHOICES[choice]) });
  return false;
}

const CHOICES = {
  repair: { label: 'Repair', act: () => open({ repair: true }) },
  retry: { label: 'Try again', act: () => again() },
  passphrase: { label: 'Enter it again', act: () => change({ asksPassphrase: true }) },
  plain: { label: 'Open the one without', act: () => open() },
  memory: { label: 'Go on without it', act: () => openInMemory() },
  reload: { label: 'Reload', act: () => location.reload() },
};

/** A failure that no caller waits for, such as that of a save. */
export function report(error) {
  const { title, text, detail, choices } = explain(error);
  notify({ tone: 'error', title, text, detail, actions: choices.filter((choice) => choice === 'reload').map((choice) => CHOICES[choice]) });
}

/** After a worker in memory ended: everything in it is gone, but what was kept aside. */
export async function reopenInMemory(content) {
  if (state.storage !== undefined && state.storage.kind === 'memory') await openInMemory({}, content);
}
