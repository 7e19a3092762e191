#!/usr/bin/env node
// Writes docs/performance.md and its charts from record.json, without measuring.
//
//   node tests/bench/write.mjs           after a change of the text or of a chart
//   node tests/bench/write.mjs --sizes   records the current sizes of the modules first

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { charts } from './charts.mjs';
import { fill } from './document.mjs';
import { fileSizes, partsOfCu } from './file_size.mjs';
import { UsageError, run } from './options.mjs';
import { readRecord, writeRecord } from './record.mjs';

const DOCUMENT = new URL('../../docs/performance.md', import.meta.url);
const CHARTS = new URL('../../docs/performance/', import.meta.url);

/** All files that are written from a record, as `{ url, text }`. */
export function documents(record) {
  const pictures = Object.entries(charts(record)).map(([name, text]) => ({ url: new URL(name, CHARTS), text }));
  return [{ url: DOCUMENT, text: fill(readFileSync(DOCUMENT, 'utf8'), record) }, ...pictures];
}

export function writeDocument(record) {
  mkdirSync(CHARTS, { recursive: true });
  for (const { url, text } of documents(record)) writeFileSync(url, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(() => {
    const [option, ...more] = process.argv.slice(2);
    if (more.length > 0 || ![undefined, '--sizes'].includes(option)) throw new UsageError('usage: node write.mjs [--sizes]');
    const record = readRecord();
    if (option === '--sizes') {
      for (const name of Object.keys(record.sizes)) record.sizes[name] = fileSizes(name);
      record.parts = partsOfCu();
      writeRecord(record);
    }
    writeDocument(record);
    return 0;
  });
}
