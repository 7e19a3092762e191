/**
 * The options of `load` and `init`.
 *
 * Invariant: an option that is misspelled or of the wrong type is an error before anything is loaded.
 */

import { ModuleError } from '../errors.js';
import { checkBoolean, checkFunction, checkObject, checkOptions, checkSnapshotName, checkWhole, refuse } from './check.js';
import { storageOf } from './storage/default.js';

const NAMES = [
  'memorySize', 'autoRestore', 'compression', 'validation', 'storage', 'name', 'module', 'config', 'home', 'onEvent', 'now', 'rate', 'timeLimit',
  'stop', 'onTick', 'functions', 'autosave', 'onError', 'measure',
];

/** The arena of the module: more is there for nobody. */
const ARENA_BYTES = 2097152;

/** Milliseconds: a longer timer is over at once. */
const LONGEST_TIMER = 0x7fffffff;

/** As in storage/folder.js. */
const FILE_SYSTEM = ['node', 'fs'].join(':');

/**
 * @param {object | string | URL | undefined} given options, or where the module is
 * @returns {object} all of them, checked, with what is the usual in the place of those that are not there
 */
export function readOptions(given) {
  const options = typeof given === 'string' || given instanceof URL ? { module: given } : checkOptions('load', given, NAMES);
  const { memorySize, autoRestore = true, compression = true, validation = true, name = 'default', module, config = {}, home } = options;
  const { onEvent, now = Date.now, rate, timeLimit, stop, onTick, functions, autosave = false, onError, measure = false } = options;
  if (memorySize !== undefined) checkWhole('memorySize', memorySize, 1);
  checkBoolean('autoRestore', autoRestore);
  checkBoolean('compression', compression);
  checkBoolean('validation', validation);
  checkFunction('now', now);
  if (onEvent !== undefined) checkFunction('onEvent', onEvent);
  if (onTick !== undefined) checkFunction('onTick', onTick);
  if (functions !== undefined) checkObject('functions', functions);
  if (rate !== undefined) checkObject('rate', rate);
  if (autosave !== false) checkWhole('autosave', autosave, 0, LONGEST_TIMER);
  if (onError !== undefined) checkFunction('onError', onError);
  checkBoolean('measure', measure);
  return {
    autoRestore,
    compression,
    name: checkSnapshotName(name),
    storage: storageOf(options.storage),
    autosave,
    onError,
    measure,
    module: checkModule(module),
    core: {
      config: configOf(checkObject('config', config), memorySize, compression), home, onEvent, now, rate, timeLimit, stop, onTick, functions,
    },
  };
}

function checkModule(module) {
  if (module === undefined || typeof module === 'string' || module instanceof URL || module instanceof WebAssembly.Module
    || module instanceof ArrayBuffer || module instanceof Uint8Array) return module;
  return refuse('module', 'where cu.wasm is, its bytes, or a WebAssembly.Module', module);
}

function configOf(config, memorySize, compression) {
  const whole = { ...config };
  if (memorySize !== undefined && memorySize < ARENA_BYTES && whole.memory === undefined) whole.memory = memorySize;
  if (!compression && whole.compression === undefined) whole.compression = 0;
  return whole;
}

/** What `Cu.create` takes: a place becomes the bytes that are there. */
export async function readModule(module) {
  if (typeof module !== 'string' && !(module instanceof URL)) return module;
  try {
    return await bytesAt(String(module));
  } catch (cause) {
    throw new ModuleError(`cannot read ${module}: ${cause.message}`, { cause });
  }
}

async function bytesAt(place) {
  const isFile = typeof process !== 'undefined' && Boolean(process.versions) && Boolean(process.versions.node) && !/^(https?|data|blob):/.test(place);
  if (isFile) {
    const { readFileSync } = await import(/* webpackIgnore: true */ /* @vite-ignore */ FILE_SYSTEM);
    return readFileSync(place.startsWith('file:') ? new URL(place) : place);
  }
  const response = await fetch(place);
  if (!response.ok) throw new Error(`the answer is ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}
