/**
 * What went wrong, in words for a reader, and the way on.
 *
 * Invariant: each failure has a title, a text that says what is still there, and the error's own words where they add something.
 */

/** Failures of the store, by reason. `choices` name what the page offers. */
const OF_STORE = {
  denied: ['Nothing is kept here', 'This browser lets the page store nothing (a private window, or blocked cookies). Everything works, until the page is closed: export the home to keep it.'],
  unsupported: ['Nothing is kept here', 'This browser has no storage for pages. Everything works, until the page is closed: export the home to keep it.'],
  damaged: ['What was kept is damaged', 'Some of its rows are missing or changed. Nothing was touched so far: repair it, which keeps all that can be read, or go on without it.', ['repair', 'memory']],
  blocked: ['Another tab is in the way', 'It has an older version of this page open. Close it, and try again.', ['retry', 'memory']],
  busy: ['Another tab has the home', 'It is busy, or this browser cannot share. Close the other tab, and try again.', ['retry', 'memory']],
  version: ['This page is older than what is kept', 'A newer version of it was open here. Reload to get it.', ['reload', 'memory']],
  quota: ['The browser has no more room', 'What was kept before stays. What this run changed is only in this page: export the home to have it all, or reload to go back.'],
  conflict: ['Two tabs changed the home at once', 'Nothing was written over. Export what is here, then reload.', ['reload']],
};

const OF_ENCRYPTION = {
  key: ['That is not the passphrase', 'The home is encrypted, and stays as it is. Try again, or open the one without a passphrase.', ['passphrase', 'plain']],
};

/** Failures of a script, by class. */
const OF_SCRIPT = {
  interrupted: ['Stopped', 'What the script had done so far is kept, and Lua is as usable as before.'],
  memory: ['Out of memory', 'A script has 2 MiB for its own tables and strings. Lua is as usable as before; what belongs to `_home` lies outside of that, and may be larger.'],
  syntax: ['Not Lua', ''],
  runtime: ['Error', ''],
  result: ['This cannot be shown', 'A result is values and tables of them, none inside of itself. What a script puts into `_home` can be looked at there, functions too.'],
  handler: ['Error in the error handler', ''],
};

const OF_WORKER = {
  died: ['Lua was started anew', 'It did not answer any more. What was kept is still there; globals are gone.'],
  time: ['Lua was started anew', 'The script did not stop in time. What was kept is still there; globals are gone.'],
  stopped: ['Stopped', 'Lua was started anew, because the script did not listen. What was kept is still there.'],
  start: ['Lua did not start', 'A file of this page could not be loaded, or the browser is too old. Reload, or try another browser.', ['reload']],
};

/** @returns {{ title: string, text: string, choices: string[], detail: string, reason?: string, isKnown: boolean }} */
export function explain(error) {
  const detail = String(error && error.message || error);
  // The error of a compute over a store that failed has the store's one as its cause.
  for (let each = error; each instanceof Error; each = each.cause) {
    const known = tableOf(each);
    if (known !== undefined) return { title: known[0], text: known[1], choices: known[2] ?? [], detail, reason: each.reason, isKnown: true };
  }
  return { title: 'Something went wrong', text: 'What was kept is still there.', choices: [], detail, isKnown: false };
}

function tableOf({ name, reason, errorClass }) {
  const table = { StorageError: OF_STORE, EncryptionError: OF_ENCRYPTION, WorkerError: OF_WORKER }[name];
  const key = table === undefined ? errorClass : reason;
  const from = table ?? (name === 'LuaError' ? OF_SCRIPT : {});
  return Object.hasOwn(from, key) ? from[key] : undefined;
}
