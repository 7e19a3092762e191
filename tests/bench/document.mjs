// Writes the measured parts of docs/performance.md from the recorded figures.
//
// Invariant: only text between `<!-- measured: NAME -->` and `<!-- end -->` is written. The text around it is written
// by hand and has no figures.

import { callsTable, pendingLine } from './calls.mjs';
import { GROUPS } from './charts.mjs';
import { dataTable } from './data.mjs';
import { PEERS } from './engines.mjs';
import { instancesTable } from './instances.mjs';
import { javaScriptTable } from './javascript.mjs';
import { conditions, homesTable, requestsTable, storesTable } from './server.mjs';
import { geometricMean, means, ratios } from './statistics.mjs';
import { NAMED, WORST, judgeTargets } from './targets.mjs';

const NATIVE = 'native';
const SECTION = /(<!-- measured: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The document with every measured part taken from the record. */
export function fill(text, record) {
  const missing = new Set(Object.keys(SECTIONS));
  const filled = text.replace(SECTION, (_, head, name, end) => {
    if (SECTIONS[name] === undefined) throw new Error(`nothing is measured as '${name}'`);
    missing.delete(name);
    return `${head}${SECTIONS[name](record)}\n${end}`;
  });
  if (missing.size > 0) throw new Error(`the document has no place for ${[...missing].join(', ')}`);
  return filled;
}

const SECTIONS = {
  machine, targets, means: meansTable, programs: programsTable, named, startup, instances, server, sizes, parts, tables, data, calls, javascript, integers, verifier,
  budget,
};

/** Rows of cells as a table. The first column is aligned left; the others, which have numbers, right. */
function table(head, rows, other = '--:') {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : other))), ...rows.map(line)].join('\n');
}

const thousands = (number) => number.toLocaleString('en');
const titleOf = ({ engines }) => (engine) => engines[engine].title;
const columns = (record) => Object.keys(record.engines).filter((engine) => engine !== 'unlimited');
const scaled = (record, time, digits) => (time * record.calibration.scale).toFixed(digits);

function machine(record) {
  const { processor, cores, memoryGiB, system } = record.machine;
  const { milliseconds, target, scale } = record.calibration;
  const engines = Object.entries(record.engines).filter(([engine]) => engine !== 'unlimited');
  return [
    `On ${record.date}: ${processor}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}.`,
    `Rounds: ${record.rounds}, of which the least time counts. Native Lua takes ${milliseconds.toFixed(1)} ms there`,
    `for the recursive \`fib(32)\`; times below are multiplied by ${scale.toFixed(3)}, for a machine that takes ${target} ms.`,
    'Ratios are not.',
    '',
    table(['engine', 'version'], engines.map(([, { title, version }]) => [title, version]), '---'),
  ].join('\n');
}

function targets(record) {
  const judged = judgeTargets(record.programs, record.engines);
  const rows = judged.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : '**missed**']);
  return table(['', 'target', 'measured', ''], rows, '---');
}

function meansTable(record) {
  const engines = columns(record);
  const groups = [
    ['all', () => true],
    ['coroutines', (name) => name.startsWith('coroutines_')],
    ['protected calls', (name) => name.startsWith('pcall_')],
  ];
  const rows = groups.map(([title, matches]) => {
    const { programs, ratios: of } = means(record.programs.filter(({ name }) => matches(name)), engines, NATIVE);
    return [`${title} (${programs})`, ...engines.slice(1).map((engine) => of[engine].toFixed(2))];
  });
  return table(['programs', ...engines.slice(1).map(titleOf(record))], rows);
}

function programsTable(record) {
  const engines = columns(record);
  const rows = record.programs.map(({ name, microseconds }) => {
    const own = microseconds[NATIVE];
    const ratio = (engine) => (microseconds[engine] === undefined ? 'failed' : (microseconds[engine] / own).toFixed(2));
    return [name, scaled(record, own / 1000, 0), ...engines.slice(1).map(ratio)];
  });
  return table(['program', 'native, ms', ...engines.slice(1).map(titleOf(record))], rows);
}

/** Why some programs are slower than the target for a single program. */
function named(record) {
  const engines = Object.keys(PEERS).filter((engine) => record.engines[engine] !== undefined);
  const above = (name) => engines.some((engine) => ratios(record.programs, engine, NATIVE)
    .some((program) => program.name === name && program.ratio > WORST));
  const reasons = Object.entries(NAMED).filter(([name]) => above(name)).map(([name, reason]) => `- \`${name}\`: ${reason}`);
  return reasons.length > 0 ? reasons.join('\n') : 'No program is named.';
}

function startup(record) {
  const rows = record.startup.map(({ engine, allocator, startMicroseconds, callMicroseconds }) => [
    `${titleOf(record)(engine)}${allocator === undefined ? '' : `, ${allocator}`}`,
    scaled(record, startMicroseconds, 1),
    scaled(record, callMicroseconds, 2),
  ]);
  return table(['', 'new instance and `init`, µs', 'compute `return 1`, µs'], rows);
}

/** Recorded alone, or with everything; it has a scale of its own. */
function instances(record) {
  if (record.instances === undefined) return 'Not recorded: `node tests/bench/bench.mjs --instances --record` does that.';
  const { date, scale, figures } = record.instances;
  return `On ${date}, times multiplied by ${scale.toFixed(3)}.\n\n${table(...instancesTable(figures, scale))}`;
}

/** Recorded alone, and not scaled. */
function server(record) {
  if (record.server === undefined) return 'Not recorded: `make bench OPTIONS="--server --record"` does that.';
  const { date, figures } = record.server;
  const tables = [requestsTable, storesTable, homesTable].map((of) => table(...of(figures)));
  return `On ${date}: ${conditions(figures)}\n\n${tables.join('\n\n')}`;
}

function sizes(record) {
  const names = { cu: '`cu.wasm`', wasmoon: 'wasmoon\'s `glue.wasm`' };
  return table(
    ['bytes', 'as it is', 'gzip -9', 'brotli -q 11'],
    Object.entries(record.sizes).map(([name, { raw, gzip, brotli }]) => [names[name], ...[raw, gzip, brotli].map(thousands)]),
  );
}

/** The largest parts are in the chart; here are the groups. */
function parts(record) {
  if (record.parts === undefined) return 'What the bytes are was not recorded: `make size` prints it.';
  const total = record.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = Object.entries(GROUPS).map(([group, { title }]) => {
    const bytes = record.parts.filter((part) => part.group === group).reduce((sum, part) => sum + part.bytes, 0);
    return [title, thousands(bytes), `${((100 * bytes) / total).toFixed(1)} %`];
  });
  return ['![The largest parts of cu.wasm](performance/parts.svg)', '', table(['of `cu.wasm`', 'bytes', 'share'], rows)].join('\n');
}

function tables(record) {
  const { loops, entryBytes, luaBytes, changes } = record.tables;
  const rate = ({ operations, milliseconds }) => (operations / (milliseconds * record.calibration.scale) / 1000).toFixed(2);
  const cost = ({ keys, microseconds }) => `${scaled(record, microseconds, 1)} µs in a home of ${thousands(keys)} keys`;
  return [
    table(['loop', 'operations', 'millions a second'], loops.map((loop) => [loop.name, thousands(loop.operations), rate(loop)])),
    '',
    `A small entry takes ${entryBytes.toFixed(0)} bytes of the host's memory; Lua has ${thousands(luaBytes)} bytes in use behind all of that.`,
    ...changes.map(({ what, costs }) => `A compute that changes one ${what} takes ${costs.map(cost).join(' and ')}.`),
  ].join('\n');
}

function data(record) {
  if (record.data === undefined) return 'Not recorded: `make bench OPTIONS=--data` prints it.';
  return table(...dataTable(record.data, record.calibration.scale));
}

function calls({ calls: recorded }) {
  if (recorded === undefined) return 'Not recorded: `make bench OPTIONS=--calls` prints it.';
  const { date, scale, figures } = recorded;
  return [`On ${date}; times are multiplied by ${scale.toFixed(3)}, as above.`, '', table(...callsTable(figures, scale)), '', pendingLine(figures)].join('\n');
}

function javascript({ javaScript, javaScriptTimes }) {
  if (javaScript === undefined) return 'Not recorded: `make bench OPTIONS=--javascript` prints it.';
  const { date, node, chromium = 'which was not there', scale } = javaScript;
  return [
    `On ${date}, in Node ${node} and Chromium ${chromium}; times are multiplied by ${scale.toFixed(3)}, as above.`,
    '',
    table(...javaScriptTable(javaScriptTimes, scale)),
  ].join('\n');
}

function integers(record) {
  const time = (result, who) => (result[who] === undefined ? '-' : scaled(record, result[who], 0));
  const ratio = (one, other) => (one === undefined || other === undefined ? '-' : (one / other).toFixed(2));
  return table(
    ['program', 'cu, ms', 'BigInt, ms', 'cu / BigInt', 'wasmoon, ms', 'wasmoon / cu'],
    record.bigIntegers.map((result) => [
      result.name,
      time(result, 'cu'),
      time(result, 'javascript'),
      ratio(result.cu, result.javascript),
      time(result, 'wasmoon'),
      ratio(result.wasmoon, result.cu),
    ]),
  );
}

function verifier(record) {
  return table(
    ['chunk', 'bytes', 'verified, ms', 'loaded, ms'],
    record.verifier.map(({ name, bytes, verify, load }) => [name, thousands(bytes), scaled(record, verify, 2), scaled(record, load, 2)]),
  );
}

function budget(record) {
  const both = ratios(record.programs, 'node', 'unlimited');
  if (both.length === 0) return 'Not measured.';
  const mean = geometricMean(both.map(({ ratio }) => ratio));
  const worst = both.slice(0, 3).map(({ name, ratio }) => `\`${name}\` ${ratio.toFixed(2)}`).join(', ');
  return `In ${titleOf(record)('node')}, counting takes ${mean.toFixed(3)} times the time, geometric mean of ${both.length} programs; most in ${worst}.`;
}
