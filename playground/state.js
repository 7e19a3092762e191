/**
 * What the page knows, in one place: actions change it, views show it.
 *
 * Invariant: only `change` changes `state`, and it tells each view once of all that changed together.
 */

export const state = {
  /** starting, locked until there is a passphrase, ready, running, stopping, or failed: there is no engine. */
  phase: 'starting',
  /** Where the home is kept, and why not in the browser: `{ kind: 'browser' | 'memory', isEncrypted, why }`. */
  storage: undefined,
  /** What Lua said at the start. */
  welcome: '',
  /** Of the last run: see actions/run.js. */
  result: undefined,
  /** Figures of the last runs, oldest first. */
  runs: [],
  /** Milliseconds that a run may take, 0 for any. */
  limit: 5000,
  /** Which table of the home is shown: steps from `_home`, each `{ name, key, table, isFunction }`. */
  path: [],
  /** Its part that is shown: `{ entries, size, starts, ... }`, undefined until it is read. */
  page: undefined,
  snapshots: [],
  /** What the reader has to know: `{ id, tone, title, text, actions }`. */
  notices: [],
  /** Whether the page asks for a passphrase. */
  asksPassphrase: false,
  /** The shared home that is joined: see together/together.js. */
  together: undefined,
  /** What a narrow screen shows: script, result, home. */
  view: 'script',
};

const listeners = [];

/** @param {Partial<typeof state>} patch */
export function change(patch) {
  const names = Object.keys(patch).filter((name) => state[name] !== patch[name]);
  if (names.length === 0) return;
  Object.assign(state, patch);
  for (const listener of listeners) {
    if (listener.names.some((name) => names.includes(name))) listener.show(state);
  }
}

/** Calls `show` now, and after each change of one of the names. */
export function whenChanged(names, show) {
  listeners.push({ names, show });
  show(state);
}
