// Answers of servers that send more than they should, or for ever, or are cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { boundedBytes } from '../../playground/together/bounded.js';

const below = randomBelow(seed);

/** An answer in pieces; `state` says how many were asked for, and whether the reader left. */
function answer(pieces, { length, fails = false } = {}) {
  const state = { asked: 0, isLeft: false };
  const body = new ReadableStream({
    pull(controller) {
      const piece = pieces(state.asked);
      state.asked += 1;
      if (piece !== undefined) controller.enqueue(piece);
      else if (fails) controller.error(new TypeError('the line was cut'));
      else controller.close();
    },
    cancel() { state.isLeft = true; },
  }, { highWaterMark: 0 });
  return { state, response: new Response(body, { headers: length === undefined ? {} : { 'Content-Length': String(length) } }) };
}

test(`an answer within the bound is whole, in whatever pieces it comes (seed ${seed})`, async () => {
  for (let round = 0; round < 300; round++) {
    const all = Uint8Array.from({ length: below(50) }, () => below(256));
    const most = below(60);
    const pieces = [];
    for (let at = 0; at < all.length;) {
      const length = below(8);
      pieces.push(all.slice(at, at + length));
      at += length;
    }
    const { response, state } = answer((index) => pieces[index]);
    const { bytes, came } = await boundedBytes(response, most);
    assert.deepEqual(bytes, all.slice(0, most));
    assert.equal(came > most, all.length > most);
    assert.equal(state.isLeft, all.length > most);
    if (came <= most) assert.equal(came, all.length);
  }
  assert.deepEqual(await boundedBytes(new Response(null), 5), { bytes: new Uint8Array(), came: 0 });
});

test('one that never ends is left after the bound, and what it announced is told', async () => {
  const piece = new Uint8Array(100);
  for (const length of [undefined, 10, 1e9]) {
    const { response, state } = answer(() => piece, { length });
    const { bytes, came } = await boundedBytes(response, 1000);
    assert.deepEqual([bytes.length, came, state.asked, state.isLeft], [1000, length === 1e9 ? 1e9 : 1100, 11, true]);
  }
});

test('one that is cut is an error', async () => {
  const { response } = answer((index) => (index < 3 ? new Uint8Array(10) : undefined), { fails: true });
  await assert.rejects(boundedBytes(response, 100), /the line was cut/);
});
