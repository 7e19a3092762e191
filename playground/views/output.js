/** What a run printed and returned, or why it failed. */

import { element, marked } from './elements.js';
import { count, milliseconds } from './numbers.js';
import { putOutElements, valueOrRows } from './outputs.js';

/**
 * @param {object} result of engine/attempt.js
 * @param {{ read: (table: object, after: unknown) => Promise<object>, showLine: (line: number) => void }} options read: a page of a table of the home
 * @returns {Element[]}
 */
export function outputElements(result, options) {
  const parts = [];
  if (result.printed !== '') parts.push(element('pre.printed', { 'aria-label': 'Printed' }, result.printed));
  if (result.figures.leftOut > 0) parts.push(element('p.note', {}, `${count(result.figures.leftOut)} more characters were printed`));
  if (result.output !== undefined) parts.push(...putOutElements(result.output, options));
  if (result.kind === 'error') parts.push(errorElement(result, options));
  else parts.push(...returnedElements(result, parts.length > 0, options));
  return parts;
}

function returnedElements({ values }, hasPrinted, options) {
  if (values.length === 1 && values[0] === null) return hasPrinted ? [] : [element('p.empty', {}, 'Done. The script printed and returned nothing.')];
  return values.map((value, index) => {
    const place = element('span.index', { title: `result ${index + 1}` }, String(index + 1));
    return element('div.returned', {}, place, valueOrRows(value, `Result ${index + 1}`, options));
  });
}

function errorElement({ title, text, line, message, traceback, errorClass }, { showLine }) {
  const isPlain = errorClass === 'runtime' || errorClass === 'syntax';
  const shown = element('div.error', { role: 'alert' }, element('strong', {}, title));
  if (line !== undefined) {
    const button = element('button.line', { type: 'button' }, `line ${line}`);
    button.addEventListener('click', () => showLine(line));
    shown.append(' ', button);
  }
  shown.append(element('p.message', {}, message));
  if (text !== '' && !isPlain) shown.append(element('p', {}, ...marked(text)));
  if (traceback.length > 1) shown.append(element('ol.traceback', {}, ...traceback.map((each) => element('li', {}, each))));
  return shown;
}

/** Nothing is kept after it but what the store answered. */
export const figuresText = ({ kept }, isKept) => `${isKept ? 'kept on disk' : 'done'} after ${milliseconds(kept)}`;
