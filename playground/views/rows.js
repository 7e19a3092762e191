/** Entries that are rows, as a table with a column for each field. */

import { Described } from '../engine/described.js';
import { element } from './elements.js';
import { entriesOf, keyText, scalar, visible } from './value.js';

const COLUMNS = 8;

/**
 * The fields by row, if entries are rows: most have named fields.
 * @param {[unknown, unknown][]} entries with described tables, or tables with their content
 * @returns {{ columns: string[], rows: [unknown, unknown, Map<string, unknown>][] } | undefined}
 */
export function asRows(entries) {
  const rows = entries.map(([key, value]) => [key, value, fieldsOf(value)]);
  const filled = rows.filter(([, , fields]) => fields !== undefined && fields.size > 0);
  if (filled.length === 0 || filled.length < entries.length) return undefined;
  const columns = [...new Set(filled.flatMap(([, , fields]) => [...fields.keys()]))];
  return columns.length > COLUMNS * 2 ? undefined : { columns: columns.slice(0, COLUMNS), rows };
}

function fieldsOf(value) {
  const entries = value instanceof Described ? value.fields : entriesOf(value);
  if (entries === undefined || !entries.every(([key]) => typeof key === 'string')) return undefined;
  return new Map(entries);
}

/** @param {{ caption: string, cell?: (key: unknown, value: unknown) => Node, changed?: Set<unknown> }} options cell: what stands for the key */
export function rowsElement({ columns, rows }, { caption, cell = (key) => keyText(key), changed = new Set() }) {
  return element('table.rows', {},
    element('caption.hidden', {}, caption),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'key'), ...columns.map((name) => element('th', { scope: 'col' }, visible(name))))),
    element('tbody', {}, ...rows.map(([key, value, fields]) => element(changed.has(key) ? 'tr.changed' : 'tr', {},
      element('th', { scope: 'row' }, cell(key, value)),
      ...columns.map((name) => element('td', {}, fields.has(name) ? scalar(fields.get(name)) : element('span.none', {}, '–')))))));
}
