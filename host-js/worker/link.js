/**
 * The page's end of a connection to one living worker: calls in their order, one in the worker at a time (session.js has the messages).
 *
 * A call is posted when it is made, so that it has the values of that moment, and runs when the page says so: until then it can be taken back,
 * though a worker that computes reads no messages. A script that waits for a function gives its turn back, and goes on when the page says so.
 *
 * Invariant: every call is settled exactly once: by its answer, by its removal, or by the end of the link.
 */

import { after } from '../store/timer.js';
import { answer } from './asked.js';
import { packed, unpacked, unpackedError, unsendable } from './message.js';
import { VERSION } from './methods.js';
import { Signal } from './signal.js';
import { startWorker, Thread } from './thread.js';
import { WorkerError } from './worker_error.js';

let links = 0;

export class Link {
  /**
   * @param {object} plan see connection.js
   * @param {object} listener `ended(error)`, `event(instance, event)`, `reported(kind, error)`
   * @param {Promise<void>} [before] the end of the worker before, which may still have the store
   */
  constructor(plan, listener, before) {
    this.plan = plan;
    this.listener = listener;
    this.signal = new Signal(plan.worker);
    /** Calls that may not run yet, or not go on, in their order; the one that may; and by id all that are not answered. */
    this.waiting = [];
    this.running = undefined;
    this.calls = new Map();
    /** How many of them wait for a function of the page, and for no time. */
    this.asking = 0;
    this.last = 0;
    this.error = undefined;
    this.thread = undefined;
    this.isWelcome = false;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.port.onmessage = ({ data }) => this.receive(data);
    this.lockWait = typeof AbortController === 'function' ? new AbortController() : undefined;
    this.hold();
    this.startTimer = undefined;
    this.ending = undefined;
    this.start(port2, before);
  }

  async start(port, before) {
    const { plan } = this;
    this.startTimer = after(plan.startWait, () => this.fail(new WorkerError('foreign',
      `the worker did not answer within ${plan.startWait} ms: does its file call serve() of cu/worker/serve before it awaits anything?`,
    )));
    try {
      await before;
      const worker = plan.worker === undefined ? await startWorker(plan.way) : plan.worker;
      this.thread = new Thread(worker, (reason, cause) => this.workerEnded(reason, cause));
      if (this.error !== undefined) {
        this.endThread();
        return;
      }
      this.hold();
      const lockName = `cu-worker-${Date.now()}-${Math.random()}-${links++}`;
      worker.postMessage({ cuWorker: VERSION, port, signal: this.signal.content, lockName }, [port]);
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Sends a call: `{ instance, target, method, args, config, limit, signal, resolve, reject }`. Throws when its values cannot be sent.
   */
  send(call) {
    if (this.error !== undefined) throw this.error;
    call.id = ++this.last;
    const { id, instance, target, method, args, config } = call;
    const isNext = this.running === undefined && this.waiting.length === 0;
    const content = { id, instance, target, method, args, config };
    if (isNext) Object.assign(content, { go: true }, this.signal.lower());
    try {
      this.port.postMessage(packed(content, 'args').message);
    } catch (cause) {
      throw unsendable(args, 'arguments', cause);
    }
    call.over = new Promise((resolve) => { call.tellOver = resolve; });
    this.calls.set(id, call);
    if (this.calls.size === this.asking + 1) this.hold();
    if (isNext) this.begun(call);
    else this.waiting.push(call);
  }

  /** The call may run now. */
  begun(call) {
    this.running = call;
    call.isWaiting = false;
    if (call.because !== undefined) this.halt(call);
    // Where tabs take turns, its time begins when the worker says so.
    if (!this.plan.hasTurns) this.watchTime(call);
  }

  /** The module watches the limit; this is for what does not end all the same. */
  watchTime(call) {
    if (call.limit !== undefined && call.timer === undefined) {
      const now = performance.now();
      if (call.timeEnd === undefined) call.timeEnd = now + call.limit;
      call.timer = after(Math.max(0, call.timeEnd - now) + this.plan.stopWait, () => this.end(call, new WorkerError('time',
        `${call.method} took longer than its time limit of ${call.limit} ms, and did not stop within ${this.plan.stopWait} ms more: ${this.loss()}`,
      )));
    }
  }

  /** The worker is done with the call that ran, or its script waits. */
  advance() {
    clearTimers(this.running);
    this.running = undefined;
    this.goOn();
  }

  goOn() {
    const next = this.waiting.shift();
    if (next === undefined) return;
    this.port.postMessage({ go: next.id, ...this.signal.lower() });
    this.begun(next);
  }

  receive(message) {
    if (this.error !== undefined) return;
    if (message.id !== undefined) this.answered(message);
    else if (message.event !== undefined) this.listener.event(message.instance, unpacked(message, 'event'));
    else if (message.report !== undefined) this.listener.reported(message.report, message.error && unpackedError(unpacked(message, 'error')));
    else if (message.lock !== undefined) this.watch(message.lock);
    else if (message.welcome !== undefined) this.welcomed(message.welcome);
    else if (message.unreadable) {
      this.fail(new WorkerError('foreign', 'the worker cannot read a message: a WebAssembly.Module, or shared memory, can be sent to workers of this page only'));
    }
  }

  welcomed(version) {
    clearTimeout(this.startTimer);
    this.isWelcome = true;
    if (version === VERSION) return;
    this.fail(new WorkerError('foreign', `the worker speaks version ${version} of the messages, this page version ${VERSION}: both have to be of one version of cu`));
  }

  answered(message) {
    const call = this.calls.get(message.id);
    if (call === undefined) return;
    if (message.begun) {
      this.watchTime(call);
      return;
    }
    if (message.waits) {
      this.suspended(call);
      return;
    }
    if (message.ready) {
      this.setAsked(call, undefined);
      this.waiting.push(call);
      if (this.running === undefined) this.goOn();
      return;
    }
    if (message.ask !== undefined) {
      this.setAsked(call, message.ask);
      answer(call, message, this.port, () => {
        const isWanted = this.calls.get(call.id) === call && call.asked === message.ask;
        if (isWanted) this.setAsked(call, undefined);
        return isWanted;
      });
      return;
    }
    if (this.running === call) this.advance();
    if (message.ran) return;
    this.forget(call);
    if (message.error === undefined) call.resolve(unpacked(message, 'value'));
    else {
      const error = unpackedError(unpacked(message, 'error'));
      // It never left the page.
      if (call.thrown !== undefined && call.thrown.number === message.thrown) error.cause = call.thrown.error;
      call.reject(error);
    }
  }

  /** Its script waits for a function. */
  suspended(call) {
    call.isWaiting = true;
    if (call.because !== undefined) this.port.postMessage({ stop: call.id });
    if (this.running === call) this.advance();
  }

  /** Notes the call of a function for whose answer a script waits; undefined: it does not any more. */
  setAsked(call, number) {
    // Where a time limit may end the wait, the worker has something to do.
    if (call.limit === undefined) this.asking += (number === undefined ? 0 : 1) - (call.asked === undefined ? 0 : 1);
    call.asked = number;
    this.hold();
  }

  forget(call) {
    clearTimers(call);
    this.calls.delete(call.id);
    call.tellOver();
    this.setAsked(call, undefined);
  }

  /**
   * Takes a call back that has not begun, or stops it. Nothing happens to one that is done and only not durable yet.
   * @param {(isRemoved: boolean) => Error} because makes the error of a call that was removed, or had to be ended with its worker
   */
  stop(call, because) {
    if (call.because !== undefined) return;
    const at = this.waiting.indexOf(call);
    if (call.isWaiting) {
      call.because = because;
      this.setAsked(call, undefined);
      this.port.postMessage({ stop: call.id });
    } else if (at >= 0) {
      this.waiting.splice(at, 1);
      this.port.postMessage({ drop: call.id });
      this.forget(call);
      call.reject(because(true));
    } else if (this.running === call) {
      call.because = because;
      this.halt(call);
    }
  }

  /** Stops the call that runs. */
  halt(call) {
    this.signal.raise();
    call.stopTimer = after(this.signal.works ? this.plan.stopWait : 0, () => this.end(call, call.because(false)));
  }

  /** Ends the worker, since a call does not end; `error` is that of the call. */
  end(call, error) {
    this.forget(call);
    call.reject(error);
    const what = this.plan.worker === undefined ? 'the worker' : 'the connection to the worker';
    this.fail(new WorkerError('died', `${what} was ended, because ${call.method} did not stop: ${this.loss()}`));
  }

  /** What a program loses with the worker, in words. */
  loss() {
    if (this.plan.worker !== undefined) return 'what was answered is as the store of the worker has it, this connection is over';
    return this.plan.isDurable
      ? 'what was answered before is kept, what this call changed may be lost, globals of Lua are; the next call starts a new worker'
      : 'its tables were in its memory, and are lost';
  }

  workerEnded(reason, cause) {
    if (this.isWelcome) {
      this.fail(new WorkerError('died', `the worker ended: ${reason}; ${this.loss()}`, { cause }));
      return;
    }
    whyNotStarted(this.plan.way).then((advice) => {
      this.fail(new WorkerError('start', `the worker cannot be started: ${reason}${advice}`, { cause }));
    });
  }

  /** Waits for the end of a worker that cannot tell of it. */
  watch(name) {
    if (this.thread === undefined || typeof navigator === 'undefined' || !navigator.locks) return;
    this.thread.isWatched = true;
    const options = this.lockWait === undefined ? {} : { signal: this.lockWait.signal };
    navigator.locks.request(name, options, () => this.workerEnded('the browser ended it, or somebody called terminate()')).catch(() => {});
  }

  /** The end of the link: every call that is not answered is rejected. */
  fail(error) {
    if (this.error !== undefined) return;
    this.error = error;
    clearTimeout(this.startTimer);
    if (this.lockWait !== undefined) this.lockWait.abort();
    this.signal.raise();
    this.signal.end();
    const calls = [...this.calls.values()];
    for (const call of calls) this.forget(call);
    this.waiting = [];
    this.running = undefined;
    this.port.postMessage({ end: true });
    this.port.close();
    this.ending = this.endThread();
    for (const call of calls) call.reject(error);
    this.listener.ended(error);
  }

  /** A worker that the program made is the program's to end. */
  endThread() {
    if (this.thread === undefined) return undefined;
    if (this.plan.worker === undefined) return this.thread.end();
    this.thread.forget();
    return undefined;
  }

  /** A process has to wait for answers of the worker, and not for those of its own functions. */
  hold() {
    const isHeld = this.calls.size > this.asking;
    const name = isHeld ? 'ref' : 'unref';
    if (typeof this.port[name] === 'function') this.port[name]();
    if (this.thread !== undefined && this.plan.worker === undefined) this.thread.hold(isHeld);
  }
}

function clearTimers(call) {
  clearTimeout(call.timer);
  clearTimeout(call.stopTimer);
  call.timer = undefined;
}

/** More about a worker that did not load: browsers do not say it. */
async function whyNotStarted(way) {
  if (typeof document === 'undefined') return '';
  if (typeof way !== 'string' && !(way instanceof URL)) {
    return ': is its file there, and does the Content-Security-Policy (worker-src) allow it?';
  }
  const answer = await fetch(way).catch(() => undefined);
  if (answer === undefined) return `: ${way} cannot be fetched`;
  if (!answer.ok) return `: for ${way} the server answered ${answer.status}`;
  const type = answer.headers.get('content-type');
  return /javascript/.test(type)
    ? `: ${way} is there; its script fails, or the Content-Security-Policy (worker-src) does not allow it`
    : `: ${way} was sent as ${type}, which is no JavaScript`;
}
