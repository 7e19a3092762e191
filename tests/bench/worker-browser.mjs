// cu in a browser, behind the line protocol in engines.mjs.
//
//   node worker-browser.mjs BROWSER [MODULE]
//
// A server on the loopback interface serves a page, its files, and one program after another. The page runs in a
// headless Firefox with a new profile and posts its answers. Both end when standard input ends.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
/** The files that the page may fetch: its own and those of host-js. */
const SERVED = /^\/(tests\/bench\/(page\/)?|host-js\/([a-z]+\/)*)[a-z_]+\.(html|js|mjs)$/;
const PAGE = '/tests/bench/page/index.html';
/** With these headers the page is isolated: only then may it measure finer than a millisecond. */
const ALONE = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
/** Preferences: a clock of microseconds, no dialogs, no access to the network. */
const PREFERENCES = {
  'privacy.reduceTimerPrecision': false,
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'network.proxy.type': 0,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};
/** How long the browser may take to end by itself. */
const PATIENCE_MS = 5000;

const [, , browser, module = fileURLToPath(new URL('dist/cu.wasm', ROOT))] = process.argv;

/** Resolves the response to the page's last request, for which it waits. */
let waiting;
let whenWaiting = () => {};
let whenAnswered = () => {};

function respond(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'POST' && pathname === '/next') return next(request, response);
  if (pathname === '/module.wasm') return send(response, pathname, module);
  if (SERVED.test(pathname)) return send(response, pathname, new URL(`.${pathname}`, ROOT));
  return response.writeHead(404).end();
}

function send(response, name, file) {
  response.writeHead(200, { 'Content-Type': TYPES[extname(name)], ...ALONE }).end(readFileSync(file));
}

async function next(request, response) {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += piece;
  waiting = response;
  if (body === 'ready') whenWaiting();
  else whenAnswered(body);
}

/** Has the page run a program, as soon as there is a page. */
async function run(source) {
  if (waiting === undefined) await new Promise((resolve) => { whenWaiting = resolve; });
  const answered = new Promise((resolve) => { whenAnswered = resolve; });
  waiting.end(source);
  return answered;
}

const server = createServer(respond).listen(0, '127.0.0.1');
// A program may take longer than a server's default time limit for a request.
server.requestTimeout = 0;
await new Promise((resolve) => { server.on('listening', resolve); });

const profile = mkdtempSync(join(tmpdir(), 'cu-bench-browser-'));
const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
writeFileSync(join(profile, 'user.js'), `${lines.join('\n')}\n`);
const address = `http://127.0.0.1:${server.address().port}${PAGE}`;
const options = ['--headless', '--no-remote', '--profile', profile, address];
// In a new process group, so that all of its processes can be ended together.
const child = spawn(browser, options, { stdio: ['ignore', 'ignore', 'ignore'], detached: true });
const ended = new Promise((resolve) => { child.on('exit', resolve).on('error', resolve); });
ended.then(() => finish(1));

function signal(name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended.
  }
}

let isFinished = false;
async function finish(code) {
  if (isFinished) return;
  isFinished = true;
  if (child.pid !== undefined) {
    signal('SIGTERM');
    const patience = setTimeout(() => signal('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(patience);
    signal('SIGKILL');
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}
process.on('SIGTERM', () => finish(1)).on('SIGINT', () => finish(1));
// The reader of the answers has ended.
process.stdout.on('error', () => finish(1));

for await (const path of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await run(readFileSync(path, 'utf8'))}\n`);
}
await finish(0);
