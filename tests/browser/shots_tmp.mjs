import { engines } from './browser.mjs';
import { mkdtemp } from 'node:fs/promises';
import { buildPlayground } from '../../scripts/playground.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { serve } from '../../scripts/serve/server.mjs';
import { Reader, SyncServer } from './together.mjs';
import { resize, click } from './playground.mjs';
const folder = `${await mkdtemp('/tmp/shots-')}/`;
await buildPlayground(folder);
const web = await serve({ sites: [folderSite(folder)] });
const server = await new SyncServer().start();
const [ada, bob] = [await Reader.come({ engine: engines[0], url: web.url, server, name: 'Ada' }), await Reader.come({ engine: engines[0], url: web.url, server, name: 'Bob' })];
const shot = async (reader, name) => {
  for (const [size, w, h] of [['wide', 1280, 800], ['phone', 390, 844]]) for (const theme of ['light', 'dark']) {
    await resize(reader.page, w, h);
    await reader.page.evaluate((t) => { document.documentElement.dataset.theme = t; }, theme);
    await reader.page.evaluate(() => { const b = document.querySelector('.views [data-view=home]'); if (b) b.click(); });
    await new Promise((r) => setTimeout(r, 250));
    await reader.page.screenshot({ path: `/tmp/w/shots/${name}-${size}-${theme}.png` });
  }
};
await ada.page.evaluate(() => document.getElementById('together').click());
await ada.page.waitForFunction(() => document.getElementById('company-join'));
await shot(ada, 'join');
await ada.join('garden'); await bob.join('garden');
await ada.run('_home.shared.title = "our list" _home.shared.plan = { what = "picnic", people = { "Ada", "Bob" }, at = "noon" } _home.shared.note = "first" return 1');
await new Promise((r) => setTimeout(r, 1500));
ada.line.cut(); bob.line.cut();
await ada.run('_home.shared.plan = { what = "picnic", people = { "Ada", "Bob", "Cleo" }, at = "noon", where = "by the lake, behind the old mill where we were in the summer of 2019" } _home.shared.title = "Adas list" _home.shared.note = nil return 1');
await bob.run('_home.shared.plan = { what = "picnic", people = { "Ada", "Bob", "Dan" }, at = "one o\'clock" } _home.shared.title = "Bobs list" _home.shared.note = "second" return 1');
await new Promise((r) => setTimeout(r, 1200));
await shot(bob, 'offline');
ada.line.mend(); await ada.status(/in sync · at/); bob.line.mend(); await bob.status(/conflict/);
await bob.page.evaluate(() => { document.getElementById('company').hidden = false; });
await shot(bob, 'conflict');
await ada.page.evaluate(() => { document.getElementById('company').hidden = false; });
await shot(ada, 'sync');
await ada.leave(); await bob.leave(); await server.close(); await web.close();
