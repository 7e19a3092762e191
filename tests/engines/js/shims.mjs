/**
 * What host-js and the runner of the kit take from a page or from Node, for shells that have nothing but the language and WebAssembly.
 *
 * Invariant: what an engine has stays.
 */

function define(name, value) {
  if (globalThis[name] === undefined) globalThis[name] = value;
}

/** UTF-8, for an engine without encoders of its own. */
export class Encoder {
  encode(text) {
    return Uint8Array.from(unescape(encodeURIComponent(text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'))), (letter) => letter.charCodeAt(0));
  }

  encodeInto(text, into) {
    const bytes = this.encode(text);
    if (bytes.length > into.length) throw new RangeError('a shell has no room for parts of a text');
    into.set(bytes);
    return { read: text.length, written: bytes.length };
  }
}

export class Decoder {
  constructor(label, { fatal = false } = {}) {
    this.fatal = fatal;
  }

  decode(bytes) {
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const [code, length] = letterAt(bytes, at);
      if (code === undefined && this.fatal) throw new TypeError('these bytes are not UTF-8');
      text += code === undefined ? '\ufffd' : String.fromCodePoint(code);
      at += length;
    }
    return text;
  }
}

/** The least and the most that may follow a first byte which limits its second one (Unicode, table 3-7). */
const SECOND = { 0xe0: [0xa0, 0xbf], 0xed: [0x80, 0x9f], 0xf0: [0x90, 0xbf], 0xf4: [0x80, 0x8f] };

/** The letter that begins there and its bytes; undefined and the bytes that one U+FFFD stands for where there is none. */
function letterAt(bytes, at) {
  const first = bytes[at];
  if (first < 0x80) return [first, 1];
  const more = first < 0xc2 || first > 0xf4 ? 0 : 1 + (first >= 0xe0) + (first >= 0xf0);
  if (more === 0) return [undefined, 1];
  let code = first & (0x3f >> more);
  for (let next = 1; next <= more; next += 1) {
    const [least, most] = next === 1 && SECOND[first] || [0x80, 0xbf];
    const byte = bytes[at + next];
    if (!(byte >= least && byte <= most)) return [undefined, next];
    code = code << 6 | byte & 0x3f;
  }
  return [code, more + 1];
}

/** As much of it as names a file beside another one. */
class Address {
  constructor(path, base = '') {
    this.href = String(base).replace(/[^/]*$/, '') + String(path).replace(/^\.\//, '');
    this.protocol = /^[a-z]+:/.exec(this.href)[0];
  }

  toString() {
    return this.href;
  }
}

class Controller {
  constructor() {
    const heard = new Set();
    this.signal = {
      aborted: false,
      reason: undefined,
      addEventListener: (kind, listener) => heard.add(listener),
      removeEventListener: (kind, listener) => heard.delete(listener),
      throwIfAborted() {
        if (this.aborted) throw this.reason;
      },
    };
    this.abort = (reason = new Error('aborted')) => {
      if (this.signal.aborted) return;
      this.signal.aborted = true;
      this.signal.reason = reason;
      for (const listener of [...heard]) {
        if (typeof listener === 'function') listener.call(this.signal, { type: 'abort', target: this.signal });
        else listener.handleEvent({ type: 'abort', target: this.signal });
      }
    };
  }
}

/**
 * @param {{ now: () => number, bytes: Uint8Array }} shell
 */
export function prepare({ now, bytes }) {
  define('TextEncoder', Encoder);
  define('TextDecoder', Decoder);
  define('URL', Address);
  define('AbortController', Controller);
  define('performance', { now });
  define('queueMicrotask', (action) => { Promise.resolve().then(action); });
  // The one file that is asked for is the module.
  globalThis.fetch = async () => ({ ok: true, headers: { get: () => null }, arrayBuffer: async () => bytes.slice().buffer });
}
