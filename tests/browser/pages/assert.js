/** What scripts of tests use of `node:assert/strict`, in a page. */

const text = (value) => JSON.stringify(value, (key, part) => (typeof part === 'bigint' ? `${part}n` : part));

function check(isRight, message) {
  if (!isRight) throw new Error(message);
}

/** Values of JSON and big integers, with the keys of objects in any order. */
function isEqual(left, right) {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && isEqual(left[key], right[key]));
}

export default {
  ok: (value) => check(value, `not true: ${text(value)}`),
  equal: (actual, expected) => check(Object.is(actual, expected), `${text(actual)} is not ${text(expected)}`),
  deepEqual: (actual, expected) => check(isEqual(actual, expected), `${text(actual)} is not ${text(expected)}`),
  match: (actual, pattern) => check(pattern.test(actual), `${text(actual)} does not fit ${pattern}`),
};
