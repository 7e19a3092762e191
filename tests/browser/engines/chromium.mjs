// Chromium, over its own protocol.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findProgram, prints, start } from './process.mjs';

const PATHS = [process.env.CU_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

const WORDS = ['--remote-debugging-port=0', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--password-store=basic'];

/** What a user chooses who blocks cookies, and with them everything that a page could store. */
const DENIED = { profile: { default_content_setting_values: { cookies: 2 } } };

export const name = 'Chromium';

/** Where it is, undefined if it is not there. */
export const chromiumPath = () => PATHS.find((path) => path !== undefined && existsSync(path));

function begin(path, profile, headed, url) {
  const words = [...WORDS, `--user-data-dir=${profile.path}`];
  if (!headed) words.push('--headless=new');
  if (process.getuid && process.getuid() === 0) words.push('--no-sandbox');
  return start(path, [...words, url], { name, ready: prints(/DevTools listening on (ws:\S+)\n/) });
}

/** Opens a page in a browser that nobody drives, so that nothing of this program slows it down; the function returned ends it. */
export async function openAlone(profile, url) {
  const path = findProgram(name, PATHS, '`make setup` installs it, or name it in CU_CHROMIUM');
  return (await begin(path, profile, false, url)).kill;
}

export async function launch(profile, { headed, isPrivate, isDenied, quota } = {}) {
  const path = findProgram(name, PATHS, '`make setup` installs it, or name it in CU_CHROMIUM');
  if (isDenied) {
    await mkdir(join(profile.path, 'Default'), { recursive: true });
    await writeFile(join(profile.path, 'Default/Preferences'), JSON.stringify(DENIED));
  }
  const { answer, kill, ended } = await begin(path, profile, headed, 'about:blank');
  try {
    const browser = await chromium.connectOverCDP(answer, { isLocal: true });
    const context = isPrivate ? await browser.newContext() : browser.contexts()[0];
    return {
      version: browser.version(),
      newPage: async () => {
        const page = await context.newPage();
        if (quota !== undefined) {
          const session = await context.newCDPSession(page);
          await session.send('Storage.overrideQuotaForOrigin', { origin: quota.origin, quotaSize: quota.bytes });
        }
        return page;
      },
      kill,
      close: async () => {
        await browser.newBrowserCDPSession().then((session) => session.send('Browser.close')).catch(() => {});
        await ended();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
