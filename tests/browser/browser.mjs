// The browsers in which tests run. CU_BROWSERS names them: `chromium`, which is the default, `firefox`, `webkit`, separated by commas.
//
// All of them have the same form. `launch(profile, options)` gives a browser with
//
//   newPage()   a page of its own, in a new tab
//   kill()      ends all of its processes at once, as if the machine lost its power
//   close()     ends it as a user does
//
// and a page has those methods that Playwright and Puppeteer both have, of which tests use: goto(url), reload(), evaluate(function,
// argument), waitForFunction(function), close(). An argument and a result are what JSON has.
//
// | option | what it makes |
// |---|---|
// | `headed` | a window that a person sees; CU_HEADED=1 says so for all |
// | `isPrivate` | a private window: what pages store ends with it |
// | `isDenied` | a browser whose user forbids pages to store anything |
// | `quota` | `{ origin, bytes }`: the room for the pages of that origin |

import * as chromium from './engines/chromium.mjs';
import * as firefox from './engines/firefox.mjs';
import * as webkit from './engines/webkit.mjs';

export { newProfile } from './engines/process.mjs';

const ENGINES = { chromium, firefox, webkit };

/** @returns {{ name: string, launch: (profile: object, options?: object) => Promise<object> }[]} */
function chosen() {
  const names = (process.env.CU_BROWSERS ?? 'chromium').split(',');
  return names.map((name) => {
    const engine = ENGINES[name];
    if (engine === undefined) throw new Error(`CU_BROWSERS names ${JSON.stringify(name)}; there are ${Object.keys(ENGINES).join(', ')}`);
    return { name: engine.name, launch: (profile, options) => engine.launch(profile, { headed: process.env.CU_HEADED === '1', ...options }) };
  });
}

export const engines = chosen();
