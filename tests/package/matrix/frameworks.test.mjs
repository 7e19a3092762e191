// examples/react and examples/vue over the installed package: built by Vite and served by it, in Chromium. What is opened is closed, also where
// React mounts twice.

import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { build, createServer } from 'vite';
import { ROOT, TOOLS, install } from '../pack.mjs';
import { serve, skip as noBrowser, start, stop } from './page.mjs';

const WAIT_MS = 20_000;
/** Of each example: the one of the component, and that of <cu-home>. */
const WORKERS = 2;

after(stop);

async function until(ask, isIt, what) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return;
    if (Date.now() > end) throw new Error(`${what}: ${answer}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

/** Counts, reloads, counts on, and leaves; answers what went wrong in the page. */
async function visit(url) {
  const page = await (await start()).newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  const shows = (count) => until(() => page.textContent('output'), (text) => text === String(count), `wanted is ${count}; ${errors}`);
  try {
    await page.goto(url);
    await shows(0);
    await page.click('button');
    await shows(1);
    await page.reload();
    await shows(1);
    await page.click('button');
    await shows(2);
    const home = () => page.evaluate(() => document.querySelector('cu-home').shadowRoot.querySelector('[part=content]').innerText);
    await until(home, (text) => /count\s+function/.test(text), 'the home');
    await until(() => page.workers().length, (count) => count === WORKERS, 'workers');
    await page.evaluate(() => window.leave());
    await until(() => page.workers().length, (count) => count === 0, 'workers of what is gone');
    return errors;
  } finally {
    await page.close();
  }
}

const EXAMPLES = {
  react: {
    packages: ['react', 'react-dom', 'scheduler'],
    main: 'main.jsx',
    // The page of an example has no way to leave it.
    leaving: (text) => text.replace('createRoot(', 'const root = createRoot(').replace(').render(', ');\nwindow.leave = () => root.unmount();\nroot.render('),
  },
  vue: {
    packages: ['vue', '@vue', '@vitejs'],
    main: 'main.js',
    leaving: (text) => text.replace('createApp(App).mount(', 'const app = createApp(App);\nwindow.leave = () => app.unmount();\napp.mount('),
  },
};

for (const [name, { packages, main, leaving }] of Object.entries(EXAMPLES)) {
  const missing = packages.find((each) => !existsSync(TOOLS + each));
  const skip = noBrowser ?? (missing === undefined ? undefined : `there is no ${missing} in tests/package`);

  test(`the example for ${name}`, { skip }, async (t) => {
    const root = install();
    // Frameworks as they are in tests/package, beside the package.
    for (const each of packages) symlinkSync(TOOLS + each, join(root, 'node_modules', each));
    cpSync(`${ROOT}examples/${name}`, root, { recursive: true });
    const leave = { name: 'leave', transform: (text, id) => (id === join(root, main) ? leaving(text) : undefined), enforce: 'pre' };
    const common = { root, logLevel: 'error', plugins: [leave] };

    await t.test('is built, with the worker and the module beside it, once each, and the editor apart', async () => {
      await build({ ...common, base: './' });
      const assets = readdirSync(join(root, 'dist/assets'));
      assert.equal(assets.filter((file) => file.endsWith('.wasm')).length, 1, assets.join(' '));
      assert.ok(assets.some((file) => file.startsWith('elements_editor')), assets.join(' '));
      const server = await serve(join(root, 'dist'));
      try {
        assert.deepEqual(await visit(server.url), []);
        assert.ok(!server.requests.some((path) => path.includes('elements_editor')));
      } finally {
        await server.close();
      }
    });

    await t.test('is served while it is developed', async () => {
      const server = await createServer({ ...common, server: { port: 0, host: '127.0.0.1' } });
      await server.listen();
      try {
        const errors = await visit(`http://127.0.0.1:${server.httpServer.address().port}/`);
        assert.deepEqual(errors, []);
      } finally {
        await server.close();
      }
    });

    await t.test('is short', () => {
      for (const file of readdirSync(`${ROOT}examples/${name}`)) {
        assert.ok(readFileSync(`${ROOT}examples/${name}/${file}`, 'utf8').split('\n').length <= 60, file);
      }
    });
  });
}
