/**
 * Every example of README.md, run as it is; the comment after a line is what the line logs.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { format } from 'node:util';

import { withModule } from './module.js';

const entries = {
  cu: new URL('../core.js', import.meta.url).href,
  'cu/data': new URL('../data.js', import.meta.url).href,
  'cu/full': new URL('../full.js', import.meta.url).href,
  'cu/encrypted': new URL('../encrypted.js', import.meta.url).href,
  'cu/node': new URL('../node.js', import.meta.url).href,
};
const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

/** The comments after statements, in order. */
function expectedLines(example) {
  return [...example.matchAll(/console\.log\(.*; \/\/ (.*)$/gm)].map((match) => match[1]);
}

/** Runs an example and returns what it logged. */
async function run(example) {
  const lines = [];
  const { log } = console;
  console.log = (...values) => lines.push(format(...values).trim());
  try {
    const source = example.replace(/from '(cu|cu\/data|cu\/full|cu\/encrypted|cu\/node)'/g, (from, name) => `from '${entries[name]}'`);
    await import(`data:text/javascript,${encodeURIComponent(source)}`);
  } finally {
    console.log = log;
  }
  return lines;
}

await withModule(() => {
  test('there are examples', () => assert.ok(examples.length >= 4));

  examples.forEach((example, number) => {
    test(`example ${number + 1} logs what it says`, async () => {
      assert.deepEqual(await run(example), expectedLines(example));
    });
  });
});
