/**
 * The one store of these tests that fails: it is another one until its plan says otherwise.
 */

/**
 * @param {object} inner a store
 * @param {(call: string) => Error | undefined} plan what a call of that method fails with, if it does
 */
export function faulty(inner, plan) {
  return new Proxy(inner, {
    get: (target, name) => (typeof target[name] !== 'function' ? target[name] : (...words) => {
      const problem = plan(name);
      if (problem !== undefined) throw problem;
      return target[name](...words);
    }),
  });
}

/** Fails from a call on, after so many. */
export function failingAfter(inner, calls, problem) {
  let left = calls;
  return faulty(inner, () => (left-- <= 0 ? problem : undefined));
}
