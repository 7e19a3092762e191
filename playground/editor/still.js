/** A script that is only read: the functions of an editor over lines with the colours of Lua. */

import { sourceElement } from '../views/source.js';

export function stillEditor(place, text) {
  let shown = text;
  const lines = () => place.querySelectorAll('li');
  const show = () => place.replaceChildren(sourceElement(shown, 1, Infinity));
  show();
  return {
    text: () => shown,
    replace(next) {
      shown = next;
      show();
    },
    focus: () => place.focus(),
    /** @param {{ line?: number }} [error] none takes the mark away */
    mark(error) {
      lines().forEach((each, index) => each.classList.toggle('wrong', error !== undefined && error.line === index + 1));
    },
    showLine(line) {
      const found = lines()[line - 1];
      if (found !== undefined) found.scrollIntoView({ block: 'nearest' });
    },
    whenChanged() {},
    /** Nothing more is to come. */
    async load() {},
    end() {},
  };
}
