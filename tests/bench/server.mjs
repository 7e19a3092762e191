// Measures `cu serve` and stores: requests a second over each kind of place, operations of each store, and 10,000 homes at once.
//
// Client, server and database share the machine, so the figures are those of all of them together.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { formatGrid } from './table.mjs';
import { DATABASES, serve } from './servers.mjs';

const example = (name) => fileURLToPath(new URL(`../../target/release/examples/${name}`, import.meta.url));

const SECONDS = 5;
const HOMES = 100;
const CONNECTIONS = 32;
/** Homes that are open at once. */
const MANY = 10_000;

const READS = 'return _home.n';
const WRITES = '_home.n = (_home.n or 0) + 1 return _home.n';
/** What the project asks for, a second. */
const LEAST = { memory: { reads: 20_000 }, redb: { writes: 3_000 } };

const TITLES = { memory: 'memory', redb: 'files of redb', postgres: 'PostgreSQL', etcd: 'etcd, one node' };

/** Everything: `{ cores, load, requests: { place: { reads, writes } }, stores: { place: { what: number } }, homes: { place: {…} } }`. */
export async function measureServer(report = () => {}) {
  const [load] = loadavg();
  const folder = mkdtempSync(join(tmpdir(), 'cu-bench-server-'));
  const databases = {};
  try {
    for (const [name, start] of Object.entries(DATABASES)) {
      report(`start of ${name}`);
      const database = await start();
      if (database !== undefined) databases[name] = database;
    }
    const places = { memory: [], redb: [join(folder, 'homes')] };
    for (const [name, { url }] of Object.entries(databases)) places[name] = [url()];
    const requests = {};
    for (const [name, words] of Object.entries(places)) {
      report(`requests over ${TITLES[name]}`);
      requests[name] = await measureRequests(words);
    }
    report('operations of stores');
    const urls = ['memory:', join(folder, 'bench.redb'), ...Object.values(databases).map(({ url }) => url('operations'))];
    const stores = operations(urls);
    const homes = {};
    for (const name of ['memory', 'redb']) {
      report(`${MANY} homes in ${TITLES[name]}`);
      homes[name] = await measureHomes(name === 'memory' ? [] : [join(folder, 'many')]);
    }
    report('');
    return { cores: cpus().length, load, requests, stores, homes };
  } finally {
    for (const { stop } of Object.values(databases)) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests a second; every home is open before that. */
export async function measureRequests(words) {
  const server = await serve(...words);
  try {
    const load = (seconds, code) => loaded(server.address, HOMES, CONNECTIONS, seconds, code);
    await openAll(server.address, HOMES);
    return { reads: load(SECONDS, READS), writes: load(SECONDS, WRITES) };
  } finally {
    await server.stop();
  }
}

/** What the client of the benchmarks has counted, a second. */
function loaded(address, homes, connections, seconds, code) {
  const said = execFileSync(example('load'), [address, homes, connections, seconds, code].map(String), { encoding: 'utf8' });
  const [, requests] = /^(\d+) requests\/s/.exec(said) ?? [];
  if (requests === undefined) throw new Error(`load said: ${said}`);
  return Number(requests);
}

/** Operations a second of each store. */
function operations(urls) {
  const stores = {};
  for (const line of execFileSync(example('stores'), urls, { encoding: 'utf8' }).split('\n')) {
    const [, name, what, number] = /^(\w+)\.(\w+) (\d+) 1\/s$/.exec(line) ?? [];
    if (name !== undefined) (stores[name] ??= {})[what] = Number(number);
  }
  return stores;
}

/** Makes homes, each with a request, until as many are open; what the server takes then, and how many requests it still answers. */
async function measureHomes(words) {
  const server = await serve('--idle', '3600', '--open-homes', String(MANY), ...words);
  try {
    const before = residentBytes(server.pid);
    const began = performance.now();
    const open = await openAll(server.address, MANY);
    const seconds = (performance.now() - began) / 1000;
    const bytes = (residentBytes(server.pid) - before) / open;
    return { open, seconds, bytes, reads: loaded(server.address, MANY, CONNECTIONS, SECONDS, READS) };
  } finally {
    await server.stop();
  }
}

/** Writes into homes until so many are open; answers how many are. */
async function openAll(address, homes) {
  // The client goes through the homes from the first one on.
  for (let time = 2; ; time *= 2) {
    loaded(address, homes, CONNECTIONS, time, WRITES);
    const open = await openHomes(address);
    if (open >= homes) return open;
  }
}

/** Over a connection of its own: the server closes one that is idle for long. */
async function openHomes(address) {
  const answer = await new Promise((resolve, reject) => {
    get(`http://${address}/metrics`, { agent: false }, resolve).on('error', reject);
  });
  return Number(/^cu_homes_open (\d+)$/m.exec(await text(answer))[1]);
}

const residentBytes = (pid) => Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

// ---- tables ----

const thousands = (number) => (number === undefined ? '-' : Math.round(number).toLocaleString('en'));

/** Whether other programs had so much of the machine that figures judge nothing. */
const isBusy = ({ cores, load }) => load > cores / 4;

/** What has to be known to read the figures. */
export function conditions({ cores, load }) {
  const others = isBusy({ cores, load })
    ? ` Other programs kept the machine busy (${load.toFixed(0)} of them ran or waited at a time, on average): nothing is judged by these figures, and \`make bench\` on an idle machine gives others.`
    : '';
  return `${cores} cores for client, server and database together; not scaled.${others}`;
}

/** Requests a second, beside what the project asks for. */
export function requestsTable(figures) {
  const { requests } = figures;
  const cell = (place, what) => {
    const [figure, least = 0] = [requests[place][what], LEAST[place]?.[what]];
    const judged = figure < least && !isBusy(figures) ? ', missed' : '';
    return `${thousands(figure)}${least > 0 ? ` (at least ${thousands(least)}${judged})` : ''}`;
  };
  const rows = Object.keys(requests).map((place) => [TITLES[place], cell(place, 'reads'), cell(place, 'writes')]);
  return [['requests a second', 'that read', 'that write'], rows];
}

const OPERATIONS = {
  writes_in_units_of_1000: 'rows written, 1,000 in a unit',
  units_of_one_write: 'units of one write',
  units_of_one_read: 'units of one read',
  rows_of_a_cold_scan: 'rows of a scan, nothing in memory',
  computes_that_write: 'computes that write',
  computes_that_read: 'computes that read',
};

/** Operations a second of each store. */
export function storesTable({ stores }) {
  const places = Object.keys(stores);
  const rows = Object.entries(OPERATIONS).map(([what, title]) => [title, ...places.map((place) => thousands(stores[place][what]))]);
  return [['a second', ...places.map((place) => TITLES[place])], rows];
}

/** Many homes at once. */
export function homesTable({ homes }) {
  const rows = Object.entries(homes).map(([place, { open, seconds, bytes, reads }]) => [
    TITLES[place], thousands(open), seconds.toFixed(0), thousands(bytes / 1000), thousands(reads),
  ]);
  return [['homes', 'open at once', 'made in, s', 'memory of each, KB', 'reads a second over all'], rows];
}

/** The figures as lines of text. */
export const describeServer = (figures) => `${conditions(figures)}\n\n` + [requestsTable, storesTable, homesTable].map((table) => formatGrid(...table(figures))).join('\n\n');
