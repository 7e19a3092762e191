// Measures what a program in JavaScript waits for: calls in Node and in Chromium, beside wasmoon; stores of Chromium, beside Dexie and
// TinyBase; the load of a page. RxDB's figures are those that it publishes, from another machine.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bundle } from '../../scripts/bundle.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { chromiumPath, launch, openAlone } from '../browser/engines/chromium.mjs';
import { newProfile } from '../browser/browser.mjs';
import { serve } from '../browser/server.mjs';
import { measureCalls } from './page/calls.mjs';
import { median } from './statistics.mjs';
import { formatGrid } from './table.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOADS = 20;

/** Files as they are: the server for development makes bundles anew for each request. */
const SERVED = /^\/(dist|tests\/bench\/(page|node_modules\/(tinybase|wasmoon))|node_modules\/dexie)\//;
const folder = folderSite(ROOT);
const files = (path) => (SERVED.test(path) ? folder(path) : undefined);

/**
 * The rows: `most` are milliseconds, the target of the figures of `who` in both. `published`: RxDB's milliseconds of the same operation
 * over the same kind of store (github.com/pubkey/rxdb, the performance data of its documents, commit 18af1d20), of which `per`
 * were measured together.
 */
const MEASURES = [
  { what: 'compute', who: 'core', title: "`compute('return 1+1')` of `cu`", most: 0.0015 },
  { what: 'compute', who: 'cuwasm', title: "`compute('return 1+1')` of `cu/cuwasm`", most: 0.0015 },
  { what: 'rows', who: 'cuwasm', title: '1,000 rows of 3 fields in, read in Lua, and out', most: 3 },
  { what: 'stream', who: 'cuwasm', title: '`processStream` over 100,000 items', most: 400 },
  { what: 'load', who: 'cu', title: 'a page with the one-file bundle, to its first result', most: 50 },
  { what: 'empty', who: 'cu', title: 'a page with nothing, to its first line' },
  { what: 'home', who: 'cu', title: 'IndexedDB: save a home of 10,000 new keys', most: 60 },
  { what: 'changed', who: 'cu', title: 'IndexedDB: save 10 changed keys of 10,000', most: 5 },
  { what: 'documents', who: 'cu', title: 'IndexedDB: save 500 new documents', published: 11.02 },
  { what: 'one', who: 'cu', title: 'IndexedDB: a change by itself, durable', published: 21.2, per: 50 },
  { what: 'open', who: 'cu', title: 'IndexedDB: open a home of 10,000 keys and 500 documents' },
  { what: 'file', who: 'cu', title: 'files in a worker: a durable compute with one change', most: 1, published: 7.4, per: 50 },
  { what: 'files', who: 'cu', title: 'files in a worker: a durable compute with 1,000 changes' },
  { what: 'local', who: 'cu', title: 'localStorage: a durable compute with one change of 1,000 keys' },
  { what: 'memory', who: 'cu', title: '100,000 changes in a compute, in memory' },
  { what: 'behind', who: 'cu', title: '100,000 changes in a compute, over IndexedDB' },
];

const HEAD = ['milliseconds', 'at most', 'Node', 'wasmoon, Node', 'Chromium', 'wasmoon, Chromium', 'Dexie', 'TinyBase', 'RxDB, published'];

/** In a process of its own, whose memory has nothing else. */
function measureNode() {
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--node'], { encoding: 'utf8' }));
}

async function callsInNode() {
  return measureCalls({
    core: await import('../../host-js/core.js'),
    cuwasm: await import('../../host-js/cuwasm/index.js'),
    module: await WebAssembly.compile(readFileSync(`${ROOT}dist/cu.wasm`)),
    wasmoon: await import('wasmoon'),
  });
}

async function measureChromium() {
  await bundle(`${ROOT}host-js/`, `${ROOT}dist/`);
  const server = await serve(undefined, { sites: [files] });
  const profile = await newProfile();
  const browser = await launch(profile);
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}tests/bench/page/javascript.html`);
    await page.waitForFunction(() => window.measureStores);
    const calls = await page.evaluate(() => window.measureCalls());
    const stores = await page.evaluate(() => window.measureStores());
    return { version: browser.version, measures: [...calls, ...stores] };
  } finally {
    await browser.close();
    await profile.remove();
    await server.close();
  }
}

/** From the begin of the navigation, in a tab that has this site open; the page loads itself again after each time. */
async function measureLoad(what) {
  const times = [];
  let isDone;
  const done = new Promise((resolve) => { isDone = resolve; });
  const server = await serve((took) => {
    if (times.push(Number(took)) === LOADS) isDone();
  }, { sites: [files] });
  const profile = await newProfile();
  const end = await openAlone(profile, `${server.url}tests/bench/page/${what}.html`);
  await done;
  await end();
  await profile.remove();
  await server.close();
  if (!times.every((time) => time > 0)) throw new Error(`the page ${what} computed something else than 42`);
  return { what, milliseconds: { cu: median(times) } };
}

/** When, in which versions, and `times`: `{ where, what, milliseconds }`, where each `who` has its own. */
export async function measureJavaScript() {
  const date = new Date().toISOString().slice(0, 10);
  const times = measureNode().map((measure) => ({ where: 'node', ...measure }));
  if (chromiumPath() === undefined) return { date, node: process.versions.node, times };
  const { version, measures } = await measureChromium();
  for (const what of ['load', 'empty']) measures.push(await measureLoad(what));
  times.push(...measures.map((measure) => ({ where: 'chromium', ...measure })));
  return { date, node: process.versions.node, chromium: version, times };
}

/** The figures as cells of a table, the same for a terminal and for docs/performance.md. */
export function javaScriptTable(times, scale = 1) {
  const body = MEASURES.map(({ what, who, title, most, published, per = 1 }) => {
    const of = (where) => times.find((each) => each.where === where && each.what === what)?.milliseconds ?? {};
    const other = (time) => (time === undefined ? '-' : figure(time * scale));
    const ours = (time) => `${other(time)}${time * scale > most ? ' (missed)' : ''}`;
    const [node, chromium] = [of('node'), of('chromium')];
    return [
      title,
      most === undefined ? '-' : figure(most),
      ours(node[who]), other(node.wasmoon), ours(chromium[who]), other(chromium.wasmoon), other(chromium.dexie), other(chromium.tinybase),
      published === undefined ? '-' : figure(published / per),
    ];
  });
  return [HEAD, body];
}

/** Three digits. */
const figure = (time) => (time < 100 ? String(Number(time.toPrecision(3))) : time.toFixed(0));

/** The figures as lines of text. `scale` converts this machine's times to those of the reference machine. */
export const describeJavaScript = ({ times }, scale) => formatGrid(...javaScriptTable(times, scale));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === '--node') console.log(JSON.stringify(await callsInNode()));
  else console.log(describeJavaScript(await measureJavaScript()));
}
