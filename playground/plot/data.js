/**
 * What a script puts out for a plot, checked:
 *
 *   { plot = "line", y = { 1, 4, 9 } }                          x is 1, 2, 3
 *   { plot = "bar", x = { "Lagos", "Oslo" }, y = { 15.9, 0.7 } }  texts are places side by side
 *   { plot = "points", series = { { name = "a", x = ..., y = ... }, ... }, title = "...", x_label = "...", y_label = "..." }
 *
 * A program may give typed arrays, and in `y` null where there is a gap, as JSON has it.
 *
 * Invariant: what comes out has numbers that can be drawn; what cannot is an error that says where it is.
 */

import { plainValue } from '../engine/plain_values.js';
import { isPlot } from './is_plot.js';

export const KINDS = ['line', 'bar', 'points'];
export const MOST_SERIES = 8;
export const MOST_POINTS = 10_000;

export class PlotError extends Error {
  name = 'PlotError';
}

const isTable = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {object} given
 * @returns {{ kind: string, title: string, xLabel: string, yLabel: string, categories?: string[], series: { name: string, points: [number, number][] }[] }}
 *   with categories, x is the place of one from 0; y is NaN where there is a gap
 */
export function readPlot(given) {
  if (!isPlot(given)) throw new PlotError(`a plot is ${shown(given)}; wanted is a table with plot, and with y or series`);
  const value = plainValue(given);
  const { plot, title = '', x_label: xLabel = '', y_label: yLabel = '', series } = value;
  if (!KINDS.includes(plot)) throw new PlotError(`plot is ${shown(plot)}; there are ${KINDS.map((kind) => `"${kind}"`).join(', ')}`);
  for (const [name, each] of Object.entries({ title, x_label: xLabel, y_label: yLabel })) {
    if (typeof each !== 'string') throw new PlotError(`${name} is ${shown(each)}; wanted is a text`);
  }
  const lines = series === undefined ? [{ ...value, at: '' }] : listOf(series, 'series', MOST_SERIES).map((each, index) => ({ x: value.x, ...Object(each), at: `series[${index + 1}].` }));
  if (lines.length === 0) throw new PlotError('series is empty; wanted is at least one');
  const read = lines.map((line, index) => readLine(line, series === undefined ? '' : `series ${index + 1}`));
  const withTexts = read.filter(({ x }) => x.some((each) => typeof each === 'string'));
  const categories = withTexts.length === 0 && plot !== 'bar' ? undefined : [...new Set(read.flatMap(({ x }) => x.map(String)))];
  return {
    kind: plot, title, xLabel, yLabel, categories,
    series: read.map(({ name, x, y }) => ({ name, points: y.map((each, index) => [categories === undefined ? x[index] : categories.indexOf(String(x[index])), each]) })),
  };
}

function readLine({ at, name, x, y }, fallback) {
  const ys = listOf(y, `${at}y`, MOST_POINTS).map((each, index) => (each === null ? NaN : numberOf(each, `${at}y[${index + 1}]`)));
  const xs = x === undefined ? ys.map((each, index) => index + 1)
    : listOf(x, `${at}x`, MOST_POINTS).map((each, index) => (typeof each === 'string' ? each : numberOf(each, `${at}x[${index + 1}]`)));
  if (xs.length !== ys.length) throw new PlotError(`${at}x has ${xs.length} values and ${at}y ${ys.length}; wanted are as many`);
  if (name !== undefined && typeof name !== 'string') throw new PlotError(`${at}name is ${shown(name)}; wanted is a text`);
  return { name: name ?? fallback, x: xs, y: ys };
}

function listOf(value, at, most) {
  // An empty table of Lua is no list and no table of names.
  const list = ArrayBuffer.isView(value) ? Array.from(value) : isTable(value) && Object.keys(value).length === 0 ? [] : value;
  if (!Array.isArray(list)) throw new PlotError(`${at} is ${shown(value)}; wanted is a list`);
  if (list.length > most) throw new PlotError(`${at} has ${list.length} values; a plot shows at most ${most}`);
  return list;
}

function numberOf(value, at) {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new PlotError(`${at} is ${shown(value)}; wanted is a number`);
  const number = Number(value);
  return Number.isFinite(number) ? number : NaN;
}

function shown(value) {
  if (value === undefined || value === null) return 'nil';
  return typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a table' : String(value);
}
