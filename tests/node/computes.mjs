// Instances as a host has them, and the errors of their scripts.

import assert from 'node:assert/strict';
import { Cu, LuaError } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** An instance that has run a script. */
export async function start(source, options) {
  const cu = await Cu.create({ module, ...options });
  if (source) cu.compute(source);
  return cu;
}

/** The error of the script with which `action` ends. */
export function failure(action) {
  try {
    action();
  } catch (error) {
    if (error instanceof LuaError) return error;
    throw error;
  }
  return assert.fail('an error of the script was expected');
}
