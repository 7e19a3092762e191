/**
 * Runs clauses of the kit on host-js and reports which cases it meets. Nothing here is of Node alone.
 */

import { encodeText } from '../../../host-js/text.js';
import { Hash } from './bytes.mjs';
import { expectedText, parse } from './kit.mjs';
import { Session } from './session.mjs';

/**
 * @param {{ name: string, text: string }[]} files the clauses
 * @param {object} [host] as for Session
 * @returns {Promise<{ clauses: { name: string, passed: number, failures: { title: string, line: number, wanted: string, found: string }[] }[], passed: number,
 *   failed: number, observed: { bytes: string, counts: string } }>} observed: of all lines that were found
 */
export async function runKit(files, host) {
  const clauses = [];
  const observed = new Observed();
  for (const { name, text } of files) {
    const { cases } = parse(text, name);
    const failures = [];
    for (const each of cases) {
      const failure = await runCase(each, host, observed);
      if (failure !== undefined) failures.push({ title: each.title, ...failure });
    }
    clauses.push({ name, passed: cases.length - failures.length, failures });
  }
  const sum = (count) => clauses.reduce((all, clause) => all + count(clause), 0);
  return { clauses, passed: sum(({ passed }) => passed), failed: sum(({ failures }) => failures.length), observed: observed.hashes };
}

/** Everything that is found, as two hashes: instructions apart from all else. Engines with the same ones have found the same. */
class Observed {
  constructor() {
    this.bytes = new Hash();
    this.counts = new Hash();
  }

  add(line) {
    (line.startsWith('used ') ? this.counts : this.bytes).add(encodeText(`${line}\n`));
  }

  get hashes() {
    return { bytes: String(this.bytes), counts: String(this.counts) };
  }
}

/** What is wrong in a case, if something is: it ends there. */
async function runCase({ steps }, host, observed) {
  const session = new Session(steps, host);
  try {
    for (const step of steps) {
      const wanted = step.expected.map(expectedText);
      const found = await observe(session, step);
      // A line that can be written in several ways is taken as the file has it.
      found.forEach((forms, at) => observed.add(forms.includes(wanted[at]) ? wanted[at] : forms[0]));
      const isMet = found.length === wanted.length && found.every((forms, at) => forms.includes(wanted[at]));
      if (!isMet) return { line: step.number, wanted: wanted.join('\n'), found: found.map(([first]) => first).join('\n') };
    }
  } finally {
    session.end();
  }
  return undefined;
}

/** What came of a step. */
export async function observe(session, step) {
  try {
    return await session.step(step);
  } catch (error) {
    return [[`host threw ${error && error.stack}`]];
  }
}

/** The report as lines, in the form that every runner prints. */
export function linesOfReport({ clauses, passed, failed, observed }) {
  const lines = [];
  for (const { name, passed: count, failures } of clauses) {
    lines.push(`${name} ${count} of ${count + failures.length}`);
    for (const { title, line, wanted, found } of failures) {
      lines.push(`  ${name}.txt:${line}: ${title}`, '    wanted', ...indented(wanted), '    found', ...indented(found));
    }
  }
  return [...lines, `observed ${observed.bytes} ${observed.counts}`, `${passed} passed, ${failed} failed`];
}

const indented = (text) => text.split('\n').map((line) => `      ${line.slice(0, 400)}`);
