// Chromium is killed while pages save, round after round over one profile: what was acknowledged is there in the next round.
//
// CU_ROUNDS says how many rounds; `make test-browsers` asks for 50.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { launch, newProfile } from './chromium.mjs';
import { openPage } from './pages.mjs';
import { serve } from './server.mjs';

const ROUNDS = Number(process.env.CU_ROUNDS ?? 2);
const NAMES = ['saved', 'tab', 'files'];

/** Counts in two tabs over one database, in one by `save` and in the other one by turns, and in a worker over files. */
async function work(browser, server) {
  const [first, second] = [await openPage(browser, server), await openPage(browser, server)];
  const found = await first.evaluate(async () => {
    const { IndexedDBStore } = await window.load('cu/store/indexeddb');
    const call = window.startWorker();
    await call('open', 'killed', { wait: 5000 });
    const store = await IndexedDBStore.open('killed', { autosave: 20 });
    const instance = await store.turn(() => window.create(store));
    const values = await store.turn(() => instance.compute('_home.saved = _home.saved or 0 _home.tab = _home.tab or 0 _home.both = _home.both or 0 return _home.saved, _home.tab, _home.both').values);
    const files = await call('compute', '_home.n = _home.n or 0 return _home.n');
    window.count = async () => {
      call('count', 'files', 1e9);
      for (;;) {
        const value = await store.turn(() => instance.compute("_home.saved = _home.saved + 1 _home.both = _home.both + 1 _home.text = ('x'):rep(_home.saved % 5000) return _home.saved").value);
        await fetch(`/report/saved/${value}`);
      }
    };
    return { saved: values[0], tab: values[1], both: values[2], files };
  });
  await second.evaluate(async () => {
    const { IndexedDBStore } = await window.load('cu/store/indexeddb');
    const store = await IndexedDBStore.open('killed', { autosave: 20 });
    const instance = await store.turn(() => window.create(store));
    window.count = async () => {
      for (;;) {
        const value = await store.turn(() => instance.compute('_home.tab = _home.tab + 1 _home.both = _home.both + 1 return _home.tab').value);
        await fetch(`/report/tab/${value}`);
      }
    };
  });
  for (const page of [first, second]) page.evaluate(() => { window.count(); }).catch(() => {});
  return found;
}

test(`what was acknowledged survives a killed browser, ${ROUNDS} rounds (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  const last = Object.fromEntries(NAMES.map((name) => [name, 0]));
  const server = await serve((path) => {
    const [name, value] = path.split('/');
    last[name] = Math.max(last[name], Number(value));
  });
  const profile = await newProfile();
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const browser = await launch(profile);
      try {
        const before = { ...last };
        const found = await work(browser, server);
        for (const name of NAMES) assert.ok(found[name] >= before[name], `round ${round}: ${name} has ${found[name]}, acknowledged was ${before[name]}`);
        // Whole computes only.
        assert.equal(found.both, found.saved + found.tab, `round ${round}`);
        await new Promise((resolve) => { setTimeout(resolve, 100 + below(900)); });
      } finally {
        await browser.kill();
      }
    }
    for (const name of NAMES) assert.ok(last[name] > ROUNDS, `${name}: ${last[name]}`);
    if (process.env.CU_ROUNDS !== undefined) console.log(`acknowledged: ${JSON.stringify(last)}`);
  } finally {
    await server.close();
    await profile.remove();
  }
});
