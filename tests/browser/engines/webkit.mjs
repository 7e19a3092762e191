// WebKitGTK, over WebDriver: a protocol of plain requests. Its pages have those methods of Playwright's and Puppeteer's that tests call.
//
// It needs a display; without one, and unless it shall be seen, one in memory is started: Xvfb.

import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findProgram, prints, start } from './process.mjs';

const DRIVERS = [process.env.CU_WEBKIT, '/usr/bin/WebKitWebDriver'];
const REMEDY = '`scripts/setup.sh --browsers` installs it where there is apt-get';
const BROWSER = fileURLToPath(new URL('webkit.py', import.meta.url));

const WAIT_MS = 30_000;
const POLL_MS = 20;

export const name = 'WebKit';

export async function launch(profile, { headed, isPrivate, isDenied, quota } = {}) {
  const path = findProgram('WebKitWebDriver', DRIVERS, REMEDY);
  const port = await freePort();
  let screen;
  let driver;
  const kill = async () => {
    if (driver !== undefined) await driver.kill();
    if (screen !== undefined) await screen.kill();
  };
  try {
    screen = headed ? undefined : await newScreen();
    const display = screen === undefined ? {} : { DISPLAY: `:${screen.answer}`, GDK_BACKEND: 'x11' };
    driver = await start(path, ['-p', `${port}`], { name: 'WebKitWebDriver', ready: () => isReady(port), environment: { NO_AT_BRIDGE: '1', ...display } });
    const args = [profile.path];
    if (isPrivate) args.push('--private');
    if (isDenied) args.push('--denied');
    if (quota !== undefined) args.push(`--origin-bytes=${quota.bytes}`);
    const root = `http://127.0.0.1:${port}/session`;
    const { sessionId } = await ask('POST', root, { capabilities: { alwaysMatch: {
      'webkitgtk:browserOptions': { binary: BROWSER, args }, timeouts: { script: 600_000, pageLoad: WAIT_MS }, unhandledPromptBehavior: 'accept',
    } } });
    const session = new Session(`${root}/${sessionId}`);
    return {
      newPage: () => session.newPage(),
      kill,
      close: async () => {
        await ask('DELETE', session.url).catch(() => {});
        await kill();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

function newScreen() {
  const path = findProgram('Xvfb', ['/usr/bin/Xvfb'], REMEDY);
  return start(path, ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], { name: 'Xvfb', ready: prints(/(\d+)\n/) });
}

/** The driver neither chooses a port nor says when it listens. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => { server.on('error', reject).listen(0, '127.0.0.1', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

async function isReady(port) {
  for (;;) {
    const ready = await ask('GET', `http://127.0.0.1:${port}/status`).then((status) => status.ready, () => false);
    if (ready) return;
    await sleep(POLL_MS);
  }
}

const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A request of the protocol: what is in its answer, or its error. */
async function ask(method, url, body) {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}

/** Requests go to the window that was chosen last, so one page at a time has its say. */
class Session {
  constructor(url) {
    this.url = url;
    this.last = Promise.resolve();
  }

  /** Opens a window beside the one with which the session began; that one stays, for with its last window a session ends. */
  async newPage() {
    if (this.first === undefined) this.first = await this.next(() => ask('GET', `${this.url}/window`));
    const { handle } = await this.in(this.first, 'POST', '/window/new', { type: 'tab' });
    return new Page(this, handle);
  }

  /** Runs an action when those before it are over. */
  next(action) {
    const result = this.last.then(action);
    this.last = result.catch(() => {});
    return result;
  }

  in(handle, method, path, body) {
    return this.next(async () => {
      await ask('POST', `${this.url}/window`, { handle });
      return ask(method, `${this.url}${path}`, body);
    });
  }
}

/**
 * Starts a function in a page, which leaves its result there: a request that waits for it would keep other pages waiting. The text is
 * part of the script, since a page may forbid `eval`.
 */
const begin = (text) => `
  const [id, argument] = arguments;
  const all = window.evaluated || (window.evaluated = {});
  all[id] = {};
  const keep = (result) => { all[id] = { done: true, text: JSON.stringify(result) }; };
  new Promise((resolve) => { resolve((${text})(argument)); })
    .then((value) => keep({ value }), (error) => keep({ error: String(error) }));`;

const FETCH = `
  const [id] = arguments;
  const found = window.evaluated && window.evaluated[id];
  if (found && found.done) delete window.evaluated[id];
  return found || null;`;

class Page {
  constructor(session, handle) {
    this.session = session;
    this.handle = handle;
    this.evaluated = 0;
  }

  async goto(url) {
    await this.session.in(this.handle, 'POST', '/url', { url });
  }

  async reload() {
    await this.session.in(this.handle, 'POST', '/refresh', {});
  }

  /** @param {Function | string} what a function, which gets the argument, or an expression */
  async evaluate(what, argument = null) {
    const id = ++this.evaluated;
    await this.script(begin(typeof what === 'string' ? `() => (${what})` : what), id, argument);
    for (;;) {
      const found = await this.script(FETCH, id);
      if (found === null) throw new Error('the page was left before the function had ended');
      if (found.done) {
        const { value, error } = JSON.parse(found.text);
        if (error !== undefined) throw new Error(error);
        return value;
      }
      await sleep(POLL_MS);
    }
  }

  async waitForFunction(what, argument, { timeout = WAIT_MS } = {}) {
    const end = Date.now() + timeout;
    while (!await this.evaluate(what, argument)) {
      if (Date.now() > end) throw new Error(`not within ${timeout} ms: ${what}`);
      await sleep(POLL_MS);
    }
  }

  async close() {
    await this.session.in(this.handle, 'DELETE', '/window');
  }

  script(script, ...args) {
    return this.session.in(this.handle, 'POST', '/execute/sync', { script, args });
  }
}
