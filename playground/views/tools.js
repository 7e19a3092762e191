/** The row above the editor: examples, the time limit, run and stop. */

import { run, stop } from '../actions/run.js';
import { EXAMPLES } from '../examples/examples.js';
import { change, state, whenChanged } from '../state.js';
import { byId, element } from './elements.js';

const DEFAULT_LIMIT_MS = state.limit;

/** @param {{ text: () => string, replace: (text: string) => void }} editor */
export function showTools(editor) {
  const select = byId('example');
  select.append(element('option', { value: '' }, 'Your own'), ...EXAMPLES.map(({ id, title }) => element('option', { value: id }, title)));
  select.addEventListener('change', () => {
    const example = EXAMPLES.find(({ id }) => id === select.value);
    if (example !== undefined) choose(example, editor);
  });
  const showWhich = () => { select.value = EXAMPLES.find(({ text }) => text === editor.text())?.id ?? ''; };
  editor.whenChanged(showWhich);
  showWhich();
  byId('limit').addEventListener('change', ({ target }) => change({ limit: Number(target.value) }));
  byId('run').addEventListener('click', () => run(editor.text()));
  byId('stop').addEventListener('click', stop);
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !state.isNotebook) run(editor.text());
    else if (event.key === 'Escape' && state.phase === 'running') stop();
    else return;
    event.preventDefault();
  });
  whenChanged(['limit'], ({ limit }) => { byId('limit').value = String(limit); });
  whenChanged(['phase'], ({ phase }) => {
    const isBusy = phase === 'running' || phase === 'stopping';
    byId('run').disabled = phase !== 'ready';
    byId('run').hidden = isBusy;
    byId('stop').hidden = !isBusy;
    byId('stop').disabled = phase === 'stopping';
  });
}

function choose({ text, limit }, editor) {
  editor.replace(text);
  change({ limit: limit ?? DEFAULT_LIMIT_MS });
}
