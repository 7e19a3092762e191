/**
 * The section `cu` of a module: that of the built module is read, and a module of another version is refused.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { Cu as CoreCu } from '../core.js';
import { ABI_VERSION, Cu, ModuleError } from '../index.js';
import { withModule } from './module.js';
import { custom, stubModule } from './stub.js';

const refused = (last, message) => assert.rejects(Cu.create({ module: stubModule({}, last) }), (error) => {
  assert.ok(error instanceof ModuleError, String(error));
  assert.equal(error.message, message);
  return true;
});

const OURS = `this host speaks version ${ABI_VERSION} of the contract`;

test('a module without the section, or with two of them, is refused', async () => {
  const missing = `not a cu module: it has no section 'cu', in which it says its version; ${OURS}`;
  await refused([], missing);
  await refused(custom('CU', '{"version":"0.1.0","abi":1,"features":[]}'), missing);
  const one = custom('cu', '{"version":"0.1.0","abi":1,"features":[]}');
  await refused([...one, ...one], "not a cu module: it has 2 sections 'cu'");
});

const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/section.json', import.meta.url), 'utf8'));

for (const { name, text, hex, says, problem, abi } of vectors) {
  test(`the section with ${name}`, async () => {
    const last = custom('cu', hex === undefined ? text : Buffer.from(hex, 'hex'));
    if (abi !== undefined) return refused(last, `${OURS}, the module version ${abi}`);
    if (problem !== undefined) return refused(last, `not a cu module: its section 'cu' ${problem}`);
    const { module } = await Cu.create({ module: stubModule({}, last) });
    assert.deepEqual(module, { abi: ABI_VERSION, flags: [], ...says });
  });
}

test('the section is read once, and its content cannot be changed', async () => {
  const module = await WebAssembly.compile(stubModule());
  const [first, second] = [await Cu.create({ module }), await Cu.create({ module })];
  assert.equal(first.module, second.module);
  assert.throws(() => first.module.features.push('bigint'), TypeError);
  assert.throws(() => { first.module.version = '9'; }, TypeError);
});

await withModule((module) => {
  test('the section of the built module is read', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const cu = await Cu.create({ module });
    assert.deepEqual(cu.module, { version, abi: ABI_VERSION, features: ['bigint', 'data', 'deflate'], flags: [] });
  });
});

test('the core refuses a module of another version, and one that says none', async () => {
  const made = (last) => CoreCu.create({ module: stubModule({}, last) });
  const says = (what) => new RegExp(`^ModuleError: ${OURS}, the module has ${what}$`);
  await assert.rejects(made(custom('cu', '{"version":"9","abi":2,"features":[]}')), says('version 2'));
  for (const last of [[], custom('cu', '{}'), custom('cu', 'no JSON'), custom('cu', 'null')]) {
    await assert.rejects(made(last), says("no section 'cu' that says its version"));
  }
  assert.equal((await made(custom('cu', '{"version":"9","abi":1,"features":[]}'))).module.version, '9');
});
