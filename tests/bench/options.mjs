// Shared by the commands of this folder: reading options, showing progress, ending.

import { parseArgs } from 'node:util';

/** A wrong use of a command: the exit code is 2, and no stack trace is printed. */
export class UsageError extends Error {}

/** `parseArgs`, which prints the usage after an error. */
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

/** The names in a list with commas. Each must be known. */
export function choose(kind, list, known) {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new UsageError(`no such ${kind}: ${unknown.join(', ') || '(none named)'}; there are: ${known.join(', ')}`);
  }
  return [...new Set(names)];
}

/** Shows the progress on a terminal; an empty text clears it. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Runs a command, whose result is the exit code; 2 when it was used wrongly. */
export async function run(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    progress('');
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 2;
  }
}
