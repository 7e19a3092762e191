#!/usr/bin/env node
// Runs the conformance kit and a few measurements on every engine there is, and writes docs/engines.md.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { Worker } from '../bench/engines.mjs';
import { UsageError, choose, parse, run, wholeNumber } from '../bench/options.mjs';
import { referenceOf, writeDocument } from './document.mjs';
import { hostSizes } from './hosts.mjs';
import { NotHere } from './install.mjs';
import { ENGINES } from './list.mjs';
import { ROOT, linesOf } from './process.mjs';
import { PROGRAMS, machine, readRecord, writeRecord } from './record.mjs';
import { best, figuresOf, kitOf } from './report.mjs';

const USAGE = `usage: make engines OPTIONS="..." (or node tests/engines/engines.mjs ...)

  --only NAMES    these engines alone, with commas between; the others stay as they are in the table
  --without NAMES all but these
  --rounds N      how often each engine is measured, of which the best counts (3)
  --kit           the kit alone: measures nothing, and writes nothing
  --write         writes docs/engines.md from tests/engines/record.json, and runs nothing
  --list          the names of the engines
  --help          this

Engines: ${Object.keys(ENGINES).join(' ')}
It installs or builds what is missing; what cannot be had is in the table with the reason.`;

const OPTIONS = {
  only: { type: 'string' }, without: { type: 'string' }, rounds: { type: 'string', default: '3' }, kit: { type: 'boolean' },
  write: { type: 'boolean' }, list: { type: 'boolean' }, help: { type: 'boolean' },
};

const FILES = PROGRAMS.map((name) => `${ROOT}tests/bench/programs/${name}.lua`);
const say = (text) => process.stderr.write(`${text}\n`);

function chosen({ only, without }) {
  const all = Object.keys(ENGINES);
  const left = without === undefined ? [] : choose('engine', without, all);
  return (only === undefined ? all : choose('engine', only, all)).filter((name) => !left.includes(name));
}

const commandOf = (command, more = []) => (Array.isArray(command) ? [[...command, ...more], {}] : [[...command.words, ...more], command]);

/** An engine's part of the record. What fails in it is in there as `problem`, and ends nothing. */
async function runEngine(name, rounds) {
  const { title, host, get } = ENGINES[name];
  const result = { title, host, date: new Date().toISOString().slice(0, 10) };
  say(`${title}: looking for it`);
  let engine;
  try {
    engine = await get();
  } catch (error) {
    if (!(error instanceof NotHere)) say(error.stack);
    return { ...result, reason: error.message };
  }
  result.version = engine.version;
  try {
    say(`${title} ${engine.version}: the kit`);
    const [words, options] = commandOf(engine.kit);
    result.kit = kitOf(await linesOf(words, { ...options, isChecked: false }));
    say(`  ${result.kit.passed} passed, ${result.kit.failed} failed${result.kit.problem === undefined ? '' : `: ${result.kit.problem}`}`);
    if (rounds > 0) Object.assign(result, await measure(engine, rounds));
  } catch (error) {
    result.problem = error.message;
    say(`  ${error.message}`);
  }
  return result;
}

/** Native Lua and the engine take turns, and each begins and ends. */
async function measure(engine, rounds) {
  const native = new Worker('native');
  const natives = [];
  const runs = [];
  const answers = {};
  const runNative = async () => {
    const times = {};
    for (const path of FILES) {
      const { microseconds, checksum, error } = await native.run(path);
      if (error !== undefined) throw new Error(`native Lua, ${path}: ${error}`);
      const name = basename(path, '.lua');
      answers[name] = checksum;
      times[name] = { value: microseconds };
    }
    natives.push(times);
  };
  try {
    await runNative();
    for (let round = 1; round <= rounds; round += 1) {
      say(`  round ${round} of ${rounds}`);
      const figures = figuresOf(await linesOf(...commandOf(engine.bench, FILES)));
      await runNative();
      const wrong = PROGRAMS.find((name) => figures[name]?.answer !== answers[name]);
      if (wrong !== undefined) throw new Error(`${wrong} answers ${figures[wrong]?.answer}, and native Lua ${answers[wrong]}`);
      runs.push(figures);
    }
  } finally {
    await native.close();
  }
  return { figures: best(runs), native: best(natives) };
}

/** What is wrong with an engine, if something is. */
function problemOf({ problem, kit }, reference) {
  if (problem !== undefined || kit === undefined) return problem;
  if (kit.failed > 0) return kit.problem ?? `${kit.failed} cases fail`;
  const differs = ['bytes', 'counts'].find((name) => kit[name] !== reference[name]);
  return differs && `all cases pass, and the ${differs} are ${kit[differs]}, not ${reference[differs]}`;
}

function about() {
  const bytes = readFileSync(`${ROOT}dist/cu.wasm`);
  return { machine: machine(), module: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } };
}

await run(async () => {
  const { values } = parse(USAGE, OPTIONS);
  if (values.help || values.list) {
    console.log(values.help ? USAGE : Object.keys(ENGINES).join('\n'));
    return 0;
  }
  const record = readRecord();
  if (values.write) {
    await writeDocument(record);
    return 0;
  }
  const rounds = values.kit ? 0 : wholeNumber('rounds', values.rounds);
  const names = chosen(values);
  if (names.length === 0) throw new UsageError('no engine is left');
  const results = { ...record.engines };
  for (const [at, name] of names.entries()) {
    say(`[${at + 1}/${names.length}]`);
    results[name] = await runEngine(name, rounds);
    if (rounds === 0) continue;
    // At once: a later engine may be interrupted.
    const engines = Object.fromEntries(Object.keys(ENGINES).filter((each) => results[each] !== undefined).map((each) => [each, results[each]]));
    const next = { ...about(), hosts: await hostSizes(), engines };
    writeRecord(next);
    writeDocument(next);
  }
  const all = names.map((name) => results[name]);
  const problems = new Map(all.map((each) => [each, problemOf(each, referenceOf(all))]).filter(([, problem]) => problem !== undefined));
  for (const [{ title }, problem] of problems) say(`${title}: ${problem}`);
  const absent = names.filter((name) => results[name].reason !== undefined);
  for (const name of absent) say(`${results[name].title} is not here: ${results[name].reason}`);
  say(`${names.length - problems.size - absent.length} of ${names.length} engines pass the whole kit, with equal bytes and counts`);
  return problems.size === 0 ? 0 : 1;
});
