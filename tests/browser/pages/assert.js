// What the scripts of host-js/test/scripts use of node:assert/strict, in a page.

const shown = (value) => JSON.stringify(value, (key, part) => (typeof part === 'bigint' ? `${part}n` : part));

function isSame(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
}

function ok(value, message = `${shown(value)} is to be true`) {
  if (!value) throw new Error(message);
}

export default {
  ok,
  equal: (actual, wanted) => ok(Object.is(actual, wanted), `${shown(actual)} is to be ${shown(wanted)}`),
  deepEqual: (actual, wanted) => ok(isSame(actual, wanted), `${shown(actual)} is to be ${shown(wanted)}`),
  match: (text, pattern) => ok(pattern.test(text), `${shown(text)} is to match ${pattern}`),
};
