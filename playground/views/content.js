/** A home: one table at a time, in pages, with what a script changed since it was last shown; and functions with their lines. */

import { Described } from '../engine/described.js';
import { ROWS } from '../engine/walk.js';
import { element, refill } from './elements.js';
import { count, plural } from './numbers.js';
import { asRows, rowsElement } from './rows.js';
import { sourceElement } from './source.js';
import { keyText, scalar, valueElement, visible, words } from './value.js';

/**
 * @param {{ path: Element, content: Element, pages: Element }} places
 * @param {import('../engine/walk.js').Walk} walk
 * @returns {(shown: { path: object[], page?: object, problem?: string }) => void} shows a page, or why there is none
 */
export function homeView(places, walk) {
  /** What was shown before, to find what changed: the way and, by key, the text. */
  const before = { way: '', texts: new Map() };
  return ({ path, page, problem = 'Reading…' }) => {
    refill(places.path, [pathElement(path, walk)]);
    refill(places.content, page === undefined ? [element('p.empty', {}, problem)] : contentElements(path, page, walk, before));
    refill(places.pages, page === undefined ? [] : page.shown === undefined ? pageElements(page, walk) : [element('span', {}, `of ${page.shown.script}`)]);
  };
}

function pathElement(path, walk) {
  const steps = ['_home', ...path.map(({ name }) => name)];
  return element('nav', { 'aria-label': 'Path' }, element('ol', {}, ...steps.map((name, depth) => {
    if (depth === steps.length - 1) return element('li', {}, element('span', { 'aria-current': 'page' }, name));
    return element('li', {}, buttonElement('button.step', name, () => walk.leaveTo(depth)));
  })));
}

function buttonElement(name, text, act, properties = {}) {
  const button = element(name, { type: 'button', ...properties }, text);
  button.addEventListener('click', act);
  return button;
}

function contentElements(path, page, walk, before) {
  if (page.shown !== undefined) return functionElements(page);
  const { entries, indexes, schema } = page;
  if (entries.length === 0) return [path.length === 0 ? nothingElement() : element('p.empty', {}, 'This table is empty.')];
  const changed = changesOf(path, entries, before);
  const button = (key, value) => entryButton(key, value, walk);
  const parts = indexes.length === 0 ? [] : [element('ul.about', {}, ...indexes.map((index) => element('li', {}, describeIndex(index))))];
  if (schema !== undefined && schema !== null) parts.push(element('p.schema', {}, 'Schema ', valueElement(schema)));
  const rows = path.length === 0 ? undefined : asRows(entries);
  if (rows !== undefined) parts.push(element('div.wide-rows', {}, rowsElement(rows, { caption: 'Rows', cell: button, changed })));
  else parts.push(element('ul.list', {}, ...entries.map((entry) => entryElement(entry, changed, button))));
  return parts;
}

const nothingElement = () => element('div.empty', {},
  element('p', {}, 'Nothing is kept yet.'),
  element('p', {}, 'What a script assigns to ', element('code', {}, '_home'), ' is here, and still here after a reload: data, functions, and the variables that they captured.'));

const describeIndex = ({ name, kind, unique, entries }) => `index ${visible(name)}: ${[kind, unique && 'unique', plural(entries, 'entry')].filter(Boolean).join(', ')}`;

function entryElement([key, value], changed, button) {
  return element(changed.has(key) ? 'li.changed' : 'li', {}, button(key, value), element('span.what', {}, scalar(value)));
}

/** The key, as a button where there is more to see. */
function entryButton(key, value, walk) {
  const opens = value instanceof Described && (value.kind === 'table' || value.kind === 'function');
  return opens ? buttonElement('button.step', keyText(key), () => walk.enter(keyText(key), key, value)) : element('span.key', {}, keyText(key));
}

/** Keys whose values are not what they were, when the same part of the same table was shown before. */
function changesOf(path, entries, before) {
  const way = path.map(({ name }) => name).join('.');
  const texts = new Map(entries.map(([key, value]) => [keyText(key), textOf(value)]));
  const isSame = before.way === way && before.texts.size > 0;
  const changed = entries.filter(([key]) => isSame && before.texts.get(keyText(key)) !== texts.get(keyText(key))).map(([key]) => key);
  Object.assign(before, { way, texts });
  return new Set(changed);
}

const textOf = (value) => (value instanceof Described && value.fields !== undefined
  ? value.fields.map(([key, field]) => `${keyText(key)}=${words(field)[1]}`).join() + value.size : words(value)[1]);

function functionElements({ shown, source }) {
  const { first, last, parameters, captured, takes_more: takesMore } = shown;
  const about = [plural(parameters, 'parameter') + (takesMore ? ' and more' : ''), plural(captured, 'captured variable'), 'stored as bytecode'];
  return [
    element('ul.about', {}, ...about.map((text) => element('li', {}, text))),
    source === null || source === undefined
      ? element('p.empty', {}, 'The text of the script that made this function is not kept any more. The function is.')
      : sourceElement(source, first === 0 ? 1 : first, first === 0 ? Infinity : last),
  ];
}

function pageElements({ entries, size, starts, more }, walk) {
  const first = (starts.length - 1) * ROWS;
  const text = size > ROWS ? `${count(first + 1)}–${count(first + entries.length)} of ${count(size)}` : plural(size, 'entry');
  return [
    element('span', { role: 'status' }, text),
    ...(size > ROWS || starts.length > 1 ? [
      buttonElement('button.quiet', 'Previous', () => walk.previous(), { disabled: starts.length === 1 }),
      buttonElement('button.quiet', 'Next', () => walk.next(), { disabled: !more }),
    ] : []),
  ];
}
