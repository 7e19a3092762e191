/** What a script put into `_io.output`: a plot, or a list of them; all else as values are. */

import { ExternalTable } from '../../host-js/values.js';
import { isPlot } from '../plot/is_plot.js';
import { element } from './elements.js';
import { asRows, rowsElement } from './rows.js';
import { entriesOf, valueElement } from './value.js';

/** Of a list: nobody looks at more. */
const MOST = 50;

/** @returns {Element[]} */
export function putOutElements(output, options) {
  if (isPlot(output)) return [plotPlace(output)];
  if (Array.isArray(output) && output.some(isPlot)) return output.slice(0, MOST).flatMap((each) => putOutElements(each, options));
  return [element('div.put-out', {}, valueOrRows(output, 'Output', options))];
}

/** A list of rows as a table. */
export function valueOrRows(value, caption, options) {
  const entries = entriesOf(value);
  const rows = entries === undefined || value instanceof ExternalTable ? undefined : asRows(entries);
  return rows === undefined ? valueElement(value, options) : element('div.wide-rows', {}, rowsElement(rows, { caption }));
}

/** Plots are loaded when there is one. */
function plotPlace(value) {
  const place = element('div.plot-place');
  import('../plot/plot.js').then(({ plotElement }) => place.replaceChildren(plotElement(value)), ({ message }) => {
    place.replaceChildren(element('p.note', {}, `A part of this page could not be loaded: ${message}`));
  });
  return place;
}
