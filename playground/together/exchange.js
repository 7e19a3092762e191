/**
 * Messages between the page and the server of a shared home, until each has what the other one has.
 *
 * Invariant: an exchange that ends anywhere loses nothing. What was not answered is sent again, and both sides take a message twice.
 */

import { MOST_BYTES, MOST_ROWS, readAnswer, writeRequest } from '../../examples/sync-server/message.mjs';
import { boundedBytes } from './bounded.js';
import { ask } from './lua.js';

/** With others who change the same home all the time, the page comes behind again and again: then it tries later. */
const MOST_TURNS = 100;
const WAIT_MS = 20_000;
/** Of what a server says: characters, and the bytes that they have at most. */
const WORDS = 200;
const MOST_TEXT_BYTES = 4 * WORDS;

/** The server cannot be reached: what waits is sent later. */
export class Unreachable extends Error {
  name = 'Unreachable';
}

/** The server does not do it; the text is for the reader. */
export class Refused extends Error {
  name = 'Refused';
}

/** What others know of this page is of another state: it needs another name (examples/sync.lua). */
export class NeedsName extends Error {
  name = 'NeedsName';
}

/**
 * @param {object} of the shared table
 * @param {{ url: string, me: string }} where
 * @returns {Promise<{ applied: number, refused: object[] }>} rows that changed here; rows that the server does not take
 */
export async function exchange(of, { url, me }) {
  let applied = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const { name, taken, message, refused } = await post(url, await request(of, me));
    const report = await received(of, name, message);
    applied += report.applied;
    if (lengthOf(report.refused) > 0) throw new Refused(`\`_home.shared\` does not take a row: ${report.refused[0].error}`);
    if (taken && !report.more && report.waiting === 0 || lengthOf(refused) > 0) return { applied, refused };
  }
  return { applied, refused: [] };
}

/** An empty table of Lua may be an object. */
const lengthOf = (list) => Object.keys(list).length;

async function received(of, name, message) {
  try {
    return await ask('incoming', of, name, message);
  } catch (error) {
    if (/has begun anew|went back to an older state/.test(error.message)) throw new NeedsName(error.message, { cause: error });
    throw error;
  }
}

/** The bytes of a request with as many rows as it holds. */
export async function request(of, me) {
  for (let limit = MOST_ROWS; ; limit = Math.ceil(limit / 4)) {
    const message = await outgoing(of, limit);
    const bytes = message === undefined ? undefined : writeRequest(me, message ?? undefined);
    if (bytes !== undefined && bytes.length <= MOST_BYTES) return bytes;
    if (limit === 1) throw new Refused('A row is too large: a message holds half a megabyte. Make it smaller, or delete it; all others wait behind it');
  }
}

/** Null without one, undefined where it does not fit the memory of the module. */
async function outgoing(of, limit) {
  try {
    return await ask('outgoing', of, limit);
  } catch (error) {
    if (error.errorClass === 'memory') return undefined;
    throw error;
  }
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST', body, headers: { 'Content-Type': 'application/octet-stream' }, credentials: 'omit', signal: AbortSignal.timeout?.(WAIT_MS),
  }).catch((cause) => { throw new Unreachable(`the server does not answer: ${cause.message}`, { cause }); });
  if (!response.ok) throw await refusal(url, response);
  const { bytes, came } = await boundedBytes(response, MOST_BYTES).catch((cause) => { throw new Unreachable('the answer was cut', { cause }); });
  if (came > MOST_BYTES) throw new Refused(`${new URL(url).host} answers with more than a message has: ${came} bytes came, and at most ${MOST_BYTES} are taken`);
  const answer = answered(url, bytes);
  if (answer.anew !== undefined) throw new NeedsName(answer.anew);
  return answer;
}

function answered(url, bytes) {
  try {
    return readAnswer(bytes);
  } catch (cause) {
    throw new Refused(`${new URL(url).host} does not answer as a server of shared homes: ${cause.message}`, { cause });
  }
}

async function refusal(url, response) {
  const { status, headers } = response;
  const isText = (headers.get('Content-Type') ?? '').startsWith('text/plain');
  const text = isText ? await boundedBytes(response, MOST_TEXT_BYTES).then(({ bytes }) => new TextDecoder().decode(bytes).slice(0, WORDS).trim(), () => '') : '';
  if (status === 404 || status === 405 || text === '') return new Refused(`${new URL(url).host} keeps no shared homes at this address (it answers ${status}). Leave, and join at another one.`);
  return new Refused(`The server says: ${text}`);
}
