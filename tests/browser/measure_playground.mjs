// Measures visits of the playground in Chromium, from a server of this machine: when the first result and the editor are there, tasks that
// hold the page up, and what is transferred; first for browsers that were never there, then for one that comes again, whose service worker has
// the page.
//
// Use: node tests/browser/measure_playground.mjs [VISITS]

import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPlayground } from '../../scripts/playground.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { engines, newProfile } from './browser.mjs';
import { run, write } from './playground.mjs';
import { serve } from './server.mjs';

const visits = Number(process.argv[2] ?? 15);
const RUN_MS = 1000;

const folder = `${await mkdtemp(join(tmpdir(), 'cu-playground-'))}/`;
await buildPlayground(folder);
const site = folderSite(folder);
const server = await serve(undefined, { sites: [async (path) => (path.startsWith('/page/') ? site(path.slice('/page'.length)) : undefined)] });
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** The long tasks of a page since `from`, in milliseconds. */
const longTasks = (page, from) => page.evaluate((start) => new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => resolve(list.getEntries().filter((each) => each.startTime >= start).map(({ duration }) => duration)));
  observer.observe({ type: 'longtask', buffered: true });
  setTimeout(() => resolve([]), 200);
}), from);

async function visit(browser) {
  const page = await browser.newPage();
  await page.goto(`${server.url}page/`);
  await page.waitForFunction(() => performance.getEntriesByName('editor').length > 0);
  const times = await page.evaluate(() => ({
    result: performance.getEntriesByName('first result')[0].startTime, editor: performance.getEntriesByName('editor')[0].startTime,
    files: performance.getEntriesByType('resource').length + 1,
    bytes: performance.getEntriesByType('resource').reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  }));
  const loading = await longTasks(page, 0);
  await write(page, `local start = os.clock() while os.clock() - start < ${RUN_MS / 1000} do local t = {} for i = 1, 1000 do t[i] = i end end`);
  const before = await page.evaluate(() => performance.now());
  await run(page);
  const running = await longTasks(page, before);
  await page.close();
  return { ...times, loading: Math.max(0, ...loading), running: Math.max(0, ...running) };
}

async function inBrowser(action) {
  const profile = await newProfile();
  const browser = await engines[0].launch(profile);
  try {
    return await action(browser);
  } finally {
    await browser.close();
    await profile.remove();
  }
}

function print(title, found) {
  const line = (name, of, unit) => console.log(`${name.padEnd(44)} ${Math.round(median(found.map(of)))} ${unit} (${Math.round(Math.min(...found.map(of)))} to ${Math.round(Math.max(...found.map(of)))})`);
  console.log(`\n${title}, ${found.length} visits, load of the machine ${loadavg()[0].toFixed(1)}`);
  line('first result after navigation', ({ result }) => result, 'ms');
  line('the editor, all is interactive', ({ editor }) => editor, 'ms');
  line('longest task while the page loads', ({ loading }) => loading, 'ms');
  line('longest task while a script runs', ({ running }) => running, 'ms');
  line('bytes of all files, before compression', ({ bytes }) => bytes, 'bytes');
}

const first = [];
for (let number = 0; number < visits; number++) first.push(await inBrowser(visit));
print('for the first time', first);
await inBrowser(async (browser) => {
  console.log(browser.version ?? engines[0].name);
  await visit(browser);
  // Its service worker is there then.
  await new Promise((resolve) => { setTimeout(resolve, 3000); });
  const again = [];
  for (let number = 0; number < visits; number++) again.push(await visit(browser));
  print('once more', again);
});

await server.close();
await rm(folder, { recursive: true });
