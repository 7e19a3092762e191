/**
 * Bytes as text for storages that take nothing else: each byte is the letter of the Latin alphabet with code 256 more, which no storage
 * changes.
 */

const FIRST_LETTER = 0x100;
const LAST_LETTER = 0x1ff;

// More arguments of a call may be too many.
const LETTERS_AT_A_TIME = 0x2000;

export function lettersOf(bytes) {
  const letters = Uint16Array.from(bytes, (byte) => FIRST_LETTER + byte);
  let text = '';
  for (let at = 0; at < letters.length; at += LETTERS_AT_A_TIME) {
    text += String.fromCharCode.apply(null, letters.subarray(at, at + LETTERS_AT_A_TIME));
  }
  return text;
}

export function bytesOfLetters(text) {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter < FIRST_LETTER || letter > LAST_LETTER) throw new Error(`character ${at} is no byte`);
    bytes[at] = letter - FIRST_LETTER;
  }
  return bytes;
}
