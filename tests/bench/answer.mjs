// One answer of a worker in the line protocol of engines.mjs, for Node and for a page in a browser.

/** Runs a program in a fresh Lua state from `load` (see `serve`); times only the run. */
export async function answer(source, load) {
  let state;
  try {
    state = await load(source);
    const start = performance.now();
    const checksum = state.run();
    const microseconds = Math.round((performance.now() - start) * 1000);
    return oneLine(`OK ${microseconds} ${checksum}`);
  } catch (error) {
    return oneLine(`ERR ${error.message}`);
  } finally {
    state?.close();
  }
}

const oneLine = (text) => text.replace(/\s*\n\s*/g, ' ');
