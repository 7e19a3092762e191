/**
 * Items of any source, in batches.
 */

/** What `for await` takes, of anything that has items; undefined of what has none. */
export function iterable(items) {
  if (typeof items === 'object' && items !== null) {
    if (typeof items[Symbol.asyncIterator] === 'function' || typeof items[Symbol.iterator] === 'function') return items;
    if (typeof items.getReader === 'function') return readAll(items.getReader());
  }
  return undefined;
}

/** Lists of so many items, the last one of fewer. */
export async function* batches(items, size) {
  if (Array.isArray(items)) {
    for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
    return;
  }
  let batch = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A ReadableStream of browsers that cannot iterate over one. */
async function* readAll(reader) {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
