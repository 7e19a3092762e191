/**
 * Transactions of a host: several computes whose changes are kept together or undone. The module has the journal; if the host
 * dies, the next start over the store undoes all of them.
 *
 * Invariant: while one is open, its instance holds the turn of the store. It is over after `commit` or `rollBack`, also when
 * these throw: what the store did not let the module undo is undone before its next compute.
 */

import { TRANSACTION_COMMIT, TRANSACTION_OPEN, TRANSACTION_ROLLBACK } from './abi.js';
import { StateError } from './errors.js';
import { isPromise } from './promise.js';

/** Whether a transaction of this instance is open. */
export const isOpen = ({ control }) => control.fixed.transaction !== undefined;

/** Each compute from now on gets the word; undefined when the transaction is over. */
function setWord({ control }, word) {
  control.fixed.transaction = word;
  control.override(undefined);
  control.changed();
}

/** @param {import('./instance.js').Cu} cu */
export function begin(cu) {
  cu.enter();
  if (isOpen(cu)) {
    throw new StateError('a transaction of this instance is open, and they do not nest; each compute in it is a savepoint');
  }
  cu.unit.turn.hold(cu.unit);
  setWord(cu, TRANSACTION_OPEN);
}

export function commit(cu) {
  enter(cu);
  try {
    run(cu, TRANSACTION_COMMIT);
  } catch (error) {
    // What is not known to be kept is undone.
    if (!cu.death) end(cu, TRANSACTION_ROLLBACK);
    else close(cu);
    throw error;
  }
  close(cu);
}

export function rollBack(cu) {
  enter(cu);
  end(cu, TRANSACTION_ROLLBACK);
}

export function transaction(cu, action) {
  begin(cu);
  let result;
  try {
    result = action(cu);
  } catch (error) {
    undo(cu);
    throw error;
  }
  if (isPromise(result)) {
    return result.then((value) => {
      finish(cu);
      return value;
    }, (error) => {
      undo(cu);
      throw error;
    });
  }
  finish(cu);
  return result;
}

/** The action may have ended it itself. */
function finish(cu) {
  if (isOpen(cu)) commit(cu);
}

/** The caller gets the error of the action. If the rollback fails, the next compute says so. */
function undo(cu) {
  if (!isOpen(cu)) return;
  try {
    rollBack(cu);
  } catch {
    close(cu);
  }
}

function enter(cu) {
  if (cu.death) close(cu);
  cu.enter();
  if (!isOpen(cu)) throw new StateError('no transaction of this instance is open');
}

function end(cu, word) {
  try {
    run(cu, word);
  } finally {
    close(cu);
  }
}

/** The work is the module's, not that of a script with a budget. */
function run(cu, word) {
  setWord(cu, word);
  cu.runEmpty({ instructions: 0 });
}

function close(cu) {
  setWord(cu, undefined);
  cu.unit.turn.release(cu.unit);
}
