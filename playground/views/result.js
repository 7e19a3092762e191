/** The panel of the result. */

import { current } from '../actions/session.js';
import { ROWS } from '../engine/walk.js';
import { whenChanged } from '../state.js';
import { byId, element } from './elements.js';
import { figuresText, outputElements } from './output.js';

const read = (table, after) => current().page(table, after, ROWS);

/** @param {{ showLine: (line: number) => void }} editor */
export function showResults(editor) {
  const body = byId('result');
  whenChanged(['result', 'phase'], ({ result, phase, storage }) => {
    body.dataset.busy = phase === 'running' || phase === 'stopping';
    body.replaceChildren(...(result === undefined ? [element('p.empty', {}, TEXTS[phase])] : outputElements(result, { read, showLine: editor.showLine })));
    byId('figures').textContent = result === undefined ? '' : figuresText(result.figures, storage.kind === 'browser');
  });
}

const TEXTS = {
  starting: 'Starting Lua…', locked: 'The home is locked.', running: 'Running…', stopping: 'Stopping…', failed: 'Lua did not start: see the message.',
  ready: 'Run the script to see what it prints and returns.',
};
