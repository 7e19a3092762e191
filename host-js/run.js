/**
 * Scripts that wait for functions of the host, while the instance computes others (abi/README.md, "Computes that wait").
 *
 * Invariant: a compute that waits goes on once, or is cancelled once: because of the answer to its call, the caller's signal, its time limit or
 * the end of its instance, whichever comes first. Where the module could not be told, the compute is in `machine.left` until it is.
 */

import {
  ANSWER_CANCEL, CALL_ANSWER, CALL_SIGNATURE, CALL_VERSION, CLASS_INTERRUPTED, CLASS_MEMORY, PENDING_ANSWER_AT, PENDING_CALL_AT,
} from './abi.js';
import { LuaError } from './errors.js';
import { checkLimit } from './interrupt.js';
import { checkNames } from './option_names.js';
import { after } from './store/timer.js';

/** Where the ticket is in the record of an answer; in the value that says what is waited for it has the tag in front. */
const TICKET_AT = CALL_SIGNATURE.length + 2;

/** Milliseconds after which a script whose functions answer at once gives way to the rest of the program. */
const TURN_MS = 10;

/** Milliseconds after which it is looked again whether the transaction of somebody else is over. */
const AGAIN_MS = 1;

/** Milliseconds after which it is looked again whether another thread has raised the flag: nothing tells of that. */
const STOP_MS = 10;

/** A configuration of computes that may wait, and its bytes: those of most parts are the same. */
export class WaitConfig {
  constructor(config) {
    this.config = config;
    this.bytes = undefined;
    this.usualBytes = undefined;
    this.epoch = 0;
  }

  /** Makes it that of the next compute. */
  use(control) {
    if (this.usualBytes === control.usualBytes && this.epoch === control.epoch) {
      control.overrides = this.config;
      control.configBytes = this.bytes;
    } else {
      control.override(this.config);
      this.bytes = control.configBytes;
      this.usualBytes = control.usualBytes;
      this.epoch = control.epoch;
    }
  }
}

/** A script that may wait, and what `compute` of its machine gets in the place of a configuration. */
export class Wait {
  /**
   * @param {object} machine that of full.js
   * @param {object} [options] as for `compute`, and `signal`
   */
  constructor(machine, options) {
    this.machine = machine;
    this.signal = undefined;
    this.timeLimit = machine.interrupt.usualLimit;
    /** What the caller wants that the instance does not. */
    this.own = undefined;
    this.config = machine.waitConfig;
    this.hasBegun = false;
    this.endOfTurn = performance.now() + TURN_MS;
    if (options !== undefined) this.differ(options);
    this.end = undefined;
  }

  /** Computes, and waits for functions of the host that the script calls. */
  async run(source) {
    const { signal, timeLimit } = this;
    if (signal !== undefined && signal.aborted) throw reasonOf(signal);
    if (timeLimit !== undefined) this.end = performance.now() + timeLimit;
    endLeft(this.machine);
    let part = this.compute(source);
    if (part.pending === undefined) return part;
    const printed = [];
    while (part.pending !== undefined) {
      if (part.output !== '') printed.push(part);
      part = await this.goOn(part.pending);
    }
    return printed.length === 0 ? part : { ...part, ...outputOf([...printed, part]) };
  }

  differ({ signal, timeLimit, ...own }) {
    if (signal !== undefined && !(signal && typeof signal.addEventListener === 'function' && typeof signal.removeEventListener === 'function')) {
      throw new TypeError('the option signal is no AbortSignal');
    }
    checkNames(own, 'a compute that may wait', [...this.machine.computeOptions, 'signal']);
    this.signal = signal;
    if (timeLimit !== undefined) this.timeLimit = checkLimit(timeLimit);
    this.own = timeLimit === undefined ? own : { ...own, timeLimit };
    const tick = timeLimit === undefined ? {} : { tick: this.machine.usualTick };
    this.config = new WaitConfig({ ...this.machine.waitConfig.config, ...tick, ...own });
  }

  /** Prepares the machine for a part. */
  prepare(source) {
    const { machine } = this;
    if (this.hasBegun) {
      // It counts in no rate of computes, and `compute` has entered.
      machine.interrupt.begin(this.timeLimit);
    } else {
      machine.prepare(source, this.own);
      this.hasBegun = true;
    }
    this.config.use(machine.control);
  }

  /** Computes the source, or a record with which it goes on. */
  compute(source) {
    const { machine, end } = this;
    const { interrupt, control: { functions } } = machine;
    // A function of a script that runs cannot run another one: what belongs to that stays as it is.
    machine.enter();
    interrupt.endOfRun = end;
    machine.pending = undefined;
    if (functions !== undefined) {
      functions.waits = true;
      functions.promise = undefined;
    }
    try {
      return machine.compute(source, this);
    } catch (error) {
      // A handler of the program threw.
      if (machine.pending !== undefined) this.cancel(machine.pending);
      throw error;
    } finally {
      interrupt.endOfRun = undefined;
      if (functions !== undefined) functions.waits = false;
    }
  }

  /** Calls the function that is waited for, and goes on with what it answers. */
  async goOn(pending) {
    const { machine } = this;
    const { functions } = machine.control;
    const answer = functions.answer(pending, PENDING_CALL_AT);
    let found = await this.settled(answer);
    let reason;
    // A timer may be early.
    while (found === undefined && machine.death === undefined) {
      reason = this.reasonToEnd(pending);
      if (reason !== undefined) break;
      found = await this.settled(answer);
    }
    await this.turn(pending);
    reason = reason || this.reasonToEnd(pending);
    if (machine.death) throw machine.death;
    if (reason === undefined) {
      functions.thrown = found.thrown;
      return this.resume(pending, found.bytes);
    }
    this.cancel(pending);
    throw reason;
  }

  /** Goes on with an answer; where there is no room for that, with an error. */
  resume(pending, bytes) {
    const { machine, machine: { runs } } = this;
    try {
      return this.compute(record(pending, bytes));
    } catch (error) {
      if (!waitsOn(machine, runs) || machine.death !== undefined) throw error;
      if (machine.runs === runs && error.errorClass === CLASS_MEMORY) {
        return this.resume(pending, machine.control.functions.tooLong(pending, PENDING_CALL_AT, bytes.length - PENDING_ANSWER_AT));
      }
      this.cancel(pending);
      throw error;
    }
  }

  /** Others of the program have their turn: events, timers. */
  async giveWay(ms) {
    await new Promise((resolve) => { setTimeout(resolve, ms); });
    this.endOfTurn = performance.now() + TURN_MS;
  }

  /** Resolves when no transaction is open of which the script is no part, or the instance has ended. */
  async untilFree() {
    const { machine } = this;
    while (machine.isInUse && machine.death === undefined) await this.giveWay(AGAIN_MS);
  }

  /** Ends the compute as soon as the instance is free. Its caller has been told why. */
  async cancel(pending) {
    const { machine } = this;
    if (machine.isInUse) await this.untilFree();
    machine.left.push({ wait: this, pending });
    endLeft(machine);
  }

  /** Resolves when the script may go on, or is to end. */
  async turn(pending) {
    const { machine } = this;
    if (performance.now() > this.endOfTurn) await this.giveWay(0);
    while (machine.isInUse && machine.death === undefined && this.reasonToEnd(pending) === undefined) await this.giveWay(AGAIN_MS);
  }

  /** The answer, when it is there; undefined when it is not waited for any longer. */
  settled(answer) {
    const { machine, machine: { waits, interrupt }, signal, end } = this;
    return new Promise((resolve) => {
      let timer;
      let watch;
      const done = (found) => {
        if (timer !== undefined) clearTimeout(timer);
        if (watch !== undefined) clearInterval(watch);
        waits.delete(stop);
        if (signal !== undefined) signal.removeEventListener('abort', stop);
        resolve(found);
      };
      const stop = () => done();
      waits.add(stop);
      if (signal !== undefined) signal.addEventListener('abort', stop);
      if (interrupt.stop !== undefined) watch = setInterval(() => { if (interrupt.stopped) stop(); }, STOP_MS);
      if (end !== undefined) timer = after(Math.max(0, Math.ceil(end - performance.now())), stop);
      answer.then(done);
      // A function may have ended its own script, or the instance, before it was waited for.
      if (machine.death !== undefined || (signal !== undefined && signal.aborted)) stop();
    });
  }

  /** Why the script does not go on. It has no traceback, so an error says what it waited for. */
  reasonToEnd(pending) {
    const { machine, signal, end, timeLimit } = this;
    if (signal !== undefined && signal.aborted) return reasonOf(signal);
    const words = end !== undefined && performance.now() >= end ? `the time limit of ${timeLimit} ms is over` : machine.interrupt.stopped;
    if (words === undefined) return undefined;
    const { name } = machine.control.functions.read(pending, PENDING_CALL_AT, pending.length);
    return new LuaError(`interrupted by the host: '${words}', while it waited for host.${name}`, { errorClass: CLASS_INTERRUPTED });
  }
}

/** Whether a compute that was to go on waits on: the module was not asked to since it had run so often, or could not do it. */
function waitsOn(machine, runs) {
  const { lastError } = machine.control;
  return machine.runs === runs || (lastError !== undefined && lastError.waits === true);
}

/** Cancels what is left, if the module can be told now. */
function endLeft(machine) {
  const { left } = machine;
  while (left.length > 0 && !machine.isInUse) {
    const { wait, pending } = left[0];
    const { runs } = machine;
    try {
      wait.compute(cancelRecord(pending));
    } catch {
      // The reason for the end says more than what a variable's __close raised.
    }
    if (waitsOn(machine, runs)) return;
    left.shift();
  }
}

/** Browsers before 2022 keep no reason. */
function reasonOf({ reason }) {
  return reason === undefined ? new DOMException('the signal was aborted', 'AbortError') : reason;
}

/** Makes the record with which the compute goes on of its answer, which has room in front. */
function record(pending, bytes) {
  for (let at = 0; at < CALL_SIGNATURE.length; at++) bytes[at] = CALL_SIGNATURE.charCodeAt(at);
  bytes[CALL_SIGNATURE.length] = CALL_VERSION;
  bytes[CALL_SIGNATURE.length + 1] = CALL_ANSWER;
  for (let at = TICKET_AT; at < PENDING_ANSWER_AT; at++) bytes[at] = pending[at - TICKET_AT + 1];
  return bytes;
}

function cancelRecord(pending) {
  const bytes = new Uint8Array(PENDING_ANSWER_AT + 1);
  bytes[PENDING_ANSWER_AT] = ANSWER_CANCEL;
  return record(pending, bytes);
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
