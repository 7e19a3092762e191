// Chromium as a process of a test, which can be killed as if it crashed.
//
// Invariant: what was started is gone after `close` or `kill`, with all of its processes.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PATHS = [process.env.CU_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
const START_MS = 30_000;

/** The folder of a profile, removed by the function that comes with it. */
export async function newProfile() {
  const path = await mkdtemp(join(tmpdir(), 'cu-chromium-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** The program, undefined where none is here. */
export const chromiumPath = () => PATHS.find((each) => each && existsSync(each));

/** Starts Chromium with a profile. */
export async function launch(profile, extra = []) {
  const path = chromiumPath();
  if (path === undefined) throw new Error('no Chromium is here: `make setup` installs it, or name it in CU_CHROMIUM');
  const options = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile.path}`, '--no-first-run', '--disable-gpu',
    '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--password-store=basic'];
  if (process.getuid && process.getuid() === 0) options.push('--no-sandbox');
  // A group of its own, so that its end is the end of all.
  const child = spawn(path, [...options, ...extra, 'about:blank'], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => { child.on('exit', resolve); });
  const kill = async () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
    await gone;
  };
  try {
    const browser = await chromium.connectOverCDP(await endpoint(child), { isLocal: true });
    const [context] = browser.contexts();
    return {
      context,
      version: browser.version(),
      kill,
      open: async (url) => {
        const page = await context.newPage();
        await page.goto(url);
        return page;
      },
      close: async () => {
        await browser.newBrowserCDPSession().then((session) => session.send('Browser.close')).catch(() => {});
        await Promise.race([gone, new Promise((resolve) => { setTimeout(resolve, 5000); })]);
        await kill();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** The address that Chromium prints. */
function endpoint(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`Chromium did not start: ${text}`)), START_MS);
    child.stderr.on('data', (bytes) => {
      text += bytes;
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      // What it prints later would fill the pipe.
      child.stderr.removeAllListeners('data').resume();
      resolve(found[1]);
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`Chromium ended: ${text}`)));
  });
}
