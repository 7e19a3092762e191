// Runs snippet files (tests/lua/README.md) in native Lua and in the module, and gives the output, result or error of each.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Cu, LuaError } from '../../host-js/index.js';

export const NATIVE = fileURLToPath(new URL('../../target/release/native-lua', import.meta.url));

/** The snippets of a file: `{ name, chunk }`, in order. */
export function snippets(url) {
  return readFileSync(url, 'utf8').split(/^--- /m).slice(1).map((section) => {
    const end = section.indexOf('\n');
    return { name: section.slice(0, end).trim(), chunk: section.slice(end + 1) };
  });
}

/** The answers of native Lua to a file, `{ output, result, status }` by name. Its format: tests/native/src/main.rs. */
export function nativeAnswers(url) {
  const bytes = execFileSync(NATIVE, ['--snippets', fileURLToPath(url)], { maxBuffer: 1 << 26 });
  const answers = new Map();
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const [, name, output, result, status] = /^=== (.*) (\d+) (\d+) (\w+)$/.exec(bytes.toString('utf8', at, end));
    const text = (from, length) => bytes.toString('utf8', from, from + Number(length));
    const body = end + 1;
    answers.set(name, { output: text(body, output), result: text(body + Number(output), result), status });
    at = body + Number(output) + Number(result) + 1;
  }
  return answers;
}

/** Describes results as `native-lua --snippets` does. */
const DESCRIBE = readFileSync(new URL('../lua/describe.lua', import.meta.url), 'utf8');

/** Runs the chunk as `native-lua --snippets` does: under the name `=snippet`, with its results described. */
function wrapped(chunk) {
  let level = '';
  while (chunk.includes(`]${level}]`)) level += '=';
  return `local load, describe = __load, __describe __load, __describe = nil, nil \
    local chunk, message = load([${level}[\n${chunk}]${level}], '=snippet') if not chunk then error(message, 0) end \
    return describe(chunk())`;
}

/** The answer of the module to a chunk, and the instructions used, in a new instance; `before` runs before it. */
export async function cuAnswer(module, chunk, { before = '', config = {} } = {}) {
  let [early, used] = ['', 0];
  const onEvent = (event) => {
    if (event.kind === 'output') early += event.text;
    else used = event.instructions;
  };
  const cu = await Cu.create({ module, config: { events: ['output', 'usage'], ...config }, onEvent });
  cu.compute(DESCRIBE);
  if (before !== '') cu.compute(before);
  early = '';
  try {
    const { output, value } = cu.compute(wrapped(chunk));
    return { output: output + early, result: value, status: 'ok', used };
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return { output: early, result: error.message, status: 'error', used };
  }
}
