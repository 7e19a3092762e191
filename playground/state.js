/** What the page knows: actions change it, views show it. */

import { observed } from './observed.js';

export const { state, change, whenChanged } = observed({
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
  /** How many homes were shown: with another one, what was asked of the one before is over. */
  homes: 0,
  /** Whether cells are shown in the place of one script. */
  isNotebook: false,
});
