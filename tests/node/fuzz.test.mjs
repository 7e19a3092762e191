// Runs each target of fuzz.mjs for a short time; `make fuzz` runs each for ten minutes.

import { test } from 'node:test';
import { fuzz } from './fuzz.mjs';

const SEED = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 2 ** 31));

for (const name of ['value', 'key', 'function']) {
  test(`changed bytes: ${name} (from seed ${SEED})`, (t) => {
    const { cases, accepted } = fuzz(name, 2, SEED);
    t.diagnostic(`${cases} cases, ${accepted} accepted`);
    if (cases < 100 || accepted === 0) throw new Error(`${cases} cases, ${accepted} accepted: nothing was tried`);
  });
}
