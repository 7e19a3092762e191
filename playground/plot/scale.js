/** Where numbers lie on an axis, and at which of them it has marks. */

/** Steps between marks are these times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];

const LEAST = 1e-300;

/**
 * @param {number[]} values
 * @param {number} count about how many marks
 * @param {boolean} [fromZero] whether the axis begins at 0, as bars do
 * @returns {{ low: number, high: number, marks: number[], digits: number }} an axis of some length, also for one value or none; digits: in which its
 *   marks differ
 */
export function axisOf(values, count, fromZero = false) {
  // Those next to 0 are drawn as it, for lack of numbers between them.
  const finite = values.filter(Number.isFinite).map((value) => (Math.abs(value) < LEAST ? 0 : value));
  let [low, high] = [Infinity, -Infinity];
  for (const value of finite) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (finite.length === 0) [low, high] = [0, 1];
  if (fromZero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [bounded(low - Math.abs(low) / 2), bounded(high + Math.abs(high) / 2)];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  // Half of each first: a difference may be too large for a number. Of large numbers there are none between two that are next to each other.
  const step = stepOf(Math.max((high / 2 - low / 2) / Math.max(1, count) * 2, largest * (2 * Number.EPSILON)));
  if (!Number.isFinite(step) || step === 0) return { low, high, marks: [low, high], digits: 2 };
  const digits = Math.min(17, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step)) + 3);
  const marks = [];
  const first = Math.floor(low / step);
  for (let number = first; marks.length < 50; number++) {
    // Multiples, and no sums, which would gather errors; the largest numbers have none beyond them.
    const mark = Number((number * step).toPrecision(Math.max(12, digits)));
    marks.push(bounded(mark));
    if (number * step >= high) break;
  }
  // The first and the last mark were rounded.
  return { low: Math.min(low, marks[0]), high: Math.max(high, marks[marks.length - 1]), marks, digits: digitsOf(marks, digits) };
}

/** As few as tell all of them. */
function digitsOf(marks, most) {
  let digits = 1;
  while (digits < most && marks.some((mark) => Number(mark.toPrecision(digits)) !== mark)) digits += 1;
  return digits;
}

const bounded = (value) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

function stepOf(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return STEPS.find((step) => step * power >= rough * 0.999) * power;
}
