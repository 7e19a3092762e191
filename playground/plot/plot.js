/**
 * A plot as a figure: lines, bars or points with axes, and the same numbers as a table for who does not see them.
 *
 * It is drawn anew when its width changes, so letters are as large on a phone as on a desk; its height stays, so nothing moves.
 */

import { drawn, element } from '../views/elements.js';
import { count } from '../views/numbers.js';
import { readPlot } from './data.js';
import { axisOf } from './scale.js';

const HEIGHT = 260;
const FIRST_WIDTH = 600;
const MARGIN = { top: 12, right: 16, bottom: 30, left: 14 };
/** Digits are about so wide, in the widest of usual letters. */
const LETTER = 8;
const LABEL_HEIGHT = 18;
/** One alone would be a wall. */
const WIDEST_BAR = 160;
/** Told apart by form, too: dashes of lines, forms of points. */
const COLOURS = ['var(--accent)', 'var(--code-number)', 'var(--code-string)', 'var(--code-keyword)'];
const DASHES = ['', '7 4', '2 3', '9 3 2 3'];
const TABLE_ROWS = 500;

const NAMES = { line: 'Line', bar: 'Bars', points: 'Points' };
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
/** As short as it can be read, with as many digits as it is told apart by. */
function textOf(number, digits = 4) {
  const size = Math.abs(number);
  if (number !== 0 && (size < 1e-4 || size >= 1e15 && digits <= 6)) return number.toExponential(Math.max(1, digits - 1));
  return size >= 10_000 && digits <= 4 ? short.format(number) : String(Number(number.toPrecision(Math.max(6, digits))));
}

const textsOf = ({ marks, digits }) => marks.map((mark) => textOf(mark, digits));
const longest = (texts) => texts.reduce((most, { length }) => Math.max(most, length), 1);

/** As much of a text as there is room for. */
function fitting(text, width) {
  const room = Math.max(3, Math.floor(width / LETTER));
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

/** @param {object} value what a script put out: plot/data.js */
export function plotElement(value) {
  let plot;
  try {
    plot = readPlot(value);
  } catch (error) {
    if (error.name !== 'PlotError') throw error;
    return element('div.error', { role: 'alert' }, element('strong', {}, 'This cannot be drawn'), element('p.message', {}, error.message));
  }
  const place = element('div.canvas');
  const figure = element('figure.plot', {}, plot.title !== '' && element('figcaption', {}, plot.title), legend(plot), place, asTable(plot));
  let width = 0;
  const draw = (next) => {
    if (next === width) return;
    width = next;
    place.replaceChildren(drawing(plot, width));
  };
  draw(FIRST_WIDTH);
  new ResizeObserver(([{ contentRect }]) => { if (contentRect.width > 0) draw(Math.round(contentRect.width)); }).observe(place);
  return figure;
}

function drawing(plot, width) {
  const { categories, series, kind, xLabel, yLabel } = plot;
  const points = series.flatMap((each) => each.points);
  const y = axisOf(points.map(([, each]) => each), HEIGHT / 50, kind === 'bar');
  const yTexts = textsOf(y);
  const left = MARGIN.left + longest(yTexts) * LETTER;
  const top = MARGIN.top + (yLabel === '' ? 0 : LABEL_HEIGHT);
  const bottom = HEIGHT - MARGIN.bottom - (xLabel === '' ? 0 : LABEL_HEIGHT);
  const right = width - MARGIN.right;
  const x = categories === undefined ? axisOf(points.map(([each]) => each), (right - left) / 90) : { low: -0.5, high: categories.length - 0.5, marks: [], digits: 1 };
  const at = {
    x: (value) => round(left + part(value, x) * (right - left)), y: (value) => round(bottom - part(value, y) * (bottom - top)),
    band: (right - left) / Math.max(1, (categories ?? []).length),
  };
  return drawn('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: 'img', 'aria-label': summary(plot), 'font-size': 12, 'font-family': 'inherit' },
    ...y.marks.flatMap((mark, index) => [
      line(left, at.y(mark), right, at.y(mark), mark === 0 ? 'var(--quiet)' : 'var(--edge)'),
      label(left - 6, at.y(mark) + 4, yTexts[index], 'end'),
    ]),
    ...placeLabels(plot, x, at).map(([text, value]) => {
      const half = text.length * LETTER / 2;
      return label(Math.max(half, Math.min(at.x(value), width - half)), bottom + 18, text, 'middle');
    }),
    ...(points.some(([, each]) => Number.isFinite(each)) ? [] : [label((left + right) / 2, (top + bottom) / 2, 'no values', 'middle')]),
    line(left, bottom, right, bottom, 'var(--quiet)'),
    ...(yLabel === '' ? [] : [label(left, 14, fitting(yLabel, right - left), 'start')]),
    ...(xLabel === '' ? [] : [label((left + right) / 2, HEIGHT - 6, fitting(xLabel, right - left), 'middle')]),
    ...series.flatMap((each, index) => MARKS[kind](each.points, at, index, series.length)));
}

/** Halves first: the length of an axis may be more than a number can be. */
const part = (value, { low, high }) => (value / 2 - low / 2) / (high / 2 - low / 2);
const round = (value) => Math.round(value * 10) / 10;
const colourOf = (index) => COLOURS[index % COLOURS.length];
const line = (x1, y1, x2, y2, stroke) => drawn('line', { x1, y1, x2, y2, stroke, 'stroke-width': 1 });
const label = (x, y, text, anchor) => drawn('text', { x, y, 'text-anchor': anchor, fill: 'var(--quiet)' }, text);

/** As many of them as there is room for, with some letters between. */
function some(texts, distance, between) {
  const every = Math.max(1, Math.ceil((longest(texts) + between) * LETTER / distance));
  return texts.map((text, index) => [text, index]).filter(([, index]) => index % every === 0);
}

/** What is below the axis, each with its value. */
function placeLabels({ categories }, axis, at) {
  if (categories !== undefined) return some(categories.map((text) => fitting(text, Math.max(at.band, 56) - LETTER)), at.band, 1);
  const [first, second] = axis.marks;
  // The outermost ones are moved inwards.
  return some(textsOf(axis), at.x(second) - at.x(first), 3).map(([text, index]) => [text, axis.marks[index]]);
}

const MARKS = {
  /** A gap where there is no number. */
  line(points, at, index) {
    let isOpen = false;
    const way = points.map(([x, y]) => {
      const goesOn = isOpen;
      isOpen = Number.isFinite(x) && Number.isFinite(y);
      return isOpen ? `${goesOn ? 'L' : 'M'}${at.x(x)} ${at.y(y)}` : '';
    }).join('');
    const stroke = { d: way, fill: 'none', stroke: colourOf(index), 'stroke-width': 2, 'stroke-linejoin': 'round', 'stroke-linecap': 'round', 'stroke-dasharray': DASHES[index % DASHES.length] };
    // Alone between gaps it would not be seen.
    return [drawn('path', stroke), ...(points.length <= 40 ? dots(points, at, index, 2.5) : [])];
  },
  bar(points, at, index, many) {
    const width = Math.max(1, Math.min(at.band * 0.8, WIDEST_BAR) / many);
    return points.filter(([, y]) => Number.isFinite(y)).map(([x, y]) => {
      const [above, below] = [Math.min(at.y(y), at.y(0)), Math.max(at.y(y), at.y(0))];
      return drawn('rect', {
        x: round(at.x(x) + (index - many / 2) * width), y: above, width: round(Math.max(1, width - 1)), height: Math.max(1, round(below - above)), fill: colourOf(index), rx: 1,
      });
    });
  },
  points: (points, at, index) => dots(points, at, index, 3.5),
};

const FORMS = [
  (x, y, r) => ['circle', { cx: x, cy: y, r }],
  (x, y, r) => ['rect', { x: x - r, y: y - r, width: 2 * r, height: 2 * r }],
  (x, y, r) => ['path', { d: `M${x} ${y - r}l${r} ${1.8 * r}h${-2 * r}z` }],
  (x, y, r) => ['path', { d: `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z` }],
];

function dots(points, at, index, size) {
  const form = FORMS[index % FORMS.length];
  return points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)).map(([x, y]) => {
    const [tag, attributes] = form(at.x(x), at.y(y), size);
    return drawn(tag, { ...attributes, fill: colourOf(index) });
  });
}

function legend({ series }) {
  if (series.length === 1 && series[0].name === '') return undefined;
  return element('ul.legend', {}, ...series.map(({ name }, index) => {
    const [tag, attributes] = FORMS[index % FORMS.length](7, 7, 5);
    return element('li', {}, drawn('svg', { width: 14, height: 14, 'aria-hidden': 'true' }, drawn(tag, { ...attributes, fill: colourOf(index) })), name);
  }));
}

/** What is seen at a glance, in words. */
function summary({ kind, title, series, categories }) {
  const parts = series.map(({ name, points }) => {
    const known = points.filter(([, y]) => Number.isFinite(y));
    if (known.length === 0) return `${name} no values`.trim();
    const [lowest, highest] = known.reduce(([low, high], point) => [point[1] < low[1] ? point : low, point[1] > high[1] ? point : high], [known[0], known[0]]);
    const place = ([x]) => (categories === undefined ? textOf(x) : categories[x]);
    return `${name === '' ? '' : `${name}: `}${count(known.length)} ${known.length === 1 ? 'value' : 'values'}, lowest ${textOf(lowest[1])} at ${place(lowest)}, highest ${textOf(highest[1])} at ${place(highest)}`;
  });
  return `${NAMES[kind]}${title === '' ? '' : ` of ${title}`}. ${parts.join('; ')}`;
}

/** The numbers as they are, built when somebody opens it. */
function asTable({ series, categories, xLabel, yLabel }) {
  const body = element('div.wide-rows', { tabIndex: 0, role: 'group', 'aria-label': 'Table' });
  const details = element('details.numbers', {}, element('summary', {}, 'As a table'), body);
  details.addEventListener('toggle', () => {
    if (!details.open || body.childElementCount > 0) return;
    const rows = new Map();
    series.forEach(({ points }, index) => {
      for (const [x, y] of points) {
        if (!rows.has(x)) rows.set(x, []);
        rows.get(x)[index] = y;
      }
    });
    const names = series.map(({ name }) => name || yLabel || 'y');
    body.append(element('table.rows', {}, element('caption.hidden', {}, 'The numbers of the plot'),
      element('thead', {}, element('tr', {}, ...[xLabel || 'x', ...names].map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...[...rows].slice(0, TABLE_ROWS).map(([x, ys]) => element('tr', {}, element('th', { scope: 'row' }, categories === undefined ? String(x) : categories[x]),
        ...series.map((each, index) => element('td', {}, ys[index] === undefined || Number.isNaN(ys[index]) ? '–' : String(ys[index]))))))));
    if (rows.size > TABLE_ROWS) body.append(element('p.note', {}, `${count(rows.size - TABLE_ROWS)} more`));
  });
  return details;
}
