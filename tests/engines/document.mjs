/** docs/engines.md, from the record. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { PROGRAMS } from './record.mjs';

const FILE = fileURLToPath(new URL('../../docs/engines.md', import.meta.url));

/** Times are those of a machine on which native Lua takes so long for `fib(32)`, as in docs/performance.md. */
const TARGET_US = 120_000;
const CALIBRATION = 'fib_calls';

const HEAD = ['engine', 'version', 'host, lines of its core', 'kit', 'bytes', 'counts', 'from bytes, ms', 'from module, µs', '`return 1`, µs', 'call, µs', 'memory, KiB', ...PROGRAMS];

/** The report of the first engine that passes everything: all others are compared with it. */
export const referenceOf = (engines) => engines.find(({ kit }) => kit !== undefined && kit.failed === 0)?.kit;

/** The table, and what stands under it. */
export function tableOf({ engines, hosts }) {
  const all = Object.values(engines);
  const reference = referenceOf(all);
  const rows = all.filter(({ reason }) => reason === undefined).map((each) => rowOf(each, reference, hosts));
  const absent = all.filter(({ reason }) => reason !== undefined).map(({ title, reason }) => `- ${title}: ${reason}`);
  const problems = all.filter(({ problem, kit }) => problem !== undefined || kit?.problem !== undefined)
    .map(({ title, problem, kit }) => `- ${title}: ${[kit?.problem, problem].filter(Boolean).join('; ')}`);
  return [
    markdown(HEAD, rows),
    ...(reference === undefined ? [] : [`Bytes are \`${reference.bytes}\`, counts \`${reference.counts}\`: hashes of all that was found in ${reference.passed} cases.`]),
    ...(problems.length === 0 ? [] : [`What went wrong:\n\n${problems.join('\n')}`]),
    ...(absent.length === 0 ? [] : [`Not measured, since they could not be had there:\n\n${absent.join('\n')}`]),
  ].join('\n\n');
}

function rowOf({ title, version, host, kit, figures = {}, native = {} }, reference, hosts) {
  const scale = TARGET_US / native[CALIBRATION];
  const time = (name, divisor, digits) => numberOf(figures[name] * scale / divisor, digits);
  return [
    title, version, hostOf(hosts[host]) ?? host,
    kit === undefined ? '-' : `${kit.passed} of ${kit.passed + kit.failed}`,
    equality(kit?.bytes, reference?.bytes), equality(kit?.counts, reference?.counts),
    time('from_bytes', 1000, 1), time('from_module', 1, 0), time('return_1', 1, 2), time('call', 1, 2), numberOf(figures.memory / 1024, 0),
    ...PROGRAMS.map((name) => numberOf(figures[name] / native[name], 2)),
  ];
}

const hostOf = (host) => host && [host.title, host.core?.toLocaleString('en')].filter(Boolean).join(', ');

const numberOf = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '-');

/** A hash other than that of the first engine is shown. */
function equality(found, reference) {
  if (found === undefined) return '-';
  return found === reference ? 'equal' : `\`${found}\``;
}

function sizesOf({ hosts }) {
  const count = (lines) => (lines === undefined ? '-' : lines.toLocaleString('en'));
  const rows = Object.entries(hosts).map(([name, { title, lines, core, gzip }]) => [
    title, `\`${name}\``, count(core), count(lines), gzip === undefined ? '-' : `${gzip.map((bytes) => (bytes / 1000).toFixed(1)).join(' KB, ')} KB with the store`,
  ]);
  return markdown(['host', 'folder', 'lines of the core', 'lines in all', 'the core, minified and compressed'], rows);
}

function aboutOf({ machine: { processor, cores, memoryGiB, system }, module: { bytes, sha256 }, engines }) {
  const dates = [...new Set(Object.values(engines).map(({ date }) => date))].sort();
  return `Measured ${dates.length === 1 ? dates[0] : `${dates[0]} to ${dates.pop()}`} on ${processor}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}; \`cu.wasm\` of
${bytes.toLocaleString('en')} bytes, SHA-256 \`${sha256}\`.`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const markdown = (head, rows) => [head, head.map(() => '---'), ...rows].map(row).join('\n');

const PARTS = { table: tableOf, sizes: sizesOf, about: aboutOf };

/** The text with all measured parts in the place of those that it has. */
export function fill(text, record) {
  return text.replace(/(<!-- measured: (\w+) -->\n)[^]*?(<!-- end -->)/g, (all, begin, name, end) => {
    if (PARTS[name] === undefined) throw new Error(`docs/engines.md has a part ${name}; there are ${Object.keys(PARTS).join(', ')}`);
    return `${begin}${PARTS[name](record)}\n${end}`;
  });
}

export const readDocument = () => readFileSync(FILE, 'utf8');

export function writeDocument(record) {
  writeFileSync(FILE, fill(readDocument(), record));
}
