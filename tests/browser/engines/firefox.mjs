// Firefox, over WebDriver BiDi.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, prints, start } from './process.mjs';

const PATHS = [process.env.CU_FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

/** Firefox itself sets what tests of any kind want, as long as it is driven. */
const PREFERENCES = { 'browser.shell.checkDefaultBrowser': false, 'datareporting.policy.dataSubmissionEnabled': false };

export const name = 'Firefox';

export async function launch(profile, { headed, isPrivate, isDenied, quota } = {}) {
  const path = findProgram(name, PATHS, '`scripts/setup.sh --browsers` installs it, or name it in CU_FIREFOX');
  const { default: puppeteer } = await import('puppeteer-core');
  const preferences = {
    ...PREFERENCES,
    'browser.privatebrowsing.autostart': isPrivate === true,
    // 2: no page may store anything; 5 is the default.
    'network.cookie.cookieBehavior': isDenied ? 2 : 5,
    // In KB, of all pages together; -1 leaves it to the size of the disk.
    'dom.quotaManager.temporaryStorage.fixedLimit': quota === undefined ? -1 : Math.floor(quota.bytes / 1024),
  };
  const lines = Object.entries(preferences).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`);
  await writeFile(join(profile.path, 'user.js'), lines.join(''));
  const words = ['--profile', profile.path, '--no-remote', '--remote-debugging-port=0'];
  if (!headed) words.push('--headless');
  const { answer, kill, ended } = await start(path, words, { name, ready: prints(/WebDriver BiDi listening on (ws:\S+)\n/) });
  try {
    const browser = await puppeteer.connect({ browserWSEndpoint: `${answer}/session`, protocol: 'webDriverBiDi', defaultViewport: null, protocolTimeout: 60_000 });
    return {
      newPage: () => browser.newPage(),
      kill,
      close: async () => {
        await browser.close().catch(() => {});
        await ended();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
