/** Whether this browser has a home with a passphrase, as far as it remembers. */

const FLAG = 'cu-encrypted';

export function isExpected() {
  try {
    return localStorage.getItem(FLAG) !== null;
  } catch {
    return false;
  }
}

export function remember() {
  try { localStorage.setItem(FLAG, '1'); } catch { /* Then the reader has to ask for it. */ }
}
