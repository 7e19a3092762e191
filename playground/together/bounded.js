/**
 * What a server sends, up to a bound.
 *
 * Invariant: no more than the bound and one piece of the network is ever held, whatever the server says of the length, or sends.
 */

/**
 * @param {Response} response
 * @param {number} most bytes
 * @returns {Promise<{ bytes: Uint8Array, came: number }>} the bytes up to the bound, and how many came, or were announced: the answer is whole where that
 *   is no more than the bound
 */
export async function boundedBytes(response, most) {
  const announced = Number(response.headers.get('Content-Length'));
  const reader = response.body?.getReader();
  const parts = [];
  let came = 0;
  while (reader !== undefined && came <= most) {
    const { value, done } = await reader.read();
    if (done) return { bytes: joined(parts, came), came };
    parts.push(value);
    came += value.length;
  }
  // Nobody waits for the end of it.
  if (reader !== undefined) reader.cancel().catch(() => {});
  return { bytes: joined(parts, came).subarray(0, most), came: Math.max(came, announced || 0) };
}

function joined(parts, length) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
