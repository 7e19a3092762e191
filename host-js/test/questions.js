/** A function whose calls a test answers. */

/** `asked` has `{ args, answer, fail }` of each call of `ask`. */
export function questions() {
  const asked = [];
  const ask = (...args) => new Promise((answer, fail) => { asked.push({ args, answer, fail }); });
  return { ask, asked };
}

/** Waits until `condition` holds. */
export async function until(condition) {
  do await new Promise((resolve) => { setTimeout(resolve, 1); }); while (!condition());
}
