/** What the last run printed and returned, or why it failed. */

import { ExternalTable } from '../../host-js/values.js';
import { current } from '../actions/session.js';
import { ROWS } from '../actions/home.js';
import { whenChanged } from '../state.js';
import { byId, element, marked } from './elements.js';
import { count, milliseconds } from './numbers.js';
import { asRows, rowsElement } from './rows.js';
import { entriesOf, valueElement } from './value.js';

const options = { read: (table, after) => current().page(table, after, ROWS) };

/** @param {{ showLine: (line: number) => void }} editor */
export function showResults(editor) {
  const body = byId('result');
  whenChanged(['result', 'phase'], ({ result, phase, storage }) => {
    body.dataset.busy = phase === 'running' || phase === 'stopping';
    body.replaceChildren(...(result === undefined ? [emptyElement(phase)] : resultElements(result, editor)));
    byId('figures').textContent = result === undefined ? '' : figuresText(result.figures, storage);
  });
}

const TEXTS = {
  starting: 'Starting Lua…', locked: 'The home is locked.', running: 'Running…', stopping: 'Stopping…', failed: 'Lua did not start: see the message.',
  ready: 'Run the script to see what it prints and returns.',
};

const emptyElement = (phase) => element('p.empty', {}, TEXTS[phase]);

function resultElements(result, editor) {
  const parts = [];
  if (result.printed !== '') parts.push(element('pre.printed', { 'aria-label': 'Printed' }, result.printed));
  if (result.figures.leftOut > 0) parts.push(element('p.note', {}, `${count(result.figures.leftOut)} more characters were printed`));
  if (result.kind === 'error') parts.push(errorElement(result, editor));
  else parts.push(...returnedElements(result, parts.length > 0));
  return parts;
}

function returnedElements({ values }, hasPrinted) {
  if (values.length === 1 && values[0] === null) return hasPrinted ? [] : [element('p.empty', {}, 'Done. The script printed and returned nothing.')];
  return values.map((value, index) => {
    const entries = entriesOf(value);
    const rows = entries === undefined || value instanceof ExternalTable ? undefined : asRows(entries);
    const shown = rows === undefined ? valueElement(value, options) : element('div.wide-rows', {}, rowsElement(rows, { caption: `Result ${index + 1}` }));
    return element('div.returned', {}, element('span.index', { title: `result ${index + 1}` }, String(index + 1)), shown);
  });
}

function errorElement({ title, text, line, message, traceback, errorClass }, editor) {
  const isPlain = errorClass === 'runtime' || errorClass === 'syntax';
  const shown = element('div.error', { role: 'alert' }, element('strong', {}, title));
  if (line !== undefined) {
    const button = element('button.line', { type: 'button' }, `line ${line}`);
    button.addEventListener('click', () => editor.showLine(line));
    shown.append(' ', button);
  }
  shown.append(element('p.message', {}, message));
  if (text !== '' && !isPlain) shown.append(element('p', {}, ...marked(text)));
  if (traceback.length > 1) shown.append(element('ol.traceback', {}, ...traceback.map((each) => element('li', {}, each))));
  return shown;
}

/** Nothing is kept after it but what the store answered. */
const figuresText = ({ kept }, storage) => `${storage.kind === 'browser' ? 'kept on disk' : 'done'} after ${milliseconds(kept)}`;
