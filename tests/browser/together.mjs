// Shared homes for tests: the real server as a process that can be killed, readers with a browser and a line to the server that can be cut, and
// what they do in the page.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newProfile } from './browser.mjs';
import { click, isReady, run, shows, textOf, withPlayground, write } from './playground.mjs';

const COMMAND = fileURLToPath(new URL('../../examples/sync-server/server.mjs', import.meta.url));

export class SyncServer {
  async start() {
    this.folder ??= await mkdtemp(join(tmpdir(), 'cu-together-'));
    this.child = spawn(process.execPath, [COMMAND, '--port', String(this.port ?? 0), '--folder', this.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise((resolve) => { this.child.stdout.once('data', (bytes) => resolve(String(bytes))); });
    this.port = Number(/127\.0\.0\.1:(\d+)/.exec(line)[1]);
    return this;
  }

  /** As when the machine loses its power. */
  async kill() {
    const ended = new Promise((resolve) => { this.child.once('exit', resolve); });
    this.child.kill('SIGKILL');
    await ended;
  }

  /** The same for the server. */
  async copy() {
    const copy = await mkdtemp(join(tmpdir(), 'cu-together-'));
    await this.kill();
    await cp(this.folder, copy, { recursive: true });
    await this.start();
    return async () => {
      await this.kill();
      await rm(this.folder, { recursive: true });
      this.folder = copy;
      await this.start();
    };
  }

  async close() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What is between a browser and the server. */
export class Line {
  constructor(server) {
    Object.assign(this, { server, sockets: new Set(), isCut: false });
  }

  async open() {
    this.listener = createServer((from) => {
      if (this.isCut) return from.destroy();
      const to = connect(this.server.port, '127.0.0.1');
      for (const [one, other] of [[from, to], [to, from]]) {
        this.sockets.add(one);
        one.on('error', () => {}).on('close', () => { this.sockets.delete(one); other.destroy(); });
      }
      return from.pipe(to).pipe(from);
    });
    await new Promise((resolve) => { this.listener.listen(0, '127.0.0.1', resolve); });
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.listener.address().port}/`;
  }

  cut() {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.isCut = false;
  }

  close() {
    this.cut();
    return new Promise((resolve) => { this.listener.close(resolve); });
  }
}

/** Somebody with a browser and a line of their own. */
export class Reader {
  static come(options) {
    return new Reader().come(options);
  }

  async come({ engine, url, server, name }) {
    Object.assign(this, { engine, name, url, line: await new Line(server).open(), profile: await newProfile() });
    return this.begin();
  }

  async begin() {
    this.browser = await this.engine.launch(this.profile);
    this.page = await this.open();
    return this;
  }

  /** As from a copy of the whole machine: all that the browser kept is what it was then. */
  async copy() {
    await this.browser.close();
    const copy = await newProfile();
    await cp(this.profile.path, copy.path, { recursive: true });
    await this.begin();
    return async () => {
      await this.browser.close();
      await this.profile.remove();
      this.profile = copy;
      await this.begin();
    };
  }

  async open(hash = '') {
    const page = await this.browser.newPage();
    await page.goto(this.url + hash);
    await isReady(page);
    return page;
  }

  /** By the form, which an invitation may have filled in. */
  async join(home, page = this.page) {
    await page.waitForFunction(() => document.getElementById('company').hidden === false || (document.getElementById('together').click(), false));
    await page.waitForFunction(() => document.getElementById('company-join') !== null);
    await page.evaluate(([chosen, server, name]) => {
      document.getElementById('company-home').value = chosen;
      document.getElementById('company-server').value = server;
      document.getElementById('company-name').value = name;
      document.getElementById('company-join').click();
    }, [home, this.line.url, this.name]);
    await this.status(/in sync/, page);
  }

  status(pattern, page = this.page) {
    return shows(page, '#company-status', pattern);
  }

  async run(script, page = this.page) {
    await write(page, script);
    await run(page);
    const error = await textOf(page, '#result .error');
    if (error !== undefined) throw new Error(`${script}: ${error}`);
    return textOf(page, '.returned .value');
  }

  /** All rows of `_home.shared`, in one text. */
  async rows() {
    const text = await this.run(`local rows = {}
      for key, value in pairs(_home.shared) do
        if type(value) == "table" then
          local fields = {}
          for name, field in pairs(value) do fields[#fields + 1] = tostring(name) .. ":" .. tostring(field) end
          table.sort(fields)
          value = "{" .. table.concat(fields, ",") .. "}"
        end
        rows[#rows + 1] = tostring(key) .. "=" .. tostring(value)
      end
      table.sort(rows)
      return table.concat(rows, ";")`);
    return JSON.parse(text);
  }

  choose(label) {
    return click(this.page, `[aria-label="${label}"]`);
  }

  async leave() {
    if (this.browser !== undefined) await this.browser.close();
    if (this.profile !== undefined) await this.profile.remove();
    if (this.line !== undefined) await this.line.close();
  }
}

/** A server, and two readers whom `together` brings into a home that nobody had. */
export function withCompany(engine) {
  const its = withPlayground({ engine });
  const server = new SyncServer();
  const [ada, bob] = [new Reader(), new Reader()];
  let count = 0;
  const home = () => `home-${count}`;

  before(async () => {
    await server.start();
    await ada.come({ engine, url: its.url, server, name: 'Ada' });
    await bob.come({ engine, url: its.url, server, name: 'Bøb ✓' });
  });
  after(async () => {
    for (const reader of [ada, bob]) await reader.leave();
    await server.close();
  });

  async function together() {
    for (const reader of [ada, bob]) {
      reader.line.mend();
      await reader.page.goto('about:blank');
      await reader.page.goto(its.url);
      await isReady(reader.page);
      await reader.page.evaluate(() => { for (const each of document.querySelectorAll('.notice button')) each.click(); });
      if (await reader.page.evaluate(() => localStorage.getItem('cu-together') !== null)) {
        await reader.page.waitForFunction(() => Array.from(document.querySelectorAll('#company button')).some(({ textContent }) => textContent === 'Leave'));
        await reader.page.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Leave').click());
        await reader.page.waitForFunction(() => document.getElementById('company-status').hidden);
      }
      await reader.run('_home.shared = nil return 1');
    }
    count += 1;
    for (const reader of [ada, bob]) await reader.join(home());
  }

  async function areEqual(context = '') {
    for (const reader of [ada, bob]) await reader.status(/in sync · at/);
    const end = Date.now() + 20_000;
    for (;;) {
      const [one, other] = [await ada.rows(), await bob.rows()];
      if (one === other) return one;
      if (Date.now() > end) assert.equal(one, other, context);
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
  }

  return { its, server, ada, bob, home, together, areEqual };
}
