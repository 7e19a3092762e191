// Random sessions for the test of both hosts (tests/replay): records them, or replays what the other host recorded.
//
// Use: replay_sessions.mjs record|replay FOLDER FIRST COUNT, for files FIRST.recording and so on. Beside each recording lies what was seen:
// a line for each compute, event and row of the store.

import { readFileSync, writeFileSync } from 'node:fs';
import { MemoryStore } from '../../host-js/index.js';
import { replay } from '../../host-js/replay.js';
import { rowsOf, session } from '../../host-js/test/replay_sessions.js';

const [action, folder, first, count] = process.argv.slice(2);

const seen = ({ computes, events, rows }) => [
  ...computes.map(({ status, bytes }) => `compute ${status} ${Buffer.from(bytes).toString('hex')}`),
  ...events.map(({ kind }) => `event ${kind}`),
  ...rows.map((row) => `row ${row}`),
].map((line) => `${line}\n`).join('');

for (let number = Number(first); number < Number(first) + Number(count); number++) {
  const file = `${folder}/${number}`;
  if (action === 'record') {
    const recorded = await session(number);
    writeFileSync(`${file}.recording`, recorded.bytes);
    writeFileSync(`${file}.seen`, seen(recorded));
  } else {
    const store = new MemoryStore();
    const computes = [];
    const events = [];
    await replay(readFileSync(`${file}.recording`), {
      store, onCompute: (compute) => computes.push(compute), onEvent: (event) => events.push(event),
    });
    writeFileSync(`${file}.replayed`, seen({ computes, events, rows: rowsOf(store) }));
  }
}
