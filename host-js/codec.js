/**
 * Bytes to JavaScript values and back, as abi/README.md draws them; README.md here has the table of types.
 */

export { decode, decodeAll, Decoder } from './codec/decode.js';
export { encode, encodeAll, encodeCall } from './codec/encode.js';
export { decodeKey, encodeKey } from './codec/key.js';
