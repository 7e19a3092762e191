// An HTTP server for the browsers of this machine.
//
// Invariant: it listens on the loopback only, answers only who asked for a name of this machine (a page elsewhere, whose name was made to
// lead here, gets nothing), and hands sites only paths that are decoded, absolute and without `..`.
//
// A site is a function from a path to an answer, `{ body, type }`, `{ status, body, type }` or `{ location }`, each also with `headers`, or to
// nothing where it does not have that path. It may be asynchronous.

import { createServer } from 'node:http';
import { posix } from 'node:path';

export const HOST = '127.0.0.1';
const NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** What a page needs for SharedArrayBuffer. It can then load from other origins only what these allow. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * @param {{ sites: Function[], port?: number, headers?: object, programs?: object }} options sites: the first one that has a path answers it;
 *   port: 0 takes a free one; programs: by the beginning of a path, what answers requests there itself, as `{ handle(request, response, rest) }`
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ sites, port = 0, headers = {}, programs = {} }) {
  const server = createServer((request, response) => {
    const [beginning, program] = Object.entries(programs).find(([each]) => request.url.startsWith(each)) ?? [];
    if (program !== undefined) {
      program.handle(request, response, request.url.slice(beginning.length - 1));
      return;
    }
    answerOf(sites, request).catch((error) => ({ status: 500, body: `${request.url}: ${error.stack}\n` }))
      .then((answer) => send(request, response, headers, answer));
  });
  await new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(problemWith(port, cause), { cause })));
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${server.address().port}/`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

function problemWith(port, { code, message }) {
  if (code === 'EADDRINUSE') return `port ${port} of ${HOST} is taken: end the program that listens there, or choose another port (0 takes a free one)`;
  if (code === 'EACCES') return `port ${port} of ${HOST} is not for this user: choose one from 1024 on`;
  return `cannot listen on port ${port} of ${HOST}: ${message}`;
}

async function answerOf(sites, { method, url, headers }) {
  if (!NAMES.test(headers.host ?? '')) return { status: 403, body: `this server is for localhost, not for ${JSON.stringify(headers.host)}\n` };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: `${method} is not answered here, GET and HEAD are\n` };
  const path = pathOf(url);
  if (path === undefined) return { status: 400, body: `not a path: ${JSON.stringify(url)}\n` };
  for (const site of sites) {
    const answer = await site(path);
    if (answer !== undefined) return answer;
  }
  return { status: 404, body: `there is no ${path}\n` };
}

/** Undefined for what is no path. A backslash would be one more way to separate names on some systems. */
function pathOf(url) {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
    return path.startsWith('/') && !/[\0\\]/.test(path) ? posix.normalize(path) : undefined;
  } catch {
    return undefined;
  }
}

function send(request, response, headers, { status = 200, location, body = '', type = 'text/plain; charset=utf-8', headers: own }) {
  // Who changes a file wants to see it.
  const all = { 'Cache-Control': 'no-cache', ...headers, ...own };
  if (location === undefined) response.writeHead(status, { ...all, 'Content-Type': type });
  else response.writeHead(302, { ...all, Location: location });
  response.end(request.method === 'HEAD' ? undefined : body);
}
