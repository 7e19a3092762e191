/** The page: what is there at once, then Lua, then the editor. */

import { showHome } from './actions/home.js';
import { open, whenOthersChange } from './actions/session.js';
import { EXAMPLES } from './examples/examples.js';
import { mountEditor } from './editor/editor.js';
import { showBar } from './views/bar.js';
import { showTheHome } from './views/home.js';
import { showNotices } from './views/notices.js';
import { showResults } from './views/result.js';
import { showRuns } from './views/runs.js';
import { showTools } from './views/tools.js';

whenOthersChange(showHome);
const opened = open();

const editor = mountEditor(EXAMPLES[0].text);
showBar();
showTools(editor);
showResults(editor);
showRuns();
showTheHome();
showNotices();

// The editor is the larger part of the page: Lua goes first.
opened.then(() => editor.load());
