// Shared homes for tests: the real server as a process that can be killed, readers with a browser and a line to the server that can be cut, and
// what they do in the page.

import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newProfile } from './browser.mjs';
import { click, isReady, run, shows, textOf, write } from './playground.mjs';

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
  static async come({ engine, url, server, name }) {
    const reader = new Reader();
    Object.assign(reader, { engine, name, url, line: await new Line(server).open(), profile: await newProfile() });
    return reader.begin();
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
    await this.browser.close();
    await this.profile.remove();
    await this.line.close();
  }
}
