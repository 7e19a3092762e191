/**
 * Clauses that are made of the vectors of the contract and the scripts of other tests, so that nothing is kept twice by hand.
 */

import { encode } from '../../../host-js/codec.js';
import { toHex } from './bytes.mjs';

/** Nobody waits for scripts that never end: what they did until then is the same everywhere. */
const BUDGET = { instructions: 400000 };

const STEPS_OF_RECORDS = ['calls.json', 'pending.json'];

/**
 * @param {(path: string) => string} read a file of the repository
 * @returns {{ name: string, text: string }[]} with steps, and without expectations
 */
export function generated(read) {
  const vectors = (name) => JSON.parse(read(`abi/vectors/${name}`));
  return [
    { name: 'codec', text: codec(vectors('values.json'), vectors('malformed.json'), vectors('keys.json')) },
    { name: 'records', text: records(STEPS_OF_RECORDS.map(vectors)) },
    { name: 'errors', text: scripts('errors.json: what error texts look like', vectors('errors.json')) },
    { name: 'deep', text: scripts('deep.json: scripts that nest as deep as they can', vectors('deep.json')) },
    { name: 'hostile', text: scripts('scripts that want to do harm, of tests/lua/hostile', [...snippets(read('tests/lua/hostile/errors.lua')),
      ...snippets(read('tests/lua/hostile/exhaustion.lua'))].map((snippet) => ({ ...snippet, config: BUDGET }))) },
  ];
}

const head = (of) => `# Made by record.mjs of ${of}.\n\n`;

function codec(values, malformed, keys) {
  const cases = [
    ...values.map(({ name, bytes, accepts = [] }) => [`the value ${name}`, [bytes, ...accepts].map((each) => `decode ${each}`)]),
    ...malformed.map(({ name, bytes }) => [`no value: ${name}`, [`decode ${bytes || '-'}`]]),
    ...keys.accepted.map(({ name, bytes }) => [`the key ${name}`, [`key ${bytes}`]]),
    ...keys.refused.map(({ name, bytes }) => [`no key: ${name}`, [`key ${bytes || '-'}`]]),
  ];
  return head('values.json, malformed.json and keys.json of abi/vectors') + joined(cases);
}

/** Malformed records, and that the instance lives on. */
function records(all) {
  const refused = all.flatMap((vectors) => vectors.refused).filter(({ bytes }) => bytes.startsWith('1b4375'));
  return head('calls.json and pending.json of abi/vectors: records that are malformed')
    + joined(refused.map(({ name, bytes }) => [name, ['open', `compute ${bytes}`, 'run\n  return "alive"']]));
}

function scripts(of, list) {
  return head(of) + joined(list.map(({ name, lua, config }) => [
    name, [...(config === undefined ? [] : [`config ${toHex(encode(config))}`]), 'open', `run\n${lua.split('\n').map((line) => `  ${line}`).join('\n')}`],
  ]));
}

const joined = (cases) => cases.map(([name, steps]) => `case ${name}\n${steps.join('\n')}\n`).join('\n');

/** The format is in tests/lua/README.md; lines with what is expected are comments. */
function snippets(text) {
  return text.split(/^--- /m).slice(1).map((snippet) => {
    const [name, ...lines] = snippet.split('\n');
    return { name, lua: lines.filter((line) => !line.startsWith('--:')).join('\n').trimEnd() };
  });
}
