/**
 * Upgrades whose steps are in a stored list. `ext.migrate` takes a function or a plain list, and no function can be sent: so each step is
 * a call of its own, with the way of its function.
 *
 * Invariant: as with a plain list, no step is done while one is missing, each is a transaction, and a dry run changes nothing.
 */

import { CALL_ARGUMENTS } from '../abi.js';
import { Way } from '../values.js';
import { isMissing } from './check.js';

/** How many ways are looked at in one call, beside one more argument. */
const WAYS = CALL_ARGUMENTS - 1;

/**
 * @param {import('../data.js').Data} data
 * @param {string | import('../values.js').ExternalTable} table
 * @param {number} version
 * @param {string} list its way
 * @param {object} [options]
 */
export function upgradeByList(data, table, version, list, options) {
  const from = data.version(table);
  const { dry, ...others } = Object(options);
  const isKnown = Number.isSafeInteger(version) && (isMissing(dry) || typeof dry === 'boolean');
  // There is no step: the module reports that, or says what is wrong.
  if (!isKnown || from >= version) return data.call('migrate', table, version, [], options)[0];
  const step = (number) => new Way(`${list}.${number}`);
  for (let next = from + 1; next <= version; next += WAYS) {
    const count = Math.min(WAYS, version - next + 1);
    data.refer('select', '#', ...Array.from({ length: count }, (_, index) => step(next + index)));
  }
  const run = () => {
    const steps = [];
    for (let number = from + 1; number <= version; number++) {
      steps.push(...data.call('migrate', table, number, step(number), others)[0].steps);
    }
    return { from, to: version, dry: dry === true, steps };
  };
  return dry ? undone(data.cu, run) : run();
}

function undone(cu, run) {
  cu.begin();
  try {
    return run();
  } finally {
    cu.rollBack();
  }
}
