// One answer of a worker, as the line protocol in engines.mjs wants it: for Node and for a page in a browser.

/** Runs a program in a fresh Lua state from `load`, see `serve`; only its run is timed. */
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
