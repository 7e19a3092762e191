/** Where the script of an element comes from: its attribute, a file, or the text that was in it before it was an element. */

/** Nobody reads a longer one in a page. */
const MOST_CHARACTERS = 1_000_000;

/** The text without what only indents it in its document. */
export function dedented(text) {
  const lines = text.replace(/\t/g, '  ').trimEnd().replace(/^\s*\n/, '').split('\n');
  const least = lines.filter((line) => line.trim() !== '').reduce((most, line) => Math.min(most, line.length - line.trimStart().length), Infinity);
  return lines.map((line) => line.slice(least)).join('\n');
}

/** @param {string} src relative to the document */
export async function fetchedScript(src, signal) {
  const url = new URL(src, document.baseURI);
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url.href}: the server answered ${response.status}`);
  const text = await response.text();
  if (text.length > MOST_CHARACTERS) throw new RangeError(`${url.href}: ${text.length} characters; at most ${MOST_CHARACTERS} are taken`);
  return text;
}
