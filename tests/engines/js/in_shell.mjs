// The shells: in_shell.mjs jsc|gjs PROGRAM-OF-SHELL kit|bench [PROGRAM...]

import { cpSync, writeFileSync } from 'node:fs';

import { folderOf } from '../install.mjs';
import { linesOf } from '../process.mjs';
import { bundle } from './bundle.mjs';
import { MODULE, givenBy } from './given.mjs';

/** What stands between the file and its words. */
const BETWEEN = { jsc: ['--'], gjs: [] };

const [, , name, shell, ...words] = process.argv;
const folder = folderOf(name);
await bundle('shell.mjs', `${folder}/shell.js`);
writeFileSync(`${folder}/given.json`, JSON.stringify(givenBy(words)));
cpSync(MODULE, `${folder}/cu.wasm`);
for (const line of await linesOf([shell, 'shell.js', ...BETWEEN[name], '.'], { folder })) console.log(line);
