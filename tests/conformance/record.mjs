// Writes what the kit expects anew, as host-js does it: node tests/conformance/record.mjs [clause...]

import { readClauses, writeClause } from './files.mjs';
import { rewrite } from './js/rewrite.mjs';

for (const { name, text } of readClauses(process.argv.slice(2))) {
  const written = await rewrite(text, name);
  if (written !== text) {
    writeClause(name, written);
    console.log(`${name}.txt is written`);
  }
}
