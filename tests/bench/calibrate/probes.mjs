// Probes: every function and operator with general arguments, including large ones.
//
// A function may do work on an argument before it refuses it. So each function is called with each value in each place,
// protected.

const OPERATORS = ['+', '-', '*', '/', '%', '//', '^', '&', '|', '~', '<<', '>>', '..', '==', '<', '<=', 'and', 'or'];

/** Names of values.lua, and expressions. */
const ARGUMENTS = ['LONG', 'BLANKS', 'DIGITS', 'NULLS', 'OPEN', 'MIDDLE', 'LIST', 'HASH', 'HOLLOW', 'LYING', 'NAMED', 'CHAIN', 'THREAD', 'FUNCTION',
  'EXT', 'BIG', 'ROUND', '1.7e308', '5e-324', 'math.mininteger', '1 << 40', '300000'];

/** The argument lists: `V` is the value, the others are common arguments. */
const PLACES = ['V', 'V, V', '1, V', '"x", V', 'V, 1', 'V, "x"', 'LIST, V', '"x", "x", V', '1, 1, V', 'print, V', '"c400000", V'];

/** Functions that do not return to the loop, or that change the value, so that the next turn measures something else. */
const LEFT_OUT = new Set(['ext.drop', 'collectgarbage']);

/** Each value with the statements that use it: `{ value, statements }`. */
export function probes(functions, wanted) {
  const calls = functions.filter((name) => !LEFT_OUT.has(name)).flatMap((name) => {
    const path = name.startsWith('bigint.') ? `require("bigint")${name.slice(6)}` : name;
    return PLACES.map((place) => ({ name: `${name}(${place})`, once: `local f = ${path}\n`, each: `pcall(f, ${place})` }));
  });
  const operations = OPERATORS.flatMap((operator) => [`V ${operator} V`, `V ${operator} 3`, `"x" ${operator} V`]);
  for (const each of ['-V', '~V', '#V', 'V.x', 'V[1]', '_home[V]', 'V()', 'V:x()', 'HASH[V]', ...operations]) {
    calls.push({ name: each, once: `local function f() return ${each} end\n`, each: 'pcall(f)' });
  }
  return ARGUMENTS.map((value) => ({
    value,
    statements: calls.map(({ name, once, each }) => {
      const fill = (text) => text.replaceAll(/\bV\b/g, `(${value})`);
      return { name: `probe ${fill(name)}`, text: `-- once\n${fill(once)}-- each\n${fill(each)}` };
    }).filter(({ name }) => wanted(name)),
  }));
}
