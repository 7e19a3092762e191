// What recording costs, and how fast a replay is, for the figures of docs/replay.md.
//
// Use: node tests/bench/replay.mjs

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cu } from '../../host-js/index.js';
import { RecordingFile } from '../../host-js/node.js';
import { Recording, record, replay } from '../../host-js/replay.js';

/** Programs: what runs once before, and what is measured, so often. */
const PROGRAMS = {
  'an empty compute': { code: '', times: 20_000 },
  'a compute that reads and writes 10 entries': {
    before: '_home.t = {} for i = 1, 10 do _home.t[i] = i end', code: 'local t = _home.t for i = 1, 10 do t[i] = t[i] + 1 end', times: 5000,
  },
  '10,000 rows written': { before: '_home.t = {}', code: 'local t = _home.t for i = 1, 10000 do t[i] = { name = "some name", number = i } end', times: 5 },
  'work without the store': { code: 'local n = 0 for i = 1, 3e6 do n = n + i % 7 end return n', times: 5 },
};
const ROUNDS = 5;

const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

async function measure(make, { before = '', code, times }) {
  const found = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { cu, end } = await make();
    cu.compute(before);
    const start = performance.now();
    for (let time = 0; time < times; time++) cu.compute(code);
    found.push(1000 * (performance.now() - start) / times);
    cu.close();
    end();
  }
  return median(found);
}

const path = join(tmpdir(), `cu-bench-${process.pid}.recording`);
let recording;
const ways = {
  plain: async () => ({ cu: await Cu.create(), end() {} }),
  'in memory': async () => {
    recording = new Recording();
    return { cu: await record(recording), end() {} };
  },
  'in a file': async () => ({ cu: await record(RecordingFile.create(path)), end: () => rmSync(path) }),
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  const times = [];
  for (const [way, make] of Object.entries(ways)) times.push(`${way} ${(await measure(make, program)).toFixed(1)} us`);
  const bytes = recording.bytes();
  const start = performance.now();
  const { computes } = await replay(bytes);
  times.push(`replay ${(1000 * (performance.now() - start) / computes).toFixed(1)} us`, `${Math.round(bytes.length / computes)} bytes`);
  console.log(`${name}: ${times.join(', ')}`);
}
