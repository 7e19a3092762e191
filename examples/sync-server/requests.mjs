// Shared homes over HTTP:
//
//   POST /NAME          one exchange of messages (message.mjs); bytes in, bytes out
//   GET  /NAME/events   server-sent events: the position of the last change, now and whenever it changes
//
// Invariant: only pages of origins that are allowed get anything, and only under a name of this server, so that no page elsewhere reads or
// changes a home through the browser of who has it. Nothing of a request is believed before message.mjs has read it.

import { HOME_NAME, HomesError } from './homes.mjs';
import { MessageError, MOST_BYTES, readRequest, writeAnswer } from './message.mjs';

const BYTES = 'application/octet-stream';
const WORDS = 'text/plain; charset=utf-8';
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const PATH = /^\/([^/]*)(\/events)?$/;
const MOST_LISTENERS = 1000;
/** Proxies end connections on which nothing comes. */
const PING_MS = 25_000;
const BODY_MS = 30_000;

export class Requests {
  /**
   * @param {import('./homes.mjs').Homes} homes
   * @param {{ origins?: string[], names?: string[] }} [options] origins of pages beside those of this machine, such as
   *   `https://example.org`; names under which the server may be asked beside those of this machine
   */
  constructor(homes, { origins = [], names = [] } = {}) {
    Object.assign(this, { homes, origins, names });
    /** By home, who listens. */
    this.listeners = new Map();
    this.count = 0;
    this.ping = setInterval(() => this.tell(undefined, ':\n\n'), PING_MS).unref();
  }

  /** @param {string} path behind where the homes are */
  async handle(request, response, path = request.url) {
    const { origin } = request.headers;
    try {
      this.check(request);
      if (origin !== undefined) response.setHeader('Access-Control-Allow-Origin', origin).setHeader('Vary', 'Origin');
      await this.answer(request, response, path);
    } catch (error) {
      refuse(request, response, error);
    }
  }

  check({ headers: { host = '', origin } }) {
    if (!LOCAL.test(host) && !this.names.includes(host)) throw new HomesError(403, `this server is not for ${JSON.stringify(host)}: --name adds a name`);
    if (origin === undefined || origin === `http://${host}` || origin === `https://${host}` || this.origins.includes(origin)) return;
    if (LOCAL.test(origin.replace(/^https?:\/\//, ''))) return;
    throw new HomesError(403, `pages of ${origin} may not ask this server: --origin allows them`);
  }

  async answer(request, response, path) {
    const [, name, isEvents] = PATH.exec(path.split('?', 1)[0]) ?? [];
    if (name === undefined || !HOME_NAME.test(name)) throw new HomesError(404, `there is no ${path.slice(0, 80)}: POST /NAME and GET /NAME/events, NAME being 3 to 63 small letters of ASCII, digits and hyphens`);
    const { method } = request;
    if (method === 'OPTIONS') {
      response.writeHead(204, { 'Access-Control-Allow-Methods': 'POST, GET', 'Access-Control-Allow-Headers': 'Content-Type', 'Access-Control-Max-Age': '600' }).end();
    } else if (isEvents !== undefined && method === 'GET') {
      await this.listen(name, response);
    } else if (isEvents === undefined && method === 'POST') {
      const answer = await this.homes.exchange(name, readRequest(await bodyOf(request)));
      const { last, changed, ...sent } = answer;
      if (changed) this.tell(name, `data: ${last}\n\n`);
      response.writeHead(200, { 'Content-Type': BYTES, 'Cache-Control': 'no-store' }).end(writeAnswer(sent));
    } else throw new HomesError(405, `${method} ${path.slice(0, 80)} is not answered here`);
  }

  async listen(name, response) {
    if (this.count >= MOST_LISTENERS) throw new HomesError(503, `${MOST_LISTENERS} pages listen already`);
    const last = await this.homes.last(name);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.write(`retry: 1000\ndata: ${last}\n\n`);
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(response));
    this.count += 1;
    response.on('close', () => {
      this.count -= 1;
      all.delete(response);
      if (all.size === 0 && this.listeners.get(name) === all) this.listeners.delete(name);
    });
  }

  /** To who listens to a home, or to all. */
  tell(name, text) {
    for (const [each, listeners] of this.listeners) {
      if (name === undefined || each === name) for (const response of listeners) response.write(text);
    }
  }

  /** Ends what would stay open for ever. */
  close() {
    clearInterval(this.ping);
    for (const listeners of this.listeners.values()) for (const response of listeners) response.end();
  }
}

/** At most as long as a message may be, however long the sender says or does not say it is. */
function bodyOf(request) {
  const tooLong = (length) => new HomesError(413, `a request of ${length} bytes; at most ${MOST_BYTES} are taken`);
  const { 'content-length': length, 'content-type': type } = request.headers;
  if (Number(length) > MOST_BYTES) return Promise.reject(tooLong(length));
  if (type !== BYTES) return Promise.reject(new HomesError(415, `the content is ${JSON.stringify(type)}; wanted is ${BYTES}`));
  return new Promise((resolve, reject) => {
    const parts = [];
    let sum = 0;
    const slow = setTimeout(() => reject(new HomesError(408, `the request did not come within ${BODY_MS} ms`)), BODY_MS);
    request.on('data', (part) => {
      sum += part.length;
      if (sum > MOST_BYTES) reject(tooLong(`more than ${MOST_BYTES}`));
      else parts.push(part);
    });
    request.on('end', () => resolve(new Uint8Array(Buffer.concat(parts))));
    request.on('close', () => {
      clearTimeout(slow);
      reject(new HomesError(400, 'the request was cut'));
    });
    request.on('error', reject);
  });
}

function refuse(request, response, error) {
  const status = error instanceof HomesError ? error.status : error instanceof MessageError ? 400 : 500;
  if (status === 500) console.error(`sync-server: ${request.method} ${request.url}: ${error.stack}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What still comes of a request that is too long is not read.
  response.writeHead(status, { 'Content-Type': WORDS, Connection: 'close' }).end(`${error.message}\n`, () => { if (!request.complete) request.destroy(); });
}
