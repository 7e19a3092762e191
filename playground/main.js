/** The page: what is there at once, then Lua, then the editor. */

import { showHome, showNewHome } from './actions/home.js';
import { whenHome } from './actions/session.js';
import { share, sharedScript, whenFollowed } from './actions/share.js';
import { EXAMPLES } from './examples/examples.js';
import { mountEditor } from './editor/editor.js';
import { showNotebookButton, shownScript, showScriptOrOffer } from './notebook/toggle.js';
import { takeText } from './offline/kept.js';
import { showDoor } from './together/door.js';
import { opened } from './start.js';
import { showBar } from './views/bar.js';
import { showTheHome } from './views/home.js';
import { showNotices } from './views/notices.js';
import { showKeeping } from './views/keeping.js';
import { showPassphrase } from './views/passphrase.js';
import { showResults } from './views/result.js';
import { showRuns } from './views/runs.js';
import { showTools } from './views/tools.js';

whenHome({ onOpen: showNewHome, onChange: showHome });

const kept = takeText();
const editor = mountEditor(kept ?? EXAMPLES[0].text);
const shared = sharedScript().then((text) => {
  if (text !== undefined && kept === undefined) showShared(text);
});
whenFollowed(showShared);
showBar(async () => share(await shownScript(editor)));
showTools(editor);
showResults(editor);
showRuns();
showTheHome();
showKeeping();
showPassphrase();
showNotices();
showDoor(opened);
showNotebookButton();

// The editor is the larger part of the page: Lua goes first. What is for the next visit comes when there is nothing else to do.
Promise.all([opened, shared]).then(() => editor.load()).then(() => {
  performance.mark('editor');
  whenIdle(async () => (await import('./offline/offline.js')).keepOffline(editor));
});

function showShared(text) {
  editor.replace(text);
  showScriptOrOffer(text);
}

function whenIdle(action) {
  const quietly = () => { action().catch(() => {}); };
  if (window.requestIdleCallback === undefined) setTimeout(quietly, 500);
  else window.requestIdleCallback(quietly, { timeout: 5000 });
}
