/**
 * An instance of host-js in a case: its calls, and what came of each, in the words of the kit.
 *
 * Invariant: what is observed is what crossed the border of the module, and what the host made of it for its user. Where these differ, a
 * line begins with `host`, which no file of the kit expects.
 */

import { KEY_CONFIG } from '../../../host-js/abi.js';
import { decode, decodeAll, encode, encodeAll } from '../../../host-js/codec.js';
import { HostError } from '../../../host-js/errors.js';
import { inside } from '../../../host-js/handle.js';
import { CONFIG_NAMES } from '../../../host-js/options.js';
import { record } from '../../../host-js/replay.js';
import { decodeLossy } from '../../../host-js/text.js';
import { Border } from './border.mjs';
import { bytesForms, linesForms, textForms, toHex } from './bytes.mjs';
import { join, readRecord } from './values.mjs';

const EXACT = { exact: true };

/** Bytes of the ticket behind the tag of what waits. */
const TICKET = [1, 9];

/** A compute, from its first part to its last. */
export class Flight {
  /** @param {Opened} owner */
  constructor(owner) {
    this.owner = owner;
    this.stop = new AbortController();
    this.outcome = undefined;
    /** What its parts printed. */
    this.printed = [];
    /** What it waits for, and what its function returned. */
    this.pending = undefined;
    this.promise = undefined;
    this.ticket = undefined;
  }
}

export class Opened {
  /** @param {import('./session.mjs').Session} session */
  static async open(session) {
    const opened = new Opened(session);
    const { config, home, offers } = session;
    const options = { store: session.store, config: { ...usual(config), events: [...session.kinds, 'usage'] }, exact: true };
    if (session.module !== undefined) options.module = session.module;
    options.onEvent = (event) => opened.heard.push(event);
    if (home !== undefined) options.home = home;
    if (session.hasClock) options.now = () => session.now;
    if (session.hasTicks) options.onTick = () => session.ask();
    if (!offers.isEmpty) options.functions = offers.all;
    opened.cu = await record(opened.border, options, { buffer: 0 });
    opened.adopt(inside(opened.cu));
    return opened;
  }

  constructor(session) {
    this.session = session;
    this.border = new Border();
    this.heard = [];
  }

  /** From here on each compute has a configuration of its own, of which the host sees what it has options for. */
  adopt(machine) {
    const { control } = machine;
    for (const name of Object.keys(this.session.config)) if (name !== 'home') delete control.config[name];
    control.changed();
    const { get } = control;
    control.get = (key) => {
      const bytes = get.call(control, key);
      if (decodeLossy(key, 0, key.length) !== KEY_CONFIG) return bytes;
      const { config } = this.session;
      // The configuration of a part is that of now, and this host keeps that of the first part.
      if (this.border.isResumed) return encode({ ...part(decode(bytes, EXACT), isOfHost), ...config });
      const more = part(config, (name) => !isUsual(name));
      return Object.keys(more).length === 0 ? bytes : encode({ ...decode(bytes, EXACT), ...more });
    };
    this.session.change(machine);
  }

  /** A step begins. */
  begin(word) {
    this.border.begin(word === 'resume' || word === 'cancel');
    this.heard = [];
  }

  /** Computes the source or the record; returns what came of it. */
  compute(source, flight) {
    const { cu, session } = this;
    const config = usual(session.config);
    // A script of `compute` waits for nothing.
    const work = session.offers.waits ? cu.run(source, { ...config, signal: flight.stop.signal }) : (async () => cu.compute(source, config))();
    work.then((response) => { flight.outcome = { response }; }, (error) => { flight.outcome = { error }; });
    return this.land(flight);
  }

  /** Goes on with a compute, by what its function answers. */
  resume(flight, settle) {
    const { promise } = flight;
    flight.pending = undefined;
    settle(promise);
    return this.land(flight);
  }

  /** Cancels a compute that waits: its caller is told nothing of what it does at its end. */
  async cancel(flight) {
    flight.pending = undefined;
    flight.stop.abort();
    return this.land(flight);
  }

  /** Waits until the compute has ended or waits for a function. */
  async land(flight) {
    const { border, session: { offers } } = this;
    for (let turn = 0; flight.outcome === undefined && flight.pending === undefined; turn += 1) {
      await (turn < 20 ? undefined : new Promise((resolve) => { setTimeout(resolve, 0); }));
      if (turn > 5000) throw new Error('the compute neither ends nor waits for a function of the case');
      const [promise] = offers.promises.slice(-1);
      if (flight.outcome === undefined && border.last !== undefined && border.last.isPending && promise !== undefined) {
        flight.pending = border.last.values;
        flight.promise = promise;
        flight.ticket = flight.pending.slice(...TICKET);
      }
    }
    return this.observed(flight);
  }

  observed(flight) {
    const { last } = this.border;
    const lines = last === undefined ? [] : this.outcome(flight, last);
    if (last === undefined) {
      const { error } = flight.outcome;
      lines.push([`host threw ${error && error.name}: ${error && error.message}`]);
      return lines;
    }
    return [...lines, ...this.aside(last)];
  }

  /** How a compute ended, or that it waits, and what it printed. */
  outcome({ outcome = {}, pending, promise, printed, stop }, part) {
    const { error, response } = outcome;
    if (part.trap !== undefined) return [[`host trapped: ${part.trap}`]];
    if (error instanceof HostError) return [['failed']];
    const isCancelled = stop.signal.aborted;
    if (part.answer < 0) return isCancelled ? [failureOf(part).forms] : this.failure(error, part);
    const lines = [];
    if (pending !== undefined) {
      const { name, args } = readRecord(pending.subarray(9));
      lines.push(bytesForms(`waits ${name}`, args));
      if (promise.name !== name || !isSame(promise.args, args)) lines.push([`host called ${promise.name} with ${toHex(promise.args)}`]);
    } else {
      lines.push(bytesForms('results', part.values));
      if (isCancelled) lines.push(...(error === stop.signal.reason ? [] : ['host did not tell that it was cancelled']));
      else if (error !== undefined) lines.push([`host threw ${error.name}: ${error.message}`]);
      else if (!isSame(encodeAll(response.values), part.values)) lines.push([`host has other values: ${toHex(encodeAll(response.values))}`]);
    }
    printed.push(part.output.slice());
    if (part.output.length > 0) lines.push(textForms('output', part.output, '\n'));
    const all = join(printed);
    if (response !== undefined && toHex(response.outputBytes) !== toHex(all)) lines.push([`host has another output: ${response.output}`]);
    return lines;
  }

  failure(error, part) {
    const { kind, forms } = failureOf(part);
    const { message = '', traceback = '', errorClass } = error || {};
    const text = decodeLossy(part.left, 0, part.left.length);
    if (error === undefined) return [forms, ['host threw nothing']];
    if ((traceback === '' ? message : `${message}\n${traceback}`) !== text) return [forms, [`host threw ${error.name}: ${message}`]];
    return errorClass === kind ? [forms] : [forms, [`host has the class ${errorClass}`]];
  }

  /** Calls of functions, events, budget, uses of the store. */
  aside(part) {
    const { offers, kinds, wantsUses } = this.session;
    const lines = [];
    const records = part.records.map(readRecord);
    for (const { name, args } of records) lines.push(bytesForms(`called ${name}`, args));
    const isCalled = ({ name, args }, at) => offers.calls[at] !== undefined && offers.calls[at].name === name && isSame(offers.calls[at].args, args);
    const asked = records.filter(({ name }) => offers.all[name] !== undefined);
    if (asked.length !== offers.calls.length || !asked.every(isCalled)) {
      lines.push([`host called ${offers.calls.map(({ name, args }) => `${name} ${toHex(args)}`).join(', ')}`]);
    }
    const isWanted = ({ event: { kind } }) => kinds.includes(kind);
    for (const { bytes } of part.events.filter(isWanted)) lines.push(bytesForms('event', bytes));
    const events = this.border.events.filter(isWanted);
    const heard = this.heard.filter(({ kind }) => kinds.includes(kind));
    if (heard.length !== events.length || !heard.every((event, at) => isSame(encode(event), events[at].bytes))) {
      lines.push([`host told its user of ${heard.length} events, and not of ${events.length}, or of others`]);
    }
    const usage = part.events.map(({ event }) => event).filter(({ kind }) => kind === 'usage').pop();
    if (usage !== undefined) lines.push([`used ${usage.instructions}`]);
    if (wantsUses) lines.push(linesForms('uses', part.uses));
    return lines;
  }

  /** A collection. */
  collect() {
    let error;
    try {
      this.cu.runGc();
    } catch (thrown) {
      error = thrown;
    }
    const lines = this.aside(this.border.last);
    if (error === undefined) return lines;
    return error instanceof HostError ? [['failed'], ...lines] : [[`host threw ${error.name}: ${error.message}`]];
  }
}

/** The class of the error with which a part ended, and its line. */
function failureOf(part) {
  const report = part.events.map(({ event }) => event).filter(({ kind }) => kind === 'error').pop();
  const kind = report === undefined ? '' : report.class;
  return { kind, forms: textForms(`error ${kind === '' ? '-' : kind}`, part.left) };
}

/** Whether values are the same, whatever the order of the pairs in their tables. */
function isSame(one, other) {
  return toHex(one) === toHex(other) || toHex(encodeAll(decodeAll(one, EXACT))) === toHex(encodeAll(decodeAll(other, EXACT)));
}

const part = (config, is) => Object.fromEntries(Object.entries(config).filter(([name]) => is(name)));

/** What this host has an option for. */
const isUsual = (name) => CONFIG_NAMES.includes(name) && name !== 'events';
const usual = (config) => part(config, isUsual);

/** What this host says by itself. */
const isOfHost = (name) => ['functions', 'epoch', 'events', 'home'].includes(name);
