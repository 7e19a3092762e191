/**
 * Named snapshots, files, and emptying the home.
 *
 * Invariant: nothing replaces the home before what it was is kept under a name, so that each of these can be taken back.
 */

import { explain } from '../messages.js';
import { change, state } from '../state.js';
import { endTogether } from '../together/door.js';
import { showNewHome } from './home.js';
import { notify } from './notices.js';
import { current } from './session.js';

const BEFORE = 'before the last change';
const FILE = 'home.cu';
/** A file that is larger was not made here; it would fill the memory of the page. */
const MOST_BYTES = 512 * 1024 * 1024;
/** Not before it is asked for: most readers never do. */
const archive = () => import('../../host-js/store/archive.js');
/** What is there only in memory has no snapshots of its own: these are the page's, and end with it. */
const inMemory = new Map();

const snapshots = () => current().store.snapshots ?? {
  save: async (name, bytes) => { inMemory.set(name, { bytes, time: Date.now() }); },
  load: async (name) => inMemory.get(name)?.bytes,
  list: async () => [...inMemory].map(([name, { bytes, time }]) => ({ name, bytes: bytes.length, time })),
  delete: async (name) => inMemory.delete(name),
};

export const readSnapshots = () => doing('The snapshots cannot be read', list);

async function list() {
  change({ snapshots: (await snapshots().list()).sort((a, b) => b.time - a.time) });
}

export const saveSnapshot = (name) => doing('The snapshot is not kept', async () => {
  await snapshots().save(name, await current().store.snapshot());
  await list();
});

export const deleteSnapshot = (name) => doing('The snapshot is still there', async () => {
  await snapshots().delete(name);
  await list();
});

export const loadSnapshot = (name) => doing('The home is as it was', async () => {
  const bytes = await snapshots().load(name);
  if (bytes === undefined) throw new Error(`another tab has deleted the snapshot ${JSON.stringify(name)}`);
  await replaceBy(() => current().store.restore(bytes));
  notify({ title: `The home is that of “${name}”`, text: takeBack() });
});

export const reset = () => doing('The home is as it was', async () => {
  await replaceBy(() => current().empty());
  notify({ title: 'Lua is as new', text: takeBack() });
});

export const exportHome = () => doing('Nothing was exported', async () => {
  const { exportAll } = await archive();
  const url = URL.createObjectURL(await exportAll(current().store));
  const link = Object.assign(document.createElement('a'), { href: url, download: FILE });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
});

/** @param {File} file */
export const importHome = (file) => doing('That is no file of this page', async () => {
  if (file.size > MOST_BYTES) throw new RangeError(`${file.name} has ${file.size} bytes; at most ${MOST_BYTES} are taken`);
  const { importAll } = await archive();
  await replaceBy(() => importAll({ restore: (bytes) => current().store.restore(bytes), snapshots: snapshots() }, file));
  notify({ title: `The home is that of ${file.name}`, text: takeBack() });
});

const takeBack = () => `What it was before is the snapshot “${BEFORE}”.`;

/** Globals go, too: they may hold on to tables of the home. */
async function replaceBy(action) {
  await snapshots().save(BEFORE, await current().store.snapshot());
  await action();
  await current().renew();
  endTogether();
  change({ result: undefined });
  await Promise.all([showNewHome(), list()]);
}

async function doing(problem, action) {
  if (state.phase !== 'ready') {
    notify({ title: 'Not while a script runs', text: 'Stop it first.' });
    return;
  }
  try {
    await action();
  } catch (error) {
    const { text, detail, isKnown } = explain(error);
    notify({ tone: 'warning', title: problem, text: isKnown ? text : 'Nothing was changed.', detail });
  }
}
