/**
 * The home with a passphrase: a database of its own, which the first passphrase makes, with all that was in the one without.
 *
 * Invariant: the home without a passphrase is removed only after the other one has all of it, or when the reader says so.
 */

import { explain } from '../messages.js';
import { remember } from '../remembered.js';
import { change, state } from '../state.js';
import { endTogether } from '../together/door.js';
import { notify } from './notices.js';
import { FLAG } from './sealed.js';
import { current, open, PLAIN_DATABASE } from './session.js';

/** @returns {Promise<boolean>} whether the home is open */
export async function unlock(passphrase) {
  if (!isSecureContext) {
    notify({ tone: 'warning', title: 'Not over this connection', text: 'Browsers encrypt only for pages that come over HTTPS, or from this machine.' });
    return false;
  }
  const plain = state.phase === 'ready' && state.storage.kind === 'browser' && !state.storage.isEncrypted ? await contentOf(current()) : undefined;
  if (!await open({ passphrase })) return false;
  if (plain !== undefined) await takeOver(plain);
  // Otherwise the reader has to ask for it.
  remember(FLAG, '1');
  change({ asksPassphrase: false });
  return true;
}

/** Everything, with its named snapshots. */
async function contentOf(engine) {
  const { entries } = await engine.page(undefined, null, 1);
  const list = await engine.store.snapshots.list();
  if (entries.length === 0 && list.length === 0) return undefined;
  const named = await Promise.all(list.map(async ({ name }) => [name, await engine.store.snapshots.load(name)]));
  return { bytes: await engine.store.snapshot(), named: named.filter(([, bytes]) => bytes !== undefined) };
}

async function takeOver({ bytes, named }) {
  const { store } = current();
  const { size } = await current().page(undefined, null, 1);
  if (size > 0 || (await store.snapshots.list()).length > 0) {
    notify({
      title: 'This is the home with a passphrase', tone: 'warning', text: 'The one without is still in this browser, and is not encrypted.',
      actions: [{ label: 'Delete that one', act: forgetPlain }, { label: 'Keep both', act: () => {} }],
    });
    return;
  }
  for (const [name, each] of named) await store.snapshots.save(name, each);
  await store.restore(bytes);
  endTogether();
  await forgetPlain();
  notify({ title: 'The home is encrypted', text: 'Nobody can read it without the passphrase, which is kept nowhere: do not lose it.' });
}

async function forgetPlain() {
  try {
    const { IndexedDBStore } = await import('../../host-js/store/indexeddb.js');
    await IndexedDBStore.delete(PLAIN_DATABASE);
  } catch (error) {
    notify({ tone: 'warning', title: 'The home without a passphrase is still there', text: 'Close other tabs of this page, and unlock it again.', detail: explain(error).detail });
  }
}
