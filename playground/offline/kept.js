/** The text of the editor over a reload that the page proposed. It is of one tab, and taken once. */

const NAME = 'cu-script';

export function keepText(text) {
  try { sessionStorage.setItem(NAME, text); } catch { /* The browser keeps nothing. */ }
}

/** Undefined where nothing was kept. */
export function takeText() {
  try {
    const text = sessionStorage.getItem(NAME) ?? undefined;
    sessionStorage.removeItem(NAME);
    return text;
  } catch {
    return undefined;
  }
}
