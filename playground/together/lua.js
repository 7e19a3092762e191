/**
 * together.lua in an instance of its own, over the store of the page: a script of the reader cannot change what it does.
 */

import SYNC from '../../examples/sync.lua';
import { current } from '../actions/session.js';
import { OWN_HOME } from '../engine/engine.js';
import OWN from './together.lua';

/** Goes along with each call, because a worker that was replaced does not have it. */
const TEXT = `if together == nil then ${SYNC}\n${OWN}\nend`;
/** A table of thousands of rows that is shared for the first time takes a while; a damaged home may not hold the page up for ever. */
const INSTRUCTIONS = 1_000_000_000;

/** @type {WeakMap<object, Promise<object>>} by the instance that the page looks with, which each engine has */
const instances = new WeakMap();

function instance() {
  const engine = current();
  const { inspector } = engine;
  if (!instances.has(inspector)) {
    const opening = engine.open({ exact: true, now: true, home: OWN_HOME, config: { instructions: INSTRUCTIONS } });
    instances.set(inspector, opening);
    opening.catch(() => instances.delete(inspector));
  }
  return instances.get(inspector);
}

/** What a function of together.lua answers. */
export async function ask(name, ...args) {
  const lua = await instance();
  const [, { value }] = await Promise.all([lua.compute(TEXT), lua.call(`together.${name}`, args)]);
  return value;
}

/** `_home.shared`, undefined where it is no table. */
export async function sharedTable() {
  const { value } = await current().inspector.compute('return type(_home.shared) == "table" and _home.shared or nil');
  return value ?? undefined;
}

/** The same; it is made where there is none. */
export async function newSharedTable() {
  const code = 'if _home.shared == nil then _home.shared = {} end return type(_home.shared) == "table" and _home.shared or nil';
  const { value } = await current().inspector.compute(code, { permissions: {} });
  if (value === null) throw new TypeError('a script has put something else than a table into `_home.shared`: give that another name first');
  return value;
}

/** The shared table in the place of whatever a script put there. */
export async function putBack() {
  const [shared, { inspector }] = [await ask('table'), current()];
  const code = 'function put_back(shared) _home.shared = shared end';
  await Promise.all([inspector.compute(code), inspector.call('put_back', [shared], { permissions: {} })]);
}
