// Writes what the kit expects anew, as host-js does it: node tests/conformance/record.mjs [clause...]

import { recorded, writeClause } from './files.mjs';

for (const { name, text, file } of await recorded(process.argv.slice(2))) {
  if (text === file) continue;
  writeClause(name, text);
  console.log(`${name}.txt is written`);
}
