/**
 * Scripts that wait for functions of the host, while the instance computes others (abi/README.md, "Computes that wait").
 *
 * Invariant: a compute that waits goes on once, or is cancelled once: because of the answer to its call, the caller's signal, its time limit or
 * the end of its instance, whichever comes first.
 */

import { ANSWER_CANCEL, CALL_ANSWER, CALL_SIGNATURE, CALL_VERSION, CLASS_INTERRUPTED, PENDING, PENDING_ANSWER_AT, PENDING_CALL_AT } from './abi.js';
import { LuaError } from './errors.js';
import { checkLimit } from './interrupt.js';
import { after } from './store/timer.js';

/** Where the ticket is in the record of an answer; in the value that says what is waited for it has the tag in front. */
const TICKET_AT = CALL_SIGNATURE.length + 2;

const CANCEL = Uint8Array.of(ANSWER_CANCEL);

/** Milliseconds after which it is looked again whether the transaction of somebody else is over. */
const AGAIN_MS = 1;

/**
 * Computes, and waits for functions of the host that the script calls.
 * @param {object} machine that of full.js
 * @param {string | Uint8Array} source
 * @param {object} [options] as for `compute`, and `signal`
 */
export async function run(machine, source, { signal, timeLimit = machine.interrupt.usualLimit, ...config } = {}) {
  checkSignal(signal);
  if (signal !== undefined && signal.aborted) throw reasonOf(signal);
  const wait = new Wait(machine, signal, timeLimit, { pending: machine.pending, ...config });
  let part = wait.compute(source);
  const parts = [part];
  while (part.pending !== undefined) {
    part = await wait.goOn(part.pending);
    parts.push(part);
  }
  return parts.length === 1 ? part : { ...part, ...outputOf(parts) };
}

class Wait {
  constructor(machine, signal, timeLimit, config) {
    this.machine = machine;
    this.signal = signal;
    this.timeLimit = timeLimit;
    this.config = timeLimit === undefined ? config : { ...config, timeLimit };
    this.end = checkLimit(timeLimit) === undefined ? undefined : performance.now() + timeLimit;
  }

  compute(source) {
    const { machine, config } = this;
    const { interrupt, control: { functions } } = machine;
    // A function of a script that runs cannot run another one: what belongs to that stays as it is.
    machine.enter();
    interrupt.endOfRun = this.end;
    if (functions !== undefined) {
      functions.waits = true;
      functions.promise = undefined;
    }
    try {
      return machine.compute(source, config);
    } finally {
      interrupt.endOfRun = undefined;
      if (functions !== undefined) functions.waits = false;
    }
  }

  /** Calls the function that is waited for, and goes on with what it answers. */
  async goOn(pending) {
    const { machine } = this;
    const { functions } = machine.control;
    const found = await this.settled(functions.answer(pending.subarray(PENDING_CALL_AT)));
    while (machine.death === undefined && machine.isInUse) await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    if (machine.death) throw machine.death;
    const reason = this.reasonToEnd();
    if (reason === undefined) {
      functions.thrown = found.thrown;
      return this.compute(record(pending, found.bytes));
    }
    try {
      machine.compute(record(pending, CANCEL), this.config);
    } catch {
      // The reason says more than what a variable's __close raised.
    }
    throw reason;
  }

  /** The answer, when it is there; undefined when it is not waited for any longer. */
  settled(answer) {
    const { machine: { waits }, signal, end } = this;
    return new Promise((resolve) => {
      let timer;
      const done = (found) => {
        if (timer !== undefined) clearTimeout(timer);
        waits.delete(stop);
        if (signal !== undefined) signal.removeEventListener('abort', stop);
        resolve(found);
      };
      const stop = () => done();
      waits.add(stop);
      if (signal !== undefined) signal.addEventListener('abort', stop);
      if (end !== undefined) timer = after(Math.max(0, Math.ceil(end - performance.now())), stop);
      answer.then(done);
    });
  }

  /** Why the script does not go on. */
  reasonToEnd() {
    const { machine, signal, end, timeLimit } = this;
    if (signal !== undefined && signal.aborted) return reasonOf(signal);
    const words = end !== undefined && performance.now() >= end ? `the time limit of ${timeLimit} ms is over` : machine.interrupt.stopped;
    return words && new LuaError(`interrupted by the host: ${words}`, { errorClass: CLASS_INTERRUPTED });
  }
}

function checkSignal(signal) {
  if (signal !== undefined && !(signal && typeof signal.addEventListener === 'function')) {
    throw new TypeError('the option signal is no AbortSignal');
  }
}

/** Browsers before 2022 keep no reason. */
function reasonOf({ reason }) {
  return reason === undefined ? new DOMException('the signal was aborted', 'AbortError') : reason;
}

/** The record with which the compute goes on. */
function record(pending, answer) {
  const bytes = new Uint8Array(PENDING_ANSWER_AT + answer.length);
  for (let at = 0; at < CALL_SIGNATURE.length; at++) bytes[at] = CALL_SIGNATURE.charCodeAt(at);
  bytes[CALL_SIGNATURE.length] = CALL_VERSION;
  bytes[CALL_SIGNATURE.length + 1] = CALL_ANSWER;
  bytes.set(pending.subarray(1, PENDING_CALL_AT), TICKET_AT);
  bytes.set(answer, PENDING_ANSWER_AT);
  return bytes;
}

/** What was printed in all parts. */
function outputOf(parts) {
  const outputBytes = new Uint8Array(parts.reduce((length, part) => length + part.outputBytes.length, 0));
  let at = 0;
  for (const part of parts) {
    outputBytes.set(part.outputBytes, at);
    at += part.outputBytes.length;
  }
  return { output: parts.map((part) => part.output).join(''), outputBytes };
}
