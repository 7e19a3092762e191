// workerd: in_workerd.mjs PROGRAM-OF-WORKERD kit|bench [PROGRAM...]

import { cpSync, writeFileSync } from 'node:fs';

import { folderOf } from '../install.mjs';
import { linesOf } from '../process.mjs';
import { bundle } from './bundle.mjs';
import { MODULE, givenBy } from './given.mjs';

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "cu.wasm", wasm = embed "cu.wasm"),
    (name = "given.json", json = embed "given.json"),
  ],
  compatibilityDate = "2026-01-01",
))]);
`;

const [, , workerd, ...words] = process.argv;
const folder = folderOf('workerd');
await bundle('workerd.mjs', `${folder}/worker.mjs`, { format: 'esm', external: ['./cu.wasm', './given.json'] });
writeFileSync(`${folder}/given.json`, JSON.stringify(givenBy(words)));
writeFileSync(`${folder}/config.capnp`, CONFIG);
cpSync(MODULE, `${folder}/cu.wasm`);
for (const line of await linesOf([workerd, 'test', 'config.capnp'], { folder })) console.log(line);
