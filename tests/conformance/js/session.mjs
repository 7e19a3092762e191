/**
 * One case of the kit on host-js: does its steps, and says what came of each, in the words of the kit.
 *
 * Invariant: a step that nobody can do is an error of the case, and not of the host.
 */

import { CALL_ANSWER, TABLE_HOST_FIRST } from '../../../host-js/abi.js';
import { decode, decodeAll, decodeKey, encode, encodeCall, encodeKey } from '../../../host-js/codec.js';
import { DecodeError } from '../../../host-js/errors.js';
import { MemoryStore } from '../../../host-js/store/memory.js';
import { join } from './values.mjs';
import { bytesForms, fromHex, linesForms, toHex } from './bytes.mjs';
import { FailingStore } from './failing_store.mjs';
import { Flight, Opened } from './instance.mjs';
import { textOfStep } from './kit.mjs';
import { answerOf, Offers } from './offers.mjs';

const EXACT = { exact: true };

/** The name of an instance, or a compute, that has none. */
const USUAL = 'a';

export class Session {
  /**
   * @param {object[]} steps of the case
   * @param {{ module?: Uint8Array, change?: (machine: object) => void }} [host] the bytes of the module; `change` breaks the host, to see that the
   *   kit notices
   */
  constructor(steps, { module, change = () => {} } = {}) {
    const has = (name) => steps.some(({ word }) => word === name);
    this.module = module;
    this.change = change;
    this.hasClock = has('now');
    this.hasTicks = has('tick');
    this.plan = has('fail') ? new FailingStore(new MemoryStore()) : undefined;
    this.store = this.plan === undefined ? new MemoryStore() : this.plan.store;
    this.offers = new Offers();
    this.kinds = [];
    this.config = {};
    this.home = undefined;
    this.now = 0;
    this.tick = undefined;
    this.wantsUses = false;
    /** Instances by name, and computes that wait or waited by label. */
    this.instances = new Map();
    this.flights = new Map();
    this.current = undefined;
  }

  /** Does a step; returns for each line that came of it the ways to write it. */
  async step(step) {
    this.wantsUses = step.expected.some(({ word }) => word === 'uses');
    const called = CALLS[step.word];
    if (called === undefined) return await STEPS[step.word](this, step, ...step.words) || [];
    if (this.current === undefined) throw new SyntaxError('no instance is open');
    this.offers.begin();
    this.current.begin(step.word);
    try {
      return await called(this, step, ...step.words);
    } finally {
      this.tick = undefined;
      if (this.plan !== undefined) this.plan.mend();
    }
  }

  /** The answer to a question of the module whether the script goes on. */
  ask() {
    const { tick } = this;
    if (tick === undefined) return undefined;
    tick.left -= 1;
    return tick.left <= 0 ? tick.reason : undefined;
  }

  compute(source, label = USUAL) {
    const flight = new Flight(this.current);
    this.flights.set(label, flight);
    return this.current.compute(source, flight);
  }

  use(name) {
    this.current = this.instances.get(name);
    if (this.current === undefined) throw new SyntaxError(`no instance is called ${name}`);
  }

  /** Ends the instances, so that their memory can be used for others. */
  end() {
    for (const { cu } of this.instances.values()) cu.close();
  }
}

/** The label behind `as`. */
const labelled = (words) => (words[0] === 'as' ? words[1] : undefined);

/** Steps that call the module. */
const CALLS = {
  run: (session, step, ...words) => session.compute(textOfStep(step), labelled(words)),
  compute: (session, step, hex, ...words) => session.compute(fromHex(hex), labelled(words)),
  call: (session, step, way, hex, ...words) => session.compute(callOf(way, hex, false), labelled(words)),
  content: (session, step, way, hex, ...words) => session.compute(callOf(way, hex, true), labelled(words)),
  resume(session, step, label, kind, hex) {
    const bytes = fromHex(hex);
    return goOn(session, label, join([Uint8Array.of(kind === 'error' ? 1 : 0), bytes]), ({ resolve, reject }) => {
      try {
        resolve(answerOf(kind, bytes));
      } catch (error) {
        reject(error);
      }
    });
  },
  cancel: (session, step, label) => goOn(session, label, Uint8Array.of(2), undefined),
  collect: (session) => session.current.collect(),
};

const callOf = (way, hex, content) => encodeCall(way, decodeAll(fromHex(hex), EXACT), content);

/** The record that goes on with a compute, which this host makes by itself where something waits. */
const recordOf = (ticket, answer) => join([encodeCall('_', []).slice(0, 4), Uint8Array.of(CALL_ANSWER), ticket, answer]);

function goOn(session, label, answer, settle) {
  const flight = session.flights.get(label);
  if (flight === undefined || flight.ticket === undefined) throw new SyntaxError(`nothing has waited that is called ${label}`);
  if (flight.pending === undefined || flight.owner !== session.current) return session.current.compute(recordOf(flight.ticket, answer), new Flight(session.current));
  return settle === undefined ? session.current.cancel(flight) : session.current.resume(flight, settle);
}

/** Steps that prepare something, or look. */
const STEPS = {
  case() {},
  config(session, step, hex) {
    session.config = hex === '-' ? {} : { ...decode(fromHex(hex), EXACT) };
  },
  events(session, step, ...kinds) {
    session.kinds = kinds;
  },
  home(session, step, name) {
    session.home = name;
  },
  now(session, step, milliseconds) {
    session.now = Number(milliseconds);
  },
  offer(session, step, name, mode) {
    session.offers.add(name, mode, step.text.map(({ text }) => text));
  },
  async open(session, step, name = USUAL) {
    const opened = await Opened.open(session);
    if (session.plan !== undefined) {
      const { isRunning } = session.plan;
      session.plan.isRunning = () => opened.border.running !== undefined || isRunning();
    }
    session.instances.set(name, opened);
    session.current = opened;
  },
  use(session, step, name) {
    session.use(name);
  },
  drop(session, step, name = USUAL) {
    session.use(name);
    session.current.cu.close();
    session.instances.delete(name);
    session.current = undefined;
  },
  put(session, step, table, key, value) {
    session.store.set(Number(table), fromHex(key), fromHex(value));
  },
  remove(session, step, table, key) {
    session.store.delete(Number(table), fromHex(key));
  },
  fail(session, step, first, on) {
    session.plan.fail(Number(first), on === 'on' ? Infinity : 1);
  },
  tick(session, step, number, ...reason) {
    session.tick = { left: Number(number), reason: reason.join(' ') };
  },
  store(session) {
    return [linesForms('store', rowsOf(session.store))];
  },
  decode(session, step, hex) {
    return decoded(() => bytesForms('encodes', encode(decode(fromHex(hex), EXACT))), ({ offset }) => [`malformed ${offset}`]);
  },
  key(session, step, hex) {
    return decoded(() => {
      const value = decodeKey(fromHex(hex), EXACT);
      const again = toHex(encodeKey(value));
      return again === hex ? bytesForms('value', encode(value)) : [`host encodes the key as ${again}`];
    }, () => ['refused']);
  },
};

function decoded(action, refused) {
  try {
    return [action()];
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return [refused(error)];
  }
}

/** The whole store, but for notes of hosts. */
function rowsOf(store) {
  const rows = [];
  for (let table = store.nextTable(); table !== undefined && table < TABLE_HOST_FIRST; table = store.nextTable(table)) {
    const keys = [];
    store.keys(table, undefined, false, (key) => keys.push(key) > 0);
    for (const key of keys) rows.push(`${table} ${toHex(key)} ${toHex(store.get(table, key))}`);
  }
  return rows;
}
