// The server of shared homes: what it keeps, and what it refuses. Pages of it are in tests/browser/playground_together*.test.mjs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Homes } from '../../examples/sync-server/homes.mjs';
import { MOST_BYTES, readAnswer, readRequest, writeRequest } from '../../examples/sync-server/message.mjs';
import { encode } from '../../host-js/codec.js';
import { Cu, ExternalTable, MemoryStore, Way } from '../../host-js/full.js';
import { randomBelow, seed } from '../../host-js/test/random.js';

const COMMAND = fileURLToPath(new URL('../../examples/sync-server/server.mjs', import.meta.url));
const SYNC = readFileSync(new URL('../../examples/sync.lua', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'cu-sync-server-'));
const STATE = new Way('_home.state');
const BYTES = { 'content-type': 'application/octet-stream' };

let server;

/** Starts the command, and resolves with its process and its port. */
async function start(port = 0, ...words) {
  const child = spawn(process.execPath, [COMMAND, '--port', String(port), '--folder', folder, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => { child.stdout.once('data', (bytes) => resolve(String(bytes))); });
  return { child, port: Number(/^sync-server: http:\/\/127\.0\.0\.1:(\d+)\/ /.exec(line)[1]) };
}

const ended = (child) => new Promise((resolve) => { child.once('exit', resolve); });

before(async () => { server = await start(0, '--origin', 'https://example.org'); });
after(() => {
  server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A request as it is; `body` may be a function that writes. */
const ask = (path, { method = 'POST', headers = BYTES, body } = {}) => new Promise((resolve, reject) => {
  const asking = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part)).on('error', () => {}).on('close', () => {
      const bytes = Buffer.concat(parts);
      resolve({ status: answer.statusCode, headers: answer.headers, bytes: new Uint8Array(bytes), text: bytes.toString() });
    });
  });
  asking.on('error', reject);
  if (typeof body === 'function') body(asking);
  else asking.end(body);
});

/** One that has a copy, as a page does. */
class Page {
  constructor(name, home) {
    Object.assign(this, { name, home, store: new MemoryStore(), server: undefined });
  }

  async start() {
    this.cu = await Cu.create({ store: this.store, exact: true, now: () => Date.now() });
    this.cu.compute(SYNC);
    this.cu.compute(`_home.t = _home.t or {} _home.state = _home.sync.start(_home.t, '${this.name}')`);
    return this;
  }

  async exchange() {
    const message = this.server === undefined ? undefined : this.cu.call('_home.sync.send', [STATE, this.server, 200]).value;
    const { status, bytes, text } = await ask(`/${this.home}`, { body: writeRequest(this.name, message) });
    assert.equal(status, 200, text);
    const answer = readAnswer(bytes);
    this.server = answer.name;
    const report = this.cu.call('_home.sync.receive', [STATE, answer.message]).value;
    return { ...answer, conflicts: report.conflicts };
  }

  async exchangeAll() {
    for (let turn = 0; turn < 20; turn++) {
      const { taken, message } = await this.exchange();
      if (taken && !message.more && this.cu.call('_home.sync.waiting', [STATE, this.server]).value === 0) return;
    }
    assert.fail('it does not come to an end');
  }

  value(code) {
    return this.cu.compute(`return ${code}`).value;
  }
}

const page = (name, home) => new Page(name, home).start();

test('what one page sends, another one gets, also after the server was killed', async () => {
  const [a, b] = [await page('a', 'garden'), await page('b', 'garden')];
  a.cu.compute("_home.t.tree = { kind = 'oak', age = 2^53, [1] = 1.0, raw = '\\xff\\0' }");
  await a.exchangeAll();
  const { port, child } = server;
  child.kill('SIGKILL');
  await ended(child);
  server = await start(port, '--origin', 'https://example.org');
  await b.exchangeAll();
  assert.equal(b.value("_home.t.tree.kind == 'oak' and math.type(_home.t.tree.age) == 'float' and math.type(_home.t.tree[1]) == 'float' and _home.t.tree.raw == '\\xff\\0'"), true);
});

test('two versions of a row meet in the page, never in the server', async () => {
  const [a, b] = [await page('a', 'meeting'), await page('b', 'meeting')];
  await a.exchangeAll();
  await b.exchangeAll();
  a.cu.compute("_home.t.x = 'of a'");
  b.cu.compute("_home.t.x = 'of b'");
  await a.exchangeAll();
  const first = await b.exchange();
  assert.equal(first.taken, false);
  assert.deepEqual(first.conflicts.map(({ mine, theirs, mine_by: mineBy, theirs_by: theirsBy }) => [mine, theirs, mineBy, theirsBy]), [['of b', 'of a', 'b', 'a']]);
  await b.exchangeAll();
  await a.exchangeAll();
  assert.equal(a.value('_home.t.x'), b.value('_home.t.x'));
});

test('a thousand rows come in several messages, and large ones in more', async () => {
  const [a, b] = [await page('a', 'many'), await page('b', 'many')];
  a.cu.compute("for i = 1, 1000 do _home.t[i] = ('x'):rep(i % 7 == 0 and 2000 or 10) .. i end");
  await a.exchangeAll();
  await b.exchangeAll();
  assert.equal(b.value('#_home.t'), 1000);
  assert.equal(b.value('_home.t[994]'), `${'x'.repeat(2000)}994`);
});

test('a page, or a server, whose state is an older copy goes on under another name', async () => {
  const [a, b] = [await page('a', 'older'), await page('b', 'older')];
  a.cu.compute('_home.t.x = 1');
  await a.exchangeAll();
  const copy = a.store.snapshot();
  a.cu.compute('_home.t.x = 2');
  await a.exchangeAll();
  await b.exchangeAll();
  a.store = MemoryStore.fromSnapshot(copy);
  await a.start();
  a.cu.compute('_home.t.y = 1');
  // It has as many changes as the server knows of, and is another one.
  await assert.rejects(a.exchange(), /went back to an older state/);
  a.cu.compute("_home.sync.stop(_home.t) _home.state = _home.sync.start(_home.t, 'anew')");
  a.name = 'anew';
  await a.exchangeAll();
  await b.exchangeAll();
  assert.deepEqual([a.value('_home.t.x'), a.value('_home.t.y'), b.value('_home.t.x'), b.value('_home.t.y')].map(Number), [2, 1, 2, 1]);

  // The server's file is replaced by an older one.
  const other = mkdtempSync(join(tmpdir(), 'cu-sync-older-'));
  const homes = new Homes(other);
  const message = (me) => ({ from: me, to: 'server', after: 0, last: 7, got: 9, mark: '7 0x1p+0 c 7', got_mark: '9 0x1p+0 s 9', begun: '1.1', known: '2.2', more: false, rows: [] });
  const { name } = await homes.exchange('older', { me: 'c' });
  const { message: { begun } } = await homes.exchange('older', { me: 'c' });
  const again = await homes.exchange('older', { me: 'c', message: { ...message('c'), to: name, known: begun } });
  assert.notEqual(again.name, name);
  assert.equal(again.taken, false);
  homes.close();
  rmSync(other, { recursive: true });
});

test('pages of other origins and other names get nothing', async () => {
  const body = writeRequest('a');
  const withOrigin = (origin) => ask('/garden', { body, headers: { ...BYTES, origin } });
  for (const origin of ['https://example.com', 'http://localhost.example.com', 'null', 'https://example.org.evil.com']) {
    const { status, text, headers } = await withOrigin(origin);
    assert.deepEqual([status, headers['access-control-allow-origin']], [403, undefined], origin);
    assert.match(text, /may not ask this server: --origin allows them/);
  }
  for (const origin of ['https://example.org', 'http://localhost:8000', 'http://127.0.0.1']) {
    const { status, headers } = await withOrigin(origin);
    assert.deepEqual([status, headers['access-control-allow-origin']], [200, origin]);
  }
  assert.equal((await ask('/garden', { body, headers: { ...BYTES, host: 'evil.example.com' } })).status, 403);
  assert.equal((await ask('/garden', { method: 'OPTIONS', headers: { origin: 'https://example.com' } })).status, 403);
  assert.equal((await ask('/garden', { method: 'OPTIONS', headers: { origin: 'https://example.org' } })).status, 204);
});

test('a body of a gigabyte is refused before it is read, whether or not it says so', async () => {
  const announced = await ask('/garden', { headers: { ...BYTES, 'content-length': String(2 ** 30) }, body: (asking) => { asking.on('error', () => {}); asking.flushHeaders(); } });
  assert.equal(announced.status, 413);
  assert.match(announced.text, /1073741824 bytes; at most 524288 are taken/);
  let sent = 0;
  const silent = await ask('/garden', { headers: { ...BYTES, 'transfer-encoding': 'chunked' }, body: (asking) => {
    const part = Buffer.alloc(64 * 1024);
    const more = () => {
      if (asking.destroyed || sent >= 2 ** 30) return;
      sent += part.length;
      if (asking.write(part)) setImmediate(more);
      else asking.once('drain', more);
    };
    asking.on('error', () => {});
    more();
  } }).catch(({ code }) => ({ status: code }));
  assert.ok([413, 'ECONNRESET', 'EPIPE'].includes(silent.status), String(silent.status));
  assert.ok(sent < 2 ** 26, `${sent} bytes were taken`);
  assert.equal((await ask('/garden', { body: writeRequest('a') })).status, 200);
});

test('what is no request is refused with a reason, and the server goes on', async () => {
  const wanted = {
    '/': 404, '/garden/more': 404, '/../x': 404, '/GARDEN': 404, '/a': 404, [`/${'a'.repeat(64)}`]: 404, '/%2e%2e': 404,
  };
  for (const [path, status] of Object.entries(wanted)) assert.equal((await ask(path, { body: writeRequest('a') })).status, status, path);
  assert.equal((await ask('/garden', { method: 'GET' })).status, 405);
  assert.equal((await ask('/garden', { headers: { 'content-type': 'text/plain' }, body: 'x' })).status, 415);
  const message = { from: 'a', to: 'b', after: 0, last: 0, got: 0, mark: '', got_mark: '', begun: '1.1', more: false, rows: [] };
  const row = { key: 'x', value: 1, time: 1, by: 'a', merged: false, seen: { a: 1 } };
  const bad = {
    'no bytes': new Uint8Array(0), 'a list': encode([1]), 'a text': encode('x'),
    'no name': encode({}), 'a name with a space': encode({ me: 'a b' }), 'a long name': encode({ me: 'a'.repeat(121) }),
    'another name': encode({ me: 'c', message }), 'a mark that is none': encode({ me: 'a', message: { ...message, mark: 'a=1\n' } }),
    'a count below 0': encode({ me: 'a', message: { ...message, got: -1 } }),
    'rows that are no list': encode({ me: 'a', message: { ...message, rows: { x: 1 } } }), 'a row that is none': encode({ me: 'a', message: { ...message, rows: [1] } }),
    'too many rows': encode({ me: 'a', message: { ...message, rows: Array(201).fill(row) } }),
    'a time that is none': encode({ me: 'a', message: { ...message, rows: [{ ...row, time: NaN }] } }),
    'a time without end': encode({ me: 'a', message: { ...message, rows: [{ ...row, time: Infinity }] } }),
    'a stamp that would be another one': encode({ me: 'a', message: { ...message, rows: [{ ...row, by: 'a 1 - b=9' }] } }),
    'a key that is a table': encode({ me: 'a', message: { ...message, rows: [{ ...row, key: { a: 1 } }] } }),
    'a reference': encode({ me: 'a', message: { ...message, rows: [{ ...row, value: { deep: [new ExternalTable(1)] } }] } }),
    'seen by a name that is none': encode({ me: 'a', message: { ...message, rows: [{ ...row, seen: { 'a=1 b': 1 } }] } }),
  };
  for (const [what, body] of Object.entries(bad)) {
    const { status, text } = await ask('/garden', { body });
    assert.equal(status, 400, `${what}: ${status} ${text}`);
    assert.ok(text.length > 10, what);
  }
  assert.equal((await ask('/garden', { body: writeRequest('a') })).status, 200);
});

test(`bytes that were cut or changed are refused or mean something, and never end the server (seed ${seed})`, async () => {
  const below = randomBelow(seed);
  const row = { key: 'x', value: { a: [1, 2.5, 'text'] }, time: 1, by: 'a', merged: false, seen: { a: 1 } };
  const bytes = writeRequest('a', { from: 'a', to: 'b', after: 0, last: 3, got: 0, mark: '', got_mark: '', begun: '1.1', more: false, rows: [row, { ...row, key: 2 }] });
  readRequest(bytes);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => readRequest(bytes.slice(0, length)), { name: 'MessageError' }, `cut to ${length}`);
  }
  const refused = [];
  for (let round = 0; round < 300; round++) {
    const changed = bytes.slice();
    for (let n = 0; n <= below(3); n++) changed[below(changed.length)] = below(256);
    const { status, text } = await ask('/damaged', { body: changed });
    assert.ok(status === 200 || status === 400, `${round}: ${status} ${text}`);
    refused.push(status);
  }
  assert.ok(refused.filter((status) => status === 400).length > 30);
  assert.equal((await ask('/damaged', { body: writeRequest('b') })).status, 200);
  assert.equal((await ask('/damaged', { body: new Uint8Array(MOST_BYTES + 1) })).status, 413);
});

test('events tell of changes, and only those who are allowed', async () => {
  const a = await page('a', 'events');
  await a.exchangeAll();
  const controller = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${server.port}/events/events`, { signal: controller.signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await reader.read()).value, /^retry: 1000\ndata: 0\n\n$/);
  a.cu.compute('_home.t.x = 1');
  await a.exchangeAll();
  assert.match((await reader.read()).value, /^data: 1\n\n$/);
  // An exchange that changes nothing is no news: pages would tell each other of it for ever.
  await a.exchangeAll();
  a.cu.compute('_home.t.x = 2');
  await a.exchangeAll();
  assert.match((await reader.read()).value, /^data: 2\n\n$/);
  controller.abort();
  assert.equal((await ask('/events/events', { method: 'GET', headers: { origin: 'https://example.com' } })).status, 403);
});

test('homes that are not used are closed, and those that are asked for at once are opened once', async () => {
  const other = mkdtempSync(join(tmpdir(), 'cu-sync-many-'));
  const homes = new Homes(other, { mostOpen: 2 });
  const names = Array.from({ length: 12 }, (_, number) => `home-${number % 6}`);
  const answers = await Promise.all(names.map((name) => homes.exchange(name, { me: 'a' })));
  assert.equal(new Set(answers.map(({ name }) => name)).size, 6);
  assert.ok(homes.open.size <= 2, `${homes.open.size}`);
  // They are what they were.
  for (const [at, name] of names.entries()) assert.equal((await homes.exchange(name, { me: 'a' })).name, answers[at].name);
  homes.close();
  await assert.rejects(homes.exchange('home-1', { me: 'a' }), { status: 503 });
  rmSync(other, { recursive: true });
});
