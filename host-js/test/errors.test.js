/**
 * An error text becomes the same class, message and traceback in every host.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { Cu, LuaError } from '../index.js';
import { withModule } from './module.js';

const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/errors.json', import.meta.url), 'utf8'));

await withModule((module) => {
  for (const { name, lua, config, class: errorClass, message, traceback } of vectors) {
    test(`an error text: ${name}`, async () => {
      const cu = await Cu.create({ module, config });
      assert.throws(() => cu.compute(lua), (error) => {
        assert.equal(error.constructor, LuaError);
        assert.deepEqual([error.errorClass, error.message, error.traceback], [errorClass, message, traceback]);
        return true;
      });
    });
  }
});
