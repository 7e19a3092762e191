/**
 * Functions of the page that scripts in a worker call.
 *
 * Invariant: a function runs once for each call, and each call is answered, with a value or an error. An answer for which no script waits any
 * longer is for nobody.
 */

import { packed, postError, unpacked, unsendable } from './message.js';

/**
 * Calls the function of a message, and answers.
 * @param {{ functions: Map<string, { run: Function }>, thrown?: object }} call whose script asks
 * @param {{ id: number, ask: number, name: string, args: unknown[] }} message
 * @param {MessagePort} port
 * @param {() => boolean} take takes the answer for the script, if that waits for it
 */
export async function answer(call, message, port, take) {
  const { id, ask: number, name } = message;
  const content = { answer: number, id };
  const outcome = await outcomeOf(() => call.functions.get(name).run(...unpacked(message, 'args')));
  if (!take()) return;
  try {
    if ('error' in outcome) throw outcome.error;
    port.postMessage(packed({ ...content, ...outcome }, 'value').message);
  } catch (cause) {
    const error = 'error' in outcome ? cause : unsendable(outcome.value, 'the result', cause);
    call.thrown = { number, error };
    postError(port, content, error);
  }
}

async function outcomeOf(action) {
  try {
    return { value: await action() };
  } catch (error) {
    return { error };
  }
}
