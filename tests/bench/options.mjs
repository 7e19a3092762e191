// What the commands of this folder have in common: reading options, saying how far they are, ending.

import { parseArgs } from 'node:util';

/** Something was asked for wrongly: the exit code is 2, and there is no stack to show. */
export class UsageError extends Error {}

/** `parseArgs`, with the usage under its complaint. */
export function parse(usage, options, allowPositionals = false) {
  try {
    return parseArgs({ options, allowPositionals });
  } catch (error) {
    throw new UsageError(`${error.message}\n${usage}`);
  }
}

export function wholeNumber(name, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new UsageError(`--${name} is ${text}; it takes a whole number from 1`);
}

/** The names in a list with commas, each of them known. */
export function choose(kind, list, known) {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new UsageError(`no such ${kind}: ${unknown.join(', ') || '(none named)'}; there are: ${known.join(', ')}`);
  }
  return [...new Set(names)];
}

/** Shows what goes on to a person who waits; an empty text clears it. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Runs a command, whose result is the exit code; 2 when it could not do anything. */
export async function run(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    progress('');
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 2;
  }
}
