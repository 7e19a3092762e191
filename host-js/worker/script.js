/**
 * A script in a worker that may wait for functions: it gives its turn back while it waits, and asks its page for another one before it goes on.
 *
 * Invariant: it computes only between `enter` and `leave`, in a turn that the page gave and, over a store whose tabs take turns, in the turn of
 * the store. So one call computes at a time, and the page knows which one it stops.
 */

import { Wait } from '../run.js';

export class Script extends Wait {
  /**
   * @param {import('./session.js').Session} session
   * @param {number} id of the call
   * @param {object} machine
   * @param {object} [options] of the call
   */
  constructor(session, id, machine, options) {
    super(machine, options);
    this.session = session;
    this.id = id;
    this.controller = undefined;
    /** Why it ends before its time. */
    this.reason = undefined;
    /** The function of the page whose answer it waits for: `{ number, resolve, reject }`. */
    this.asked = undefined;
    /** Gives it the turn for which it asked. */
    this.go = undefined;
    this.leave = undefined;
    /** Resolves when what it did so far is durable. */
    this.saved = undefined;
  }

  /** Does `action`, which runs it, in its first turn and those that follow. What it did is durable then. */
  async within(action) {
    const { scripts } = this.session;
    scripts.set(this.id, this);
    try {
      await this.enter();
      if (this.reason !== undefined) throw this.reason;
      return await action();
    } finally {
      scripts.delete(this.id);
      this.leave(true);
      await this.saved;
    }
  }

  /** Resolves in the turn of the store. One that cannot be had, or whose changes are not saved, is the end of the script. */
  enter() {
    return new Promise((resolve) => {
      this.leave = resolve;
      const before = this.saved;
      this.saved = this.session.inTurn(this.id, () => new Promise((leave) => {
        this.leave = leave;
        resolve();
      })).then(() => before);
      this.saved.catch((error) => {
        this.stop(error);
        resolve();
      });
    });
  }

  goOn(pending) {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      this.signal = this.controller.signal;
    }
    this.session.suspend(this);
    this.leave(false);
    // The function is called before this returns.
    this.session.caller = this;
    return super.goOn(pending);
  }

  /** The page gives it a turn. */
  goes() {
    const { go } = this;
    this.go = undefined;
    if (go !== undefined) go();
  }

  /** Two pages may have instances over one store: what the other one began may be a transaction. */
  async turn() {
    const { machine, session } = this;
    this.asked = undefined;
    for (;;) {
      await this.untilFree();
      if (machine.death !== undefined) return;
      await new Promise((resolve) => {
        this.go = resolve;
        session.wantTurn(this);
      });
      if (!machine.isInUse || machine.death !== undefined) break;
      session.suspend(this);
    }
    await this.enter();
  }

  /** Ends it as soon as it has a turn. It waits: what computes is stopped by the interrupt. */
  stop(reason) {
    if (this.reason === undefined) this.reason = reason;
    if (this.controller !== undefined) this.controller.abort();
  }

  reasonToEnd(pending) {
    return this.reason === undefined ? super.reasonToEnd(pending) : this.reason;
  }
}
