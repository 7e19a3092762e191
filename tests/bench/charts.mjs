// The charts of docs/performance/, drawn from the recorded figures.

import { PEERS } from './engines.mjs';
import { means, ratios } from './statistics.mjs';
import { bar, dot, horizontal, label, picture, vertical } from './svg.mjs';
import { MEAN, WORST } from './targets.mjs';

const MARGIN = 20;
const NATIVE = 'native';

/** Engines in the order of the record, without those that have no column. */
const columns = (record) => Object.keys(record.engines).filter((engine) => engine !== 'unlimited');
const isWasmoon = (engine) => Object.values(PEERS).includes(engine);
const runsCu = (engine) => engine !== NATIVE && !isWasmoon(engine);

/** Every chart of a record, by the name of its file. */
export function charts(record) {
  const parts = record.parts === undefined ? {} : { 'parts.svg': partsChart(record) };
  return { 'means.svg': meansChart(record), 'programs.svg': programsChart(record), 'sizes.svg': sizesChart(record), ...parts };
}

/** A bar for each engine: the geometric mean of the programs' ratios to native Lua's time. */
export function meansChart(record) {
  const engines = columns(record);
  const { ratios: of, programs } = means(record.programs, engines, NATIVE);
  const shown = [...engines.filter(runsCu), ...engines.filter(isWasmoon)];
  const [left, top, width, step] = [152, 74, 500, 28];
  const most = Math.ceil(Math.max(...Object.values(of)) * 2 + 0.2) / 2;
  const x = (ratio) => left + (ratio / most) * width;
  const bottom = top + shown.length * step;
  const ticks = Array.from({ length: most * 2 + 1 }, (_, index) => index / 2);
  const parts = [
    label(MARGIN, 30, 'Time beside native Lua', 'title'),
    label(MARGIN, 50, `Geometric mean of ${programs} programs; shorter is faster`, 'quiet'),
    ...ticks.flatMap((tick) => [
      vertical(x(tick), top, bottom, tick === 1 ? 'axis' : 'grid'),
      label(x(tick), bottom + 18, tick === 1 ? 'native Lua' : tick.toFixed(1), 'quiet small middle'),
    ]),
    ...shown.flatMap((engine, index) => {
      const y = top + index * step;
      const classes = isWasmoon(engine) ? 'other' : 'good';
      const value = `${of[engine].toFixed(2)}`;
      const limit = MEAN[engine] === undefined ? [] : [vertical(x(MEAN[engine]), y + 1, y + step - 3, 'mark')];
      const end = Math.max(of[engine], MEAN[engine] ?? 0);
      return [
        label(left - 10, y + 18, record.engines[engine].title, 'end'),
        bar({ from: x(0), to: x(of[engine]), y: y + 4, height: step - 10, classes, hint: `${record.engines[engine].title}: ${value}` }),
        ...limit,
        label(x(end) + 7, y + 18, value, 'head'),
      ];
    }),
    ...legend(MARGIN, bottom + 44, [['good', 'cu'], ['other', 'wasmoon'], ['mark', 'target']]),
  ];
  const description = shown.map((engine) => `${record.engines[engine].title} ${of[engine].toFixed(2)}`).join(', ');
  return picture({ width: left + width + 60, height: bottom + 62, title: 'Time beside native Lua', description, parts });
}

/** From half of native Lua's time to four times as much. Bars outside of this range end at the edge. */
const [LEAST, MOST] = [0.5, 4];
const PROGRAM_TICKS = [0.5, 1, 2, 4];

/** A column of bars for each engine that runs cu, a row for each program. Left of the line is faster than native Lua. */
export function programsChart(record) {
  const engines = columns(record).filter(runsCu);
  const [left, top, width, gap, step] = [166, 104, 102, 26, 16];
  const [first] = engines;
  const order = ratios(record.programs, first, NATIVE).map(({ name }) => name);
  const bottom = top + order.length * step;
  const panelOf = (engine, panel) => {
    const start = left + panel * (width + gap);
    const clamp = (ratio) => Math.min(Math.max(ratio, LEAST), MOST);
    const x = (ratio) => start + (Math.log2(clamp(ratio) / LEAST) / Math.log2(MOST / LEAST)) * width;
    const found = new Map(ratios(record.programs, engine, NATIVE).map(({ name, ratio }) => [name, ratio]));
    const peer = new Map(ratios(record.programs, PEERS[engine], NATIVE).map(({ name, ratio }) => [name, ratio]));
    return [
      label(start + width / 2, top - 28, record.engines[engine].title, 'head middle'),
      ...PROGRAM_TICKS.flatMap((tick) => [
        vertical(x(tick), top, bottom, tick === 1 ? 'axis' : 'grid'),
        label(x(tick), top - 9, String(tick), 'quiet small middle'),
      ]),
      vertical(x(WORST), top, bottom, 'limit'),
      ...order.flatMap((name, row) => {
        const ratio = found.get(name);
        if (ratio === undefined) return [];
        const y = top + row * step;
        const other = peer.get(name);
        const beside = other === undefined ? '' : `, wasmoon ${other.toFixed(2)}`;
        const hint = `${name}, ${record.engines[engine].title}: ${ratio.toFixed(2)}${beside}`;
        return [
          bar({ from: x(1), to: x(ratio), y: y + 3, height: step - 6, classes: ratio > WORST ? 'poor' : 'good', hint }),
          ...(other === undefined ? [] : [dot(x(other), y + step / 2, 3.5)]),
        ];
      }),
    ];
  };
  const right = left + engines.length * (width + gap) - gap;
  const worst = `The worst in ${record.engines[first].title} come first.`;
  const line = (row) => horizontal(top + row * step, MARGIN, right, 'grid');
  const parts = [
    label(MARGIN, 30, 'Each program beside native Lua', 'title'),
    label(MARGIN, 50, `Ratio of times on a logarithmic scale; to the left of 1 is faster. ${worst}`, 'quiet'),
    ...order.flatMap((name, row) => [
      ...(row === 0 ? [] : [line(row)]),
      label(left - 12, top + row * step + 12, name.replaceAll('_', ' '), 'end small'),
    ]),
    ...engines.flatMap(panelOf),
    ...legend(MARGIN, bottom + 26, [
      ['good', `cu, up to ${WORST}`], ['poor', `cu, above ${WORST}`], ['dot', 'wasmoon in the same engine'],
    ]),
  ];
  const titles = engines.map((engine) => record.engines[engine].title).join(', ');
  const description = `Ratios of ${order.length} programs in ${titles}; the table has them as numbers.`;
  return picture({ width: right + MARGIN, height: bottom + 44, title: 'Each program beside native Lua', description, parts });
}

const WAYS = { raw: 'as it is', gzip: 'gzip', brotli: 'brotli' };

/** Bytes of each module, on disk and compressed for a network. */
export function sizesChart({ sizes }) {
  const [left, top, width, step] = [140, 74, 460, 22];
  const most = Math.max(...Object.values(sizes).map(({ raw }) => raw));
  const x = (bytes) => left + (bytes / most) * width;
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} KB`;
  const groups = Object.entries(sizes).map(([name, of], group) => ({ name, of, y: top + group * (3 * step + 16) }));
  const bottom = groups.at(-1).y + 3 * step;
  const parts = [
    label(MARGIN, 30, 'Size of the module', 'title'),
    label(MARGIN, 50, 'Smaller is better', 'quiet'),
    vertical(x(0), top, bottom, 'axis'),
    ...groups.flatMap(({ name, of, y }) => [
      label(MARGIN, y + 15, FILES[name], 'head'),
      ...Object.entries(WAYS).flatMap(([way, title], row) => [
        label(left - 10, y + row * step + 15, title, 'quiet end'),
        bar({ from: x(0), to: x(of[way]), y: y + row * step + 4, height: step - 8, classes: name === 'cu' ? 'good' : 'other' }),
        label(x(of[way]) + 7, y + row * step + 15, kilobytes(of[way])),
      ]),
    ]),
  ];
  const description = groups.map(({ name, of }) => `${FILES[name]}: ${Object.entries(WAYS)
    .map(([way, title]) => `${title} ${kilobytes(of[way])}`).join(', ')}`).join('; ');
  return picture({ width: left + width + 90, height: bottom + MARGIN, title: 'Size of the module', description, parts });
}

const FILES = { cu: 'cu.wasm', wasmoon: 'wasmoon' };

/** The groups of parts of `make size`, with their colours. */
export const GROUPS = {
  c: { title: 'Lua\'s C', classes: 'good' },
  rust: { title: 'Rust of src/', classes: 'poor' },
  packages: { title: 'packages of Rust', classes: 'third' },
  data: { title: 'data', classes: 'other' },
  rest: { title: 'rest', classes: 'faint' },
};
const PARTS_SHOWN = 24;

/** The largest parts of the module, each in the colour of its group. */
export function partsChart({ parts }) {
  const [left, top, width, step] = [215, 68, 420, 20];
  const sorted = [...parts].sort((a, b) => b.bytes - a.bytes);
  const shown = sorted.slice(0, PARTS_SHOWN);
  const others = sorted.slice(PARTS_SHOWN);
  const rest = others.reduce((sum, { bytes }) => sum + bytes, 0);
  const x = (bytes) => left + (bytes / shown[0].bytes) * width;
  const bottom = top + shown.length * step;
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  const drawn = [
    label(MARGIN, 30, 'What the bytes of cu.wasm are', 'title'),
    label(MARGIN, 50, `The largest parts; ${others.length} more have ${kilobytes(rest)} together`, 'quiet'),
    vertical(x(0), top, bottom, 'axis'),
    ...shown.flatMap(({ group, name, bytes }, row) => {
      const y = top + row * step;
      return [
        label(left - 10, y + 14, name, 'end'),
        bar({ from: x(0), to: x(bytes), y: y + 3, height: step - 6, classes: GROUPS[group]?.classes ?? 'other' }),
        label(x(bytes) + 7, y + 14, kilobytes(bytes), 'small'),
      ];
    }),
    ...legend(MARGIN, bottom + 28, Object.values(GROUPS).map(({ title, classes }) => [classes, title])),
  ];
  const description = shown.map(({ name, bytes }) => `${name} ${kilobytes(bytes)}`).join(', ');
  return picture({ width: left + width + 90, height: bottom + 46, title: 'What the bytes of cu.wasm are', description, parts: drawn });
}

/** The legend: a row of colours with their meanings. */
function legend(x, y, entries) {
  let at = x;
  return entries.flatMap(([classes, text]) => {
    const start = at;
    at += 24 + text.length * 6.6 + 16;
    const samples = {
      mark: () => vertical(start + 6, y - 10, y + 2, 'mark'),
      dot: () => dot(start + 6, y - 4, 4),
    };
    const sample = samples[classes] ?? (() => bar({ from: start, to: start + 12, y: y - 10, height: 12, classes }));
    return [sample(), label(start + 18, y, text, 'small')];
  });
}
