/**
 * What a part of a page knows, in one place: actions change it, views show it.
 *
 * Invariant: only `change` changes `state`, and it tells each view once of all that changed together.
 */

/** @template {object} State @param {State} state */
export function observed(state) {
  const listeners = [];

  /** @param {Partial<State>} patch */
  function change(patch) {
    const names = Object.keys(patch).filter((name) => state[name] !== patch[name]);
    if (names.length === 0) return;
    Object.assign(state, patch);
    for (const listener of listeners) {
      if (listener.names.some((name) => names.includes(name))) listener.show(state);
    }
  }

  /** Calls `show` now, and after each change of one of the names. */
  function whenChanged(names, show) {
    listeners.push({ names, show });
    show(state);
  }

  return { state, change, whenChanged };
}
