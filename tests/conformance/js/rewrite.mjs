/**
 * Writes the expectations of a clause anew: they are what host-js does.
 *
 * Invariant: steps are kept, but for the bytes below a comment that is a Lua expression: those are what the module encodes it as.
 */

import { Cu } from '../../../host-js/full.js';
import { decodeAll, encodeAll, encodeKey } from '../../../host-js/codec.js';
import { fromHex, toHex } from './bytes.mjs';
import { commentAbove, linesOf, parse } from './kit.mjs';
import { expressionOf } from './lua.mjs';
import { observe } from './report.mjs';
import { Session } from './session.mjs';

/** Where the bytes of an expression stand, among the words of a step. */
const PLACES = { config: 0, call: 1, content: 1, resume: 2 };
/** The words of an expectation that ends with values. */
const SHOWN = { results: 2, waits: 3, called: 3, event: 2, value: 2 };

/** @returns {Promise<string>} the text of the file */
export async function rewrite(text, name, host) {
  const { head, cases } = parse(text, name);
  const lines = [...head];
  const cu = await Cu.create({ module: host && host.module, exact: true });
  cu.compute('bigint = require("bigint")');
  for (const { steps, title } of cases) {
    const session = new Session(steps, host);
    for (const step of steps) {
      fill(cu, step);
      lines.push(...(step.word === 'store' ? step.front : linesOf(step)));
      const found = await observe(session, step);
      for (const [first] of found) {
        if (first.startsWith('host ')) throw new Error(`${name}:${step.number}: ${title}: ${first}`);
        lines.push(...shown(first));
      }
    }
    session.end();
  }
  cu.close();
  return `${lines.join('\n')}\n`;
}

/** An expectation, with what its bytes mean. */
function shown(expectation) {
  const words = expectation.split(' ');
  const hex = words[words.length - 1];
  if (SHOWN[words[0]] !== words.length || hex === '-') return [expectation];
  const said = expressionOf(fromHex(hex));
  return said === undefined ? [expectation] : [`# ${said}`, expectation];
}

/** Writes the bytes of a step for which a comment has the expression. */
function fill(cu, step) {
  const { word, words } = step;
  if (word === 'offer') {
    for (const line of step.text) {
      const values = valuesOf(cu, line.front);
      if (values !== undefined) line.text = `${line.text.split(' ')[0]} ${toHex(encodeAll(values))}`;
    }
    return;
  }
  const values = word in PLACES || word === 'put' || word === 'remove' ? valuesOf(cu, step.front) : undefined;
  if (values === undefined) return;
  if (word in PLACES) {
    words[PLACES[word]] = toHex(encodeAll(values));
  } else {
    words[1] = toHex(encodeKey(values[0]));
    if (word === 'put') words[2] = toHex(encodeAll([values[1]]));
  }
  step.line = [word, ...words].join(' ');
}

/** What the comment above says, where it is an expression. */
function valuesOf(cu, front) {
  const comment = commentAbove(front);
  if (comment === undefined) return undefined;
  const { status, bytes } = cu.computeRaw(`return ${comment}`);
  return status < 0 ? undefined : decodeAll(bytes.subarray(4), { exact: true });
}
