// A browser is killed while pages save, round after round over one profile: what was acknowledged is there in the next round.
//
// CU_ROUNDS says how many rounds; `make test-browsers` asks for 50.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { engines, newProfile } from './browser.mjs';
import { openPage } from './pages.mjs';
import { serve } from './server.mjs';

const ROUNDS = Number(process.env.CU_ROUNDS ?? 2);
const NAMES = ['saved', 'tab', 'files'];

/** Counts in two tabs over one database, and in a worker over files where the browser has them, else `files` is null. */
async function work(browser, server) {
  const [first, second] = [await openPage(browser, server), await openPage(browser, server)];
  const found = await first.evaluate(async () => {
    const { IndexedDBStore } = await window.load('cu/store/indexeddb');
    const call = window.startWorker();
    const step = (name) => fetch(`/report/step/${name}`);
    await step('files');
    const hasFiles = await call('hasFiles');
    if (hasFiles) await call('open', 'killed', { wait: 5000 });
    await step('database');
    const store = await IndexedDBStore.open('killed', { autosave: 20 });
    await step('turn');
    const instance = await store.turn(() => window.create(store));
    const values = await store.turn(() => instance.compute('_home.saved = _home.saved or 0 _home.tab = _home.tab or 0 _home.both = _home.both or 0 return _home.saved, _home.tab, _home.both').values);
    await step('compute');
    const files = hasFiles ? await call('compute', '_home.n = _home.n or 0 return _home.n') : null;
    window.count = async () => {
      if (hasFiles) call('count', 'files', 1e9);
      for (;;) {
        const value = await store.turn(() => instance.compute("_home.saved = _home.saved + 1 _home.both = _home.both + 1 _home.text = ('x'):rep(_home.saved % 5000) return _home.saved").value);
        await fetch(`/report/saved/${value}`);
      }
    };
    return { saved: values[0], tab: values[1], both: values[2], files };
  });
  await second.evaluate(async () => {
    const { IndexedDBStore } = await window.load('cu/store/indexeddb');
    await fetch('/report/step/second');
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

for (const engine of engines) {
  test(`what was acknowledged survives a killed ${engine.name}, ${ROUNDS} rounds (CU_SEED=${seed})`, async () => {
    const below = randomBelow(seed);
    const last = Object.fromEntries(NAMES.map((name) => [name, 0]));
    let step = 'launch';
    const server = await serve((path) => {
      const [name, value] = path.split('/');
      if (name === 'step') step = value;
      else last[name] = Math.max(last[name], Number(value));
    });
    const profile = await newProfile();
    try {
      for (let round = 0; round <= ROUNDS; round++) {
        step = 'launch';
        const browser = await engine.launch(profile);
        try {
          const before = { ...last };
          const found = await work(browser, server).catch((cause) => {
            throw new Error(`round ${round}, step ${step}: ${cause.message}`, { cause });
          });
          if (found.files === null) delete last.files;
          for (const name of Object.keys(last)) assert.ok(found[name] >= before[name], `round ${round}: ${name} has ${found[name]}, acknowledged was ${before[name]}`);
          // Whole computes only.
          assert.equal(found.both, found.saved + found.tab, `round ${round}`);
          await new Promise((resolve) => { setTimeout(resolve, 100 + below(900)); });
        } finally {
          await browser.kill();
        }
      }
      for (const name of Object.keys(last)) assert.ok(last[name] > ROUNDS, `${name}: ${last[name]}`);
      if (process.env.CU_ROUNDS !== undefined) console.log(`${engine.name}, ${ROUNDS} rounds, acknowledged: ${JSON.stringify(last)}`);
    } finally {
      await server.close();
      await profile.remove();
    }
  });
}
