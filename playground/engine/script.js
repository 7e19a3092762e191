/**
 * A script of the reader as a compute, and its errors as the reader sees them.
 *
 * Invariant: lines that are shown are lines of the script. Each script has a name of its own, made of its content, so that a function which
 * it stored can still be found in it when later ones have run.
 */

import { checksum } from '../../host-js/store/checksum.js';

const NAME = /script [0-9a-f]{8}/;

/** @param {string} text */
export function nameOf(text) {
  const bytes = new TextEncoder().encode(text);
  return `script ${checksum(bytes, 0, bytes.length).toString(16).padStart(8, '0')}`;
}

/** A long bracket keeps the text as it is; one line of its own begins it. */
export function asCompute(text) {
  let level = '=';
  while (text.includes(`]${level}]`)) level += '=';
  return `local script, problem = load([${level}[\n${text}]${level}], "=${nameOf(text)}", "t") if not script then error(problem, 0) end return script()`;
}

/**
 * @param {Error} error of a compute
 * @returns {{ line: number | undefined, message: string, traceback: string[] }} line: of this script, from 1
 */
export function readError(error, text) {
  const own = nameOf(text);
  const lineOf = (words) => {
    const at = words.indexOf(`${own}:`);
    const line = at < 0 ? NaN : parseInt(words.slice(at + own.length + 1), 10);
    return line > 0 ? line : undefined;
  };
  const message = String(error.message);
  const traceback = String(error.traceback ?? '').split('\n').slice(1).map((line) => line.trim()).filter(isOfScript);
  const isFirst = message.startsWith(`${own}:`);
  return {
    line: isFirst ? lineOf(message) : traceback.map(lineOf).find((line) => line !== undefined),
    message: isFirst ? message.replace(/^[^:]*:\d+: /, '') : message,
    traceback: traceback.map((line) => line.split(`${own}:`).join('line ')),
  };
}

/** Not the compute around it. */
const isOfScript = (line) => NAME.test(line) || line.startsWith('[C]') && !line.includes("'error'");

/** Whether the text may leave a function behind. */
export const mayStoreFunctions = (text) => /\bfunction\b/.test(text);

/** Whether it may use `_io`. */
export const mayPutOut = (text) => /\b_io\b/.test(text);
