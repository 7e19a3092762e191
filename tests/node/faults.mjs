// The module that makes allocations fail has options of its own, which no program has.

import { inside } from '../../host-js/handle.js';

/** Lets the computes of an instance have `fail_allocation` and `fail_count`; the same instance. */
export function withFaults(cu) {
  inside(cu).computeOptions.push('fail_allocation', 'fail_count');
  return cu;
}
