/**
 * Table 0, the control channel: configuration and time go in, events come out.
 *
 * Invariant: the module is always asked to report errors, because that report carries the class and the value that an
 * error is thrown with; `onEvent` sees only the kinds that were asked for.
 */

import { ATOMIC_HOST, EVENT_ERROR, EVENT_OUTPUT, KEY_CONFIG, KEY_EVENT, KEY_NOW, KEY_TICK } from './abi.js';
import { decode } from './codec/decode.js';
import { encode } from './codec/encode.js';
import { checkNames } from './option_names.js';
import { CONFIG_NAMES } from './options.js';
import { WORD_BYTES, writeWord } from './store/words.js';
import { CuFloat } from './values.js';

const WORD = 2 ** 32;

/** Work after which `onTick` is called when nothing is said: some tenths of a millisecond. */
export const TICK = 100000;

/** What `onEvent` sees when nothing is said. */
const USUAL_KINDS = [EVENT_OUTPUT, EVENT_ERROR];

export class Control {
  /**
   * @param {object} options
   * @param {object} [options.config] as in abi/README.md; `events` also as an array of kinds
   * @param {string} [options.home] the name of the table `_home`
   * @param {(event: object) => void} [options.onEvent]
   * @param {() => number} [options.now] milliseconds since 1970
   * @param {() => unknown} [options.onTick] asked after each `config.tick` instructions; a reason, or true, ends the script
   * @param {boolean} [options.exact]
   * @param {boolean} [isReadOnly] whether nothing can be written: then no compute may write
   */
  constructor({ config = {}, home, onEvent, now, onTick, exact }, isReadOnly = false) {
    checkNames(config, 'config', CONFIG_NAMES);
    this.isReadOnly = isReadOnly;
    this.onEvent = onEvent;
    this.now = now;
    this.onTick = onTick;
    this.exact = { exact: Boolean(exact) };
    this.wanted = onEvent ? wantedKinds(config.events) : [];
    this.config = { ...config };
    if (home !== undefined) this.config.home = home;
    if (onTick && this.config.tick === undefined) this.config.tick = TICK;
    /** @type {import('./functions.js').Functions | undefined} that scripts may call, where an add-on has them */
    this.functions = undefined;
    /** What no compute can override: the events, and the word of the transaction to which the computes belong, if one is open. */
    this.fixed = { events: kindSet(this.wanted) };
    /** How often someone else changed the store (abi/README.md, "Table 0"). */
    this.epoch = 0;
    this.overrides = undefined;
    this.usualBytes = this.encoded();
    this.configBytes = this.usualBytes;
    /** The event of the last error: its class and value become part of the error that is thrown. */
    this.lastError = undefined;
  }

  /** Replaces options of the instance until the next call of this method. */
  override(config) {
    // Nothing need be encoded for options of which there are none, such as those of most calls.
    this.overrides = config && Object.keys(config).length > 0 ? config : undefined;
    this.configBytes = this.overrides ? this.encoded(config) : this.usualBytes;
  }

  /** Whether this host undoes what a compute that fails has changed. */
  get undoesFailed() {
    const { overrides, config } = this;
    const { atomic = config.atomic } = overrides === undefined ? config : overrides;
    return atomic === ATOMIC_HOST && this.fixed.transaction === undefined;
  }

  /** Makes the module read anew what it remembers of the store. */
  nextEpoch() {
    this.epoch++;
    if (this.epoch === 1 || this.overrides !== undefined || this.config.epoch !== undefined) {
      this.changed();
      return;
    }
    // The epoch comes last: another one is written in its place.
    const at = this.usualBytes.length - 2 * WORD_BYTES;
    writeWord(this.usualBytes, at, this.epoch);
    writeWord(this.usualBytes, at + WORD_BYTES, Math.floor(this.epoch / WORD));
  }

  /** Call this when `config` or `fixed` has changed. */
  changed() {
    this.usualBytes = this.encoded();
    this.override(this.overrides);
  }

  encoded(overrides) {
    const config = { ...this.config, ...overrides, ...this.fixed };
    if (this.isReadOnly) config.permissions = { ...config.permissions, write: false };
    // The caller may count changes, too, that only it knows of. What is no number of changes is for the module to refuse.
    const { epoch = 0 } = config;
    if (Number.isSafeInteger(epoch)) config.epoch = this.epoch + epoch || undefined;
    return encode(config);
  }

  /** @returns {Uint8Array | undefined} */
  get(key) {
    if (isKey(key, KEY_CONFIG)) return this.configBytes;
    if (isKey(key, KEY_NOW) && this.now) return encode(new CuFloat(this.now()));
    const reason = this.onTick && isKey(key, KEY_TICK) && this.onTick();
    if (reason) return encode(reason);
    return this.functions && this.functions.get(key);
  }

  set(key, value) {
    if (!isKey(key, KEY_EVENT)) return;
    const event = decode(value, this.exact);
    if (event.kind === EVENT_ERROR) this.lastError = event;
    if (this.wanted.includes(event.kind)) this.onEvent(event);
  }
}

function wantedKinds(events) {
  if (events === undefined) return USUAL_KINDS;
  if (Array.isArray(events)) return events;
  return Object.keys(events).filter((kind) => events[kind]);
}

function kindSet(kinds) {
  const set = { [EVENT_ERROR]: true };
  for (const kind of kinds) set[kind] = true;
  return set;
}

function isKey(bytes, name) {
  if (bytes.length !== name.length) return false;
  for (let at = 0; at < name.length; at++) {
    if (bytes[at] !== name.charCodeAt(at)) return false;
  }
  return true;
}
