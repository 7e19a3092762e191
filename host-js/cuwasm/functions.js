/**
 * Functions of tables by name: made from source or bytecode, called from JavaScript, checked.
 *
 * Invariant: source is compiled by Lua and bytecode is verified by the module before anything runs; neither becomes part of another
 * script.
 */

import { FUNCTION_BYTES } from '../abi.js';
import { CuError, LuaError } from '../errors.js';
import { checkBoolean, checkObject, checkOptions, checkString, refuse } from './check.js';
import { callScript } from './script.js';
import { tableOf } from './tables.js';
import { toLua } from './values.js';

/** Where metadata of functions is kept: a home of its own, which scripts do not see. */
const REGISTRY = 'cuwasm';

/**
 * Source as a chunk that returns the function. It may be an expression, `function (x) return x end`, a definition,
 * `function double(x) ... end`, or such a chunk. The error is that of the form that it seems to have.
 */
const COMPILE = `
  local function compile(code, mode)
    if mode == 'b' then
      local f, message = load(code, '=bytecode', 'b')
      return f and function() return f end, message, #code
    end
    local f, message = load('return ' .. code, '=function', 't')
    if not f then
      local rest = code:match('^%s*function%s+[%a_][%w_.:]*(%s*%(.*)$') or code:match('^%s*local%s+function%s+[%a_][%w_]*(%s*%(.*)$')
      local other
      if rest then
        f, message = load('return function' .. rest, '=function', 't')
        if not f then f = load(code, '=function', 't') end
      else
        f, other = load(code, '=function', 't')
        if not code:find('^%s*function%s*%(') then message = other end
      end
    end
    return f, message, f and #string.dump(f)
  end`;

const PERSIST = `
  local t, name, code, mode = table.unpack(_io.input, 1, 4)
  ${COMPILE}
  local chunk, message = compile(code, mode)
  if not chunk then error(message, 0) end
  local f = chunk()
  if type(f) ~= 'function' then error('the code gives a ' .. type(f) .. ' value, and no function', 0) end
  t[name] = f`;

/** It compiles, and calls nothing. */
const CHECK = `
  local code, mode = table.unpack(_io.input, 1, 2)
  ${COMPILE}
  local chunk, message, bytes = compile(code, mode)
  if not chunk then return message end
  return nil, bytes`;

const FIND = `
  local t, name = table.unpack(_io.input, 1, 2)
  return type(t[name])`;

const CALL = `
  local t, name, count = table.unpack(_io.input, 1, 3)
  return t[name](table.unpack(_io.input, 4, 3 + count))`;

const SET_METADATA = `
  local id, name, metadata = table.unpack(_io.input, 1, 3)
  local all = _home.functions or {}
  _home.functions = all
  local key = id .. ':' .. name
  all[key] = metadata`;

const GET_METADATA = `
  local id, name = table.unpack(_io.input, 1, 2)
  return _home.functions and _home.functions[id .. ':' .. name]`;

/** Puts a function into a table, which is made when it is not there. */
export function persistFunction(cu, table, name, code, options) {
  const { metadata, strip } = checkOptions('persistFunction', options, ['metadata', 'strip']);
  checkName(name);
  if (strip !== undefined) checkBoolean('strip', strip);
  if (metadata !== undefined) checkObject('metadata', metadata);
  const mode = modeOf(code);
  const data = metadata === undefined ? undefined : toLua(metadata, 'metadata');
  const target = tableOf(cu, table, { create: true });
  callScript(cu, PERSIST, [target, name, code, mode], configOf(mode, strip));
  if (data !== undefined || hasRegistry(cu)) callScript(cu, SET_METADATA, [target.id, name, data], { home: REGISTRY });
  return true;
}

/** Finds a function, and answers one of JavaScript that calls it. */
export function restoreFunction(cu, table, name, call) {
  checkName(name);
  const target = tableOf(cu, table);
  const type = callScript(cu, FIND, [target, name]).value;
  if (type === 'nil') throw new CuError(`the table has no function ${JSON.stringify(name)}`);
  if (type !== 'function') throw new CuError(`${JSON.stringify(name)} is a ${type} value, and no function`);
  const restored = (...args) => call(CALL, [target, name, args.length, ...args.map((arg, at) => toLua(arg, `argument ${at + 1}`))]);
  restored.metadata = hasRegistry(cu) ? contentOf(cu, callScript(cu, GET_METADATA, [target.id, name], { home: REGISTRY }).value) : null;
  return restored;
}

/**
 * Why the code makes no function that can be stored; undefined if it does. Nothing of it runs.
 * @returns {string | undefined}
 */
export function findFault(cu, code) {
  const mode = modeOf(code);
  let values;
  try {
    values = callScript(cu, CHECK, [code, mode], configOf(mode)).values;
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return error.message;
  }
  const [message, bytes] = values;
  if (message !== null) return String(message);
  return bytes > FUNCTION_BYTES ? `the function has ${bytes} bytes of bytecode, where ${FUNCTION_BYTES} are the most` : undefined;
}

function checkName(name) {
  if (checkString('the name of a function', name) === '') refuse('the name of a function', 'a name', name);
}

function modeOf(code) {
  if (code instanceof Uint8Array) return 'b';
  checkString('code', code);
  return 't';
}

/** Bytecode is allowed in this compute only. */
function configOf(mode, strip) {
  const config = {};
  if (mode === 'b') config.bytecode = true;
  if (strip !== undefined) config.strip = strip;
  return config;
}

function hasRegistry(cu) {
  return cu.homes().some(({ name }) => name === REGISTRY);
}

function contentOf(cu, value) {
  return value === null ? null : cu.read(value);
}
