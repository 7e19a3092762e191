// The server for development: what it answers, what it refuses, and what it says when it cannot start.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readAnswer, writeRequest } from '../../examples/sync-server/message.mjs';

const COMMAND = fileURLToPath(new URL('../../scripts/serve.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cu-serve-'));
mkdirSync(join(folder, 'below'));
mkdirSync(join(folder, '.hidden'));
writeFileSync(join(folder, 'page.html'), 'a page');
writeFileSync(join(folder, 'below/index.html'), 'an index');
writeFileSync(join(folder, '.hidden/key.txt'), 'a key');

/** Starts the command, and resolves with its process and its port. */
async function start(...words) {
  const child = spawn(process.execPath, [COMMAND, '--port', '0', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => { child.stdout.once('data', (bytes) => resolve(String(bytes))); });
  return { child, port: Number(/^serve: http:\/\/localhost:(\d+)\/ \(Ctrl\+C ends it\)\n$/.exec(line)[1]) };
}

/** A request whose path is sent as it is: `fetch` would make a shorter one of it. */
const ask = (port, path, { method = 'GET', host = `localhost:${port}` } = {}) => new Promise((resolve, reject) => {
  request({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part)).on('end', () => {
      const body = Buffer.concat(parts);
      resolve({ status: answer.statusCode, type: answer.headers['content-type'], location: answer.headers.location, headers: answer.headers, body, text: body.toString() });
    });
  }).on('error', reject).end();
});

const complaint = (...words) => new Promise((resolve) => {
  execFile(process.execPath, [COMMAND, ...words], { timeout: 20_000 }, (error, stdout, stderr) => resolve({ code: error && error.code, stderr }));
});

let server;
let port;

before(async () => {
  server = await start('--folder', folder);
  ({ port } = server);
});
after(() => {
  server.child.kill();
  rmSync(folder, { recursive: true });
});

test('it answers the first page, the package and the documents with their types', async () => {
  const types = {
    '/': 'text/html; charset=utf-8',
    '/host-js/full.js': 'text/javascript; charset=utf-8',
    '/host-js/cu.wasm': 'application/wasm',
    '/dist/cu.wasm': 'application/wasm',
    '/dist/lua.wasm': 'application/wasm',
    '/dist/cu.js': 'text/javascript; charset=utf-8',
    '/dist/cu.min.mjs': 'text/javascript; charset=utf-8',
    '/dist/cu.js.map': 'application/json; charset=utf-8',
    '/docs/package.md': 'text/plain; charset=utf-8',
    '/host-js/demo/': 'text/html; charset=utf-8',
    '/host-js/demo/demo.css': 'text/css; charset=utf-8',
    '/examples/hello.lua': 'text/plain; charset=utf-8',
  };
  for (const [path, wanted] of Object.entries(types)) {
    const { status, type, body } = await ask(port, path);
    assert.deepEqual([status, type], [200, wanted], path);
    assert.ok(body.length > 0, path);
  }
  assert.deepEqual((await ask(port, '/host-js/cu.wasm')).body.subarray(0, 4), Buffer.from('\0asm'));
});

test('it leads from every old name to the file that has its functions', async () => {
  const places = {
    '/web/cu-api.js': '/host-js/web/cu-api.js',
    '/web/enhanced/lua-api-enhanced.js': '/host-js/web/enhanced/lua-api-enhanced.js',
    '/web/enhanced/storage-manager.js': '/host-js/web/enhanced/storage-manager.js',
    '/web/enhanced/query-engine.js': '/host-js/web/enhanced/query-engine.js',
    '/web/enhanced/batch-processor.js': '/host-js/web/enhanced/batch-processor.js',
    '/cu-api.js': '/host-js/web/cu-api.js',
    '/lua-api.js': '/host-js/web/lua-api.js',
    '/lua-persistent.js': '/host-js/web/lua-persistent.js',
    '/io-wrapper.js': '/host-js/web/io-wrapper.js',
    '/cu.wasm': '/dist/cu.wasm',
    '/lua.wasm': '/dist/lua.wasm',
    '/web/cu.wasm': '/dist/cu.wasm',
    '/web/lua.wasm': '/dist/lua.wasm',
    '/demo/': '/host-js/demo/',
  };
  for (const [old, place] of Object.entries(places)) {
    const { status, location } = await ask(port, old);
    assert.deepEqual([status, location], [302, place], old);
    assert.equal((await ask(port, place)).status, 200, place);
  }
});

test('the files of the folder come first, with indexes, and without what is hidden', async () => {
  assert.equal((await ask(port, '/page.html?query#part')).text, 'a page');
  assert.equal((await ask(port, '/below')).location, '/below/');
  assert.equal((await ask(port, '/below/')).text, 'an index');
  assert.equal((await ask(port, '/.hidden/key.txt')).status, 404);
});

test('no path leads out of what is served', async () => {
  const paths = ['/../package.json', '/..%2fpackage.json', '/%2e%2e/package.json', '/host-js/../package.json', '/host-js/..%2f..%2fetc/passwd', '/below/../../etc/passwd',
    '/package.json', '/scripts/serve.mjs', '/.git/config', '/host-js/../.git/config', '/node_modules/typescript/package.json', '//etc/passwd'];
  for (const path of paths) assert.equal((await ask(port, path)).status, 404, path);
  for (const path of ['/host-js/..\\..\\package.json', '/%00', '/%zz', '/%ff']) {
    const { status, text } = await ask(port, path);
    assert.equal(status, 400, path);
    assert.equal(text, `not a path: ${JSON.stringify(path)}\n`);
  }
});

test('it refuses other methods, and names that are not of this machine', async () => {
  const refused = await ask(port, '/', { method: 'POST' });
  assert.deepEqual([refused.status, refused.text], [405, 'POST is not answered here, GET and HEAD are\n']);
  assert.deepEqual([(await ask(port, '/', { method: 'HEAD' })).status, (await ask(port, '/', { method: 'HEAD' })).text], [200, '']);
  const foreign = await ask(port, '/', { host: 'page.example' });
  assert.deepEqual([foreign.status, foreign.text], [403, 'this server is for localhost, not for "page.example"\n']);
});

test('it listens on the loopback only', async (t) => {
  const other = Object.values(networkInterfaces()).flat().find(({ internal, family }) => !internal && family === 'IPv4');
  if (other === undefined) return t.skip('this machine has no other address');
  const outcome = await new Promise((resolve) => {
    const socket = connect(port, other.address, () => { socket.destroy(); resolve('connected'); });
    socket.on('error', ({ code }) => resolve(code));
  });
  return assert.equal(outcome, 'ECONNREFUSED');
});

test('it isolates pages where that is asked for, and else not', async () => {
  const isolated = await start('--isolate');
  try {
    const { headers } = await ask(isolated.port, '/');
    const names = ['cross-origin-opener-policy', 'cross-origin-embedder-policy', 'cross-origin-resource-policy'];
    assert.deepEqual(names.map((name) => headers[name]), ['same-origin', 'require-corp', 'same-origin']);
    assert.equal((await ask(port, '/')).headers[names[0]], undefined);
  } finally {
    isolated.child.kill();
  }
});

test('what it cannot do it says in a line, and ends', async () => {
  const taken = await complaint('--port', String(port));
  assert.equal(taken.code, 2);
  assert.equal(taken.stderr, `serve: port ${port} of 127.0.0.1 is taken: end the program that listens there, or choose another port (0 takes a free one)\n`);
  for (const value of ['99999', '-1', '80x', '']) {
    assert.equal((await complaint(`--port=${value}`)).stderr, `serve: --port is a whole number from 0 to 65535, not ${JSON.stringify(value)}\n`);
  }
  assert.equal((await complaint('--folder', join(folder, 'none'))).stderr, `serve: --folder names no folder: ${join(folder, 'none')}\n`);
  assert.match((await complaint('--wrong')).stderr, /^serve: Unknown option '--wrong'/);
});

test('with a folder for them it keeps shared homes', async () => {
  const homes = mkdtempSync(join(tmpdir(), 'cu-serve-homes-'));
  const { child, port: itsPort } = await start('--homes', homes);
  try {
    const answer = await fetch(`http://localhost:${itsPort}/together/garden`, {
      method: 'POST', body: writeRequest('a'), headers: { 'Content-Type': 'application/octet-stream' },
    });
    assert.equal(answer.status, 200);
    const { name, taken, message } = readAnswer(new Uint8Array(await answer.arrayBuffer()));
    assert.deepEqual([taken, message.from, message.rows], [false, name, []]);
    assert.equal((await ask(itsPort, '/together/garden')).status, 405);
    assert.equal((await ask(itsPort, '/together/garden', { host: 'example.com' })).status, 403);
    // All else is as it was.
    assert.equal((await ask(itsPort, '/')).status, 200);
  } finally {
    child.kill();
    rmSync(homes, { recursive: true });
  }
});
