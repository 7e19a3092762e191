/**
 * A shared home in this page: joins and leaves it, and keeps what is here and what is at the server the same.
 *
 * Invariant: a change of the reader is in the store of the page before anybody hears of it, and counted as waiting until the server has it.
 * `state.together` is undefined, or
 *
 *   { home, server, name, phase, waiting, rows, last, problem, conflicts, count, newest }
 *
 * phase: waiting (nothing is known yet), offline, busy (it was current, and exchanges once more), current, replaced, refused; waiting: rows that
 * the server does not have; last: when it was current, in milliseconds; conflicts: those that are shown, count: of all, newest: the number of the last.
 */

import { showHome } from '../actions/home.js';
import { notify } from '../actions/notices.js';
import { explain } from '../messages.js';
import { emptyOutbox, fillOutbox } from '../offline/outbox.js';
import { change, state, whenChanged } from '../state.js';
import { exchange, NeedsName, Refused, request, Unreachable } from './exchange.js';
import { forget, joined, remember } from './joined.js';
import { goLive } from './live.js';
import { ask, newSharedTable, putBack, sharedTable } from './lua.js';
import { newName } from './names.js';

const scope = new URL('./', document.baseURI).href;

let live;
let isRunning = false;
/** Whether somebody kicked meanwhile, and whether there may be news from the server. */
let again = false;
let news = true;

const update = (patch) => {
  if (state.together === undefined) return;
  change({ together: { ...state.together, ...patch } });
  if (live !== undefined && live.isLeader) live.say();
};

/** What of it other tabs show as well. */
const told = () => (({ phase, waiting, last, problem }) => ({ phase, waiting, last, problem }))(state.together ?? {});

/** Goes on with what was joined, if anything was. */
export async function resume() {
  const what = joined();
  if (what === undefined || live !== undefined || state.phase !== 'ready') return undefined;
  try {
    const status = await ask('status', await sharedTable());
    // Another home is open, such as the one with a passphrase.
    if (status !== null && status.me === what.me && live === undefined) begin(what);
    return undefined;
  } catch (error) {
    return failed('The shared home is not read', error);
  }
}

function begin(what) {
  const { home, server, name } = what;
  if (live !== undefined) live.close();
  news = true;
  change({ together: { home, server, name, phase: 'waiting', waiting: 0, rows: 0, last: undefined, problem: '', conflicts: [], count: 0, newest: 0 } });
  live = goLive({
    url: server + home, status: told,
    kick: (hasNews) => { news ||= hasNews; kick(); },
    hear: (status) => { update(status); },
    obey: (did) => (did === 'left' ? stop() : undefined),
  });
  kick();
}

/** @param {{ server: string, home: string, name: string }} what name: that of the reader */
export async function join({ server, home, name }) {
  try {
    if (state.phase !== 'ready') throw new Error('a script runs: stop it first');
    const what = { server, home, name, me: newName(name) };
    await ask('join', await newSharedTable(), home, server, what.me);
    remember(what);
    begin(what);
    await showHome();
    return true;
  } catch (error) {
    failed('The shared home was not joined', error);
    return false;
  }
}

/** The rows stay here, and at the server. */
export async function leave() {
  try {
    const { waiting } = state.together;
    forget();
    live.announce('left');
    await end();
    await ask('leave');
    notify({ title: 'You have left', text: waiting > 0 ? `The rows stay in \`_home.shared\`. ${waiting} of them were not sent.` : 'The rows stay in `_home.shared`.' });
  } catch (error) {
    failed('Not left for good', error);
  }
}

function stop() {
  if (live !== undefined) live.close();
  live = undefined;
  change({ together: undefined });
}

/** For this page and for good: what was put aside is not sent either. */
export async function end() {
  stop();
  await emptyOutbox(scope).catch(() => {});
}

/** Something may have changed here, or there. */
export async function kick() {
  again = true;
  if (isRunning) return;
  isRunning = true;
  while (again && live !== undefined) {
    again = false;
    // What fails while a failure is shown, such as a store that is gone, is tried again as that is.
    await step().catch(show).catch(() => { if (live !== undefined) live.retry(false); });
  }
  isRunning = false;
}

// A run that ended, another tab's change: both show the home anew. A home that was locked may be open now.
whenChanged(['page', 'phase'], ({ phase }) => {
  if (phase !== 'ready') return;
  if (live === undefined) resume();
  else kick();
});

async function step() {
  // A script has its turn first; what is asked meanwhile would wait for its end.
  if (state.phase !== 'ready') return;
  const of = await sharedTable();
  const status = await look(of);
  if (status === undefined || !live.isLeader) return;
  if (status.waiting === 0 && !news && state.together.phase === 'current') return;
  news = false;
  if (state.together.phase === 'current') update({ phase: 'busy' });
  const { applied, refused } = await exchange(of, { url: url(), me: joined().me });
  if (await look(of) === undefined) return;
  const isRefused = Object.keys(refused).length > 0;
  update({ phase: isRefused ? 'refused' : 'current', problem: isRefused ? `The server does not take a row: ${refused[0].error}` : '', last: Date.now() });
  live.retry(!isRefused);
  if (state.together.waiting === 0) await emptyOutbox(scope).catch(() => {});
  if (applied > 0) await showHome();
}

const url = () => state.together.server + state.together.home;

/** What the store says; undefined where there is nothing to exchange. */
async function look(of) {
  const status = await ask('status', of ?? null);
  if (live === undefined) return undefined;
  if (status === null || status.me !== joined()?.me) {
    stop();
    return undefined;
  }
  const { waiting, rows, conflicts: count, newest, linked } = status;
  const conflicts = count === 0 || !linked ? [] : await ask('conflicts', of);
  if (live === undefined) return undefined;
  const isSame = count === 0 && state.together.count === 0;
  update({ waiting, rows, count, newest, ...(isSame ? {} : { conflicts }), ...(linked ? {} : { phase: 'replaced' }) });
  return linked ? status : undefined;
}

/** What went wrong is tried again; the page says what waits. */
async function show(error) {
  if (live === undefined) return;
  if (error instanceof NeedsName) {
    const what = { ...joined(), me: newName(joined().name) };
    await ask('anew', await sharedTable(), what.me);
    remember(what);
    news = true;
    again = true;
    return;
  }
  const isUnreachable = error instanceof Unreachable;
  if (isUnreachable) update({ phase: 'offline', problem: '' });
  // The reader stopped the worker, and this with it.
  else if (error.name === 'WorkerError') update({ phase: 'waiting', problem: '' });
  else update({ phase: 'refused', problem: error instanceof Refused ? error.message : explain(error).detail });
  live.retry(false);
  if (isUnreachable) await putAside().catch(() => {});
}

/** For the time when there is a network and no page: only where the browser does that, and not what is encrypted here. */
async function putAside() {
  if (state.together.waiting === 0 || state.storage.isEncrypted || state.storage.kind === 'memory') return;
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.sync === undefined) return;
  await fillOutbox(scope, url(), await request(await sharedTable(), joined().me));
  await registration.sync.register('together');
}

/** @param {'mine' | 'theirs' | 'both'} which */
export function choose(number, which) {
  return settle('The conflict is still there', async () => ask('choose', await sharedTable(), number, which));
}

/**
 * Of all that are there, also of those that are not shown.
 * @param {'mine' | 'theirs'} which
 * @param {number} newest of those that the reader knows of
 */
export function chooseAll(which, newest) {
  return settle('The conflicts are still there', async () => {
    const left = await ask('choose_all', await sharedTable(), which, newest);
    if (left > 0) notify({ title: `Conflicts that are left: ${left}`, text: 'Rows that have changed once more since stay in conflict: look at each.' });
  });
}

async function settle(problem, action) {
  try {
    await action();
    await showHome();
  } catch (error) {
    failed(problem, error);
  }
  await kick();
}

/** After a script put something else there. */
export async function link() {
  try {
    await putBack();
    update({ phase: 'waiting' });
    await showHome();
  } catch (error) {
    failed('The shared table is not back', error);
  }
  await kick();
}

function failed(title, error) {
  const { text, detail, isKnown } = explain(error);
  notify({ tone: 'warning', title, text: isKnown ? text : 'Nothing was changed.', detail });
}
