/**
 * A script as the fragment of a link, which no server sees:
 *
 *   #1.LENGTH.CHECKSUM.TEXT   LENGTH: bytes of the script, CHECKSUM: CRC-32 of them, both hexadecimal; TEXT: deflated, as base64 of URLs
 *   #0.LENGTH.CHECKSUM.TEXT   the same, as it is, by a browser that cannot deflate
 *
 * Invariant: a link that was cut or changed is an error; what it leads to is never a part of a script.
 */

import { inflate } from '../../host-js/codec/inflate.js';
import { checksum } from '../../host-js/store/checksum.js';

/** Twice what any script here should be; a link that says more was not made here. */
export const MOST_BYTES = 100_000;

const FORM = /^#?([01])\.([0-9a-f]{1,8})\.([0-9a-f]{8})\.([\w-]*)$/;

export class LinkError extends Error {
  name = 'LinkError';
}

/** @returns {Promise<string>} the fragment, without `#` */
export async function writeLink(text) {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MOST_BYTES) throw new LinkError(`the script has ${bytes.length} bytes; a link holds ${MOST_BYTES}: export the home, or send a file`);
  const deflated = await deflate(bytes);
  const sum = checksum(bytes, 0, bytes.length).toString(16).padStart(8, '0');
  return [deflated === undefined ? 0 : 1, bytes.length.toString(16), sum, base64(deflated ?? bytes)].join('.');
}

/** @returns {string} the script */
export function readLink(fragment) {
  const parts = FORM.exec(fragment);
  if (parts === null) throw new LinkError('its form is not that of a link to a script');
  const [, kind, digits, sum, text] = parts;
  const length = parseInt(digits, 16);
  if (length > MOST_BYTES) throw new LinkError(`it says that the script has ${length} bytes; at most ${MOST_BYTES} are taken`);
  const bytes = expanded(fromBase64(text), kind, length);
  if (bytes.length !== length || checksum(bytes, 0, length) !== parseInt(sum, 16)) throw new LinkError('a part of it is missing or changed');
  return new TextDecoder().decode(bytes);
}

function expanded(bytes, kind, length) {
  if (kind === '0') return bytes;
  try {
    return inflate(bytes, length);
  } catch (cause) {
    throw new LinkError('a part of it is missing or changed', { cause });
  }
}

async function deflate(bytes) {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return undefined;
  }
}

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  } catch (cause) {
    throw new LinkError('a part of it is missing or changed', { cause });
  }
}
