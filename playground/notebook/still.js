/**
 * A cell of Lua that nobody is at: its text and the numbers of its lines, where the editor will have them.
 *
 * Invariant: it is as high as the editor with the same text, so nothing moves when that takes its place.
 */

import { element } from '../views/elements.js';

/** @param {string} text */
export function stillElement(text) {
  const numbers = text.split('\n').map((line, index) => index + 1).join('\n');
  // It is what a keyboard comes to, and a screen reader: with the focus it is an editor.
  return element('div.still', { tabIndex: 0, role: 'textbox', 'aria-multiline': 'true', 'aria-label': 'Lua' },
    element('div.still-numbers', { 'aria-hidden': 'true' }, numbers), element('div.still-text', {}, text));
}
