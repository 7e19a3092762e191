// What scripts put out for plots: what is read of it, what is said of what is wrong, and axes for all numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CuFloat } from '../../host-js/values.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { MOST_POINTS, MOST_SERIES, readPlot } from '../../playground/plot/data.js';
import { axisOf } from '../../playground/plot/scale.js';

const below = randomBelow(seed);

test('a plot is read with numbers of every kind, places of texts, and gaps', () => {
  assert.deepEqual(readPlot({ plot: 'line', y: [1, new CuFloat(2), 3n] }), {
    kind: 'line', title: '', xLabel: '', yLabel: '', categories: undefined, series: [{ name: '', points: [[1, 1], [2, 2], [3, 3]] }],
  });
  const { categories, series } = readPlot({ plot: 'bar', series: [{ name: 'a', x: ['p', 'q'], y: [1, 2] }, { x: ['q', 'r'], y: [new CuFloat(Infinity), 4] }] });
  assert.deepEqual(categories, ['p', 'q', 'r']);
  assert.deepEqual(series, [{ name: 'a', points: [[0, 1], [1, 2]] }, { name: 'series 2', points: [[1, NaN], [2, 4]] }]);
});

test('null is a gap, also in JSON, and typed arrays are lists', () => {
  const { series } = readPlot(JSON.parse('{ "plot": "line", "y": [1, null, 3] }'));
  assert.deepEqual(series[0].points, [[1, 1], [2, NaN], [3, 3]]);
  const typed = readPlot({ plot: 'points', x: new Float32Array([0.5, 1]), series: [{ y: new BigInt64Array([1n, -2n]) }, { y: new Float64Array([NaN, 2]) }] });
  assert.deepEqual(typed.series.map(({ points }) => points), [[[0.5, 1], [1, -2]], [[0.5, NaN], [1, 2]]]);
  assert.deepEqual(readPlot({ plot: 'line', y: new Float64Array() }).series[0].points, []);
});

test('series have the x of the plot, unless they have their own', () => {
  const { series } = readPlot({ plot: 'points', x: [10, 20], series: [{ y: [1, 2] }, { x: [30], y: [3] }] });
  assert.deepEqual(series.map(({ points }) => points), [[[10, 1], [20, 2]], [[30, 3]]]);
});

for (const [given, says] of [
  [7, 'a plot is 7; wanted is a table with plot, and with y or series'],
  [{ plot: 'pie', y: [] }, 'plot is "pie"; there are "line", "bar", "points"'],
  [{ plot: 'line' }, 'y is nil; wanted is a list'],
  [{ plot: 'line', y: { a: 1 } }, 'y is a table; wanted is a list'],
  [{ plot: 'line', y: [1, 'two'] }, 'y[2] is "two"; wanted is a number'],
  [{ plot: 'line', x: [1], y: [1, 2] }, 'x has 1 values and y 2; wanted are as many'],
  [{ plot: 'line', x: [1, true], y: [1, 2] }, 'x[2] is true; wanted is a number'],
  [{ plot: 'line', x: [1, null], y: [1, 2] }, 'x[2] is nil; wanted is a number'],
  [{ plot: 'line', y: new Uint8Array(MOST_POINTS + 1) }, 'y has 10001 values; a plot shows at most 10000'],
  [{ plot: 'line', y: [1], title: 5 }, 'title is 5; wanted is a text'],
  [{ plot: 'line', series: [] }, 'series is empty; wanted is at least one'],
  [{ plot: 'line', series: [{ y: [1] }, { y: [undefined] }] }, 'series[2].y[1] is nil; wanted is a number'],
  [{ plot: 'line', series: [{ name: 1, y: [1] }] }, 'series[1].name is 1; wanted is a text'],
  [{ plot: 'line', y: new Array(MOST_POINTS + 1).fill(0) }, 'y has 10001 values; a plot shows at most 10000'],
  [{ plot: 'line', series: new Array(MOST_SERIES + 1).fill({ y: [1] }) }, 'series has 9 values; a plot shows at most 8'],
]) {
  test(`what is wrong is said: ${says}`, () => assert.throws(() => readPlot(given), { name: 'PlotError', message: says }));
}

test(`an axis holds all numbers, and has a few marks in order (seed ${seed})`, () => {
  const number = () => [0, 1, -1, 0.1, 1e300, -1e300, 1e308, -1.7e308, 5e-324, 1e-300, below(1000) / 7, -below(1e6), NaN, Infinity][below(14)];
  for (let round = 0; round < 5000; round++) {
    const values = Array.from({ length: below(6) }, number);
    const { low, high, marks } = axisOf(values, 1 + below(10), below(2) === 0);
    const about = JSON.stringify({ values: values.map(String), low, high, marks });
    assert.ok(Number.isFinite(low) && Number.isFinite(high) && low < high, about);
    assert.ok(marks.length >= 2 && marks.length <= 50 && marks.every((mark, index) => index === 0 || mark > marks[index - 1]), about);
    const slack = (high / 2 - low / 2) * 1e-9;
    for (const value of values.filter(Number.isFinite)) assert.ok(value >= low - slack && value <= high + slack, `${value} ${about}`);
  }
});

/** Marks of numbers that differ in their last digits were all the same one, and the plot was drawn at no place: times in milliseconds, say. */
test(`numbers that hardly differ have marks that do, and a mark is what its digits say (seed ${seed})`, () => {
  const pairs = [[1_700_000_000_000, 1_700_000_000_001], [1e15, 1e15 + 2], [2 ** 53, 2 ** 53 + 2], [-1e300, -1e300 * (1 - Number.EPSILON)], [1_700_000_000, 1_700_000_060]];
  for (let round = 0; round < 2000; round++) {
    const about = (below(2) * 2 - 1) * (1 + below(1e6)) * 10 ** (below(40) - 20);
    pairs.push([about, about * (1 + (1 + below(1000)) * Number.EPSILON)]);
  }
  for (const [one, other] of pairs) {
    const { low, high, marks, digits } = axisOf([one, other], 5);
    const said = JSON.stringify({ one, other, low, high, marks, digits });
    assert.ok(low < high && low <= Math.min(one, other) && high >= Math.max(one, other), said);
    assert.ok(marks.length >= 2 && marks.every((mark, index) => index === 0 || mark > marks[index - 1]), said);
    assert.equal(new Set(marks.map((mark) => mark.toPrecision(digits))).size, marks.length, said);
  }
  assert.equal(axisOf([1_700_000_000, 1_700_000_060], 5).digits, 9);
  assert.equal(axisOf([0, 100], 5).digits, 1);
  assert.deepEqual(axisOf([1e308, -1e308], 5).marks, [-1e308, -5e307, 0, 5e307, 1e308]);
});
