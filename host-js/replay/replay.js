/**
 * Replays a recording: the same module gets the same calls and answers, and does the same, or the replay says where it does not.
 *
 * Invariant: a store gets the changes of a call only if the recorded store kept them, and in their order.
 */

import { RECORDING_UNDONE } from '../abi.js';
import { checkNames } from '../option_names.js';
import { Calls, settles } from './calls.js';
import { RecordingError } from './errors.js';
import { loadNamed } from './module.js';
import { Player } from './player.js';
import { EntryReader } from './reader.js';

const NAMES = ['module', 'store', 'onEvent', 'onCompute', 'unfinished'];

/**
 * @param {Uint8Array | ArrayBuffer} recording
 * @param {object} [options]
 * @param {ArrayBuffer | Uint8Array | string | URL} [options.module] also its URL; default: cu.wasm of this package
 * @param {object} [options.store] gets the changes that the module made, where the recorded store kept them
 * @param {(event: object) => void} [options.onEvent] gets every event that the module reports
 * @param {(compute: { number: number, source: Uint8Array, status: number, bytes: Uint8Array }) => void} [options.onCompute]
 * @param {boolean} [options.unfinished] whether the recording may break off, because the program died that wrote it
 * @returns {Promise<{ computes: number, calls: number, imports: number, entries: number, bytes: number, whole: boolean }>}
 */
export async function replay(recording, options = {}) {
  checkNames(options, 'a replay', NAMES);
  if (!(recording instanceof Uint8Array || recording instanceof ArrayBuffer)) {
    throw new TypeError('a recording is a Uint8Array or an ArrayBuffer');
  }
  const reader = new EntryReader(new Uint8Array(recording));
  const calls = new Calls(reader);
  const { module, hash, name } = await loadNamed(options.module);
  checkModule(calls.module, hash, name);
  const player = new Player(options.onEvent);
  player.start(await WebAssembly.instantiate(module, player.object));
  const replayed = { computes: 0, calls: 0, imports: 0, entries: 0, bytes: 0, whole: true };
  try {
    playAll(calls, player, options, replayed);
  } catch (error) {
    if (!(error instanceof RecordingError) || error.reason !== 'cut') throw error;
    replayed.whole = false;
    error.replayed = replayed;
    if (!options.unfinished) throw error;
  }
  return replayed;
}

function playAll(calls, player, { store, onCompute }, replayed) {
  const { reader } = calls;
  let changes = [];
  const keep = () => {
    const kept = changes;
    changes = [];
    if (store) for (const change of kept) change(store);
  };
  const note = () => {
    replayed.entries = reader.number;
    replayed.bytes = reader.at;
  };
  note();
  try {
    for (let call = calls.next(); call !== undefined; call = calls.next()) {
      if (call.kind === RECORDING_UNDONE) {
        changes = [];
      } else {
        if (settles(call)) keep();
        const bytes = player.play(call);
        replayed.calls++;
        replayed.imports += call.imports.length;
        changes.push(...player.changes);
        if (call.name === 'compute') {
          replayed.computes++;
          if (onCompute && bytes !== undefined) onCompute({ number: player.compute, source: call.code.slice(), status: call.end.answer, bytes });
        }
      }
      note();
    }
    note();
  } finally {
    // What was played whole is kept, whatever comes after it.
    keep();
  }
}

function checkModule(recorded, hash, name) {
  if (recorded.hash.every((byte, at) => byte === hash[at])) return;
  const message = `the recording is of another module: ${named(recorded.name, recorded.hash)}; this one is ${named(name, hash)}`;
  throw new RecordingError(message, { reason: 'module', entry: recorded.number, offset: recorded.offset });
}

const named = (name, hash) => `${name}, SHA-256 ${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
