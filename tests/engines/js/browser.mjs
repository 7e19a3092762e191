// A page in a browser: browser.mjs chromium|firefox|webkit kit|bench [PROGRAM...], or `version`

import { readFileSync } from 'node:fs';

import { ISOLATION } from '../../../scripts/serve/server.mjs';
import { serve } from '../../browser/server.mjs';
import { folderOf } from '../install.mjs';
import { bundle } from './bundle.mjs';
import { MODULE, givenBy } from './given.mjs';

const [, , name, ...words] = process.argv;
const [what] = words;
const ENDED = 'ended';

process.env.CU_BROWSERS = name;
const { engines: [engine], newProfile } = await import('../../browser/browser.mjs');

const script = `${folderOf('page')}/page.js`;
await bundle('page.mjs', script, { define: { 'import.meta.url': 'location.href' } });

const given = givenBy(words);
/** An isolated page has a clock that is finer than a millisecond. */
const FILES = {
  '/engine/': () => ({ body: '<!doctype html><meta charset="utf-8"><script src="page.js"></script>', type: 'text/html; charset=utf-8', headers: ISOLATION }),
  '/engine/page.js': () => ({ body: readFileSync(script), type: 'text/javascript; charset=utf-8' }),
  '/engine/given.json': () => ({ body: JSON.stringify(given), type: 'application/json' }),
  '/engine/cu.wasm': () => ({ body: readFileSync(MODULE), type: 'application/wasm' }),
};

let end;
const ended = new Promise((resolve) => { end = resolve; });
const hear = (line) => {
  if (line === ENDED) end();
  else console.log(line);
};
const server = await serve(hear, { sites: [(path) => Object.hasOwn(FILES, path) ? FILES[path]() : undefined] });
const profile = await newProfile();
const browser = await engine.launch(profile);
let code = 0;
try {
  const page = await browser.newPage();
  if (what === 'version') {
    console.log(browser.version ?? await page.evaluate(() => navigator.userAgent));
  } else {
    await page.goto(`${server.url}engine/`);
    await ended;
  }
} catch (error) {
  console.error(error.stack);
  code = 1;
} finally {
  await browser.close();
  await profile.remove();
  await server.close();
}
for (const error of server.errors) {
  console.error(error);
  code = 1;
}
process.exit(code);
