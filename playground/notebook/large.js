/** A cell that is not shown: a script made it too large, or it cannot be read. The way on is to download it, or to delete it. */

import { element } from '../views/elements.js';
import { count } from '../views/numbers.js';
import { MOST_CHARACTERS } from './cells.js';

function reasonOf({ bytes, problem }) {
  if (problem !== undefined) return `it cannot be read: ${problem}`;
  return `it has ${count(bytes)} bytes; a cell of the notebook has at most ${count(MOST_CHARACTERS)} characters`;
}

/**
 * @param {{ kind: 'lua' | 'text', bytes?: number, problem?: string }} cell
 * @param {() => void} download
 */
export function largeElement(cell, download) {
  const button = element('button.quiet', { type: 'button' }, 'Download');
  button.addEventListener('click', download);
  const { kind, problem } = cell;
  return element('div.large', {},
    element('p', {}, `This cell of ${kind === 'lua' ? 'Lua' : 'text'} is not shown: ${reasonOf(cell)}.`),
    element('p.note', {}, problem === undefined ? 'It stays as it is. Download it, or delete it; “Undo” brings it back.' : 'It stays as it is, until you delete it: that cannot be taken back.'),
    problem === undefined && button);
}

/** @param {string | Uint8Array} content */
export function download(name, content) {
  const url = URL.createObjectURL(new Blob([content]));
  element('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
