/**
 * A store that fails where a step says so: only in what the module asks of it, and not in what its host does.
 */

const USES = ['get', 'lend', 'set', 'delete', 'size', 'keys'];

export class FailingStore {
  /** @param {object} inner */
  constructor(inner) {
    this.first = 0;
    this.count = 0;
    this.failures = 0;
    /** @type {() => boolean} whether the module runs, which the instances say */
    this.isRunning = () => false;
    this.store = new Proxy(inner, {
      get: (target, name) => (typeof target[name] !== 'function' ? target[name] : (...words) => {
        if (USES.includes(name) && this.isRunning() && this.fails()) throw new Error('the store fails, as the case wants');
        return target[name](...words);
      }),
    });
  }

  fails() {
    this.count += 1;
    return this.count >= this.first && this.count < this.first + this.failures;
  }

  /** The use of that number fails in the next call, or it and all after it. */
  fail(first, failures) {
    this.first = first;
    this.failures = failures;
    this.count = 0;
  }

  mend() {
    this.failures = 0;
  }
}
