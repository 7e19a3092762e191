/** The editor before CodeMirror is there, and where it cannot be loaded: the same functions over a textarea. */

import { element } from '../views/elements.js';

/** @param {{ label: string }} options */
export function plainEditor(place, text, { label }) {
  const area = element('textarea', { spellcheck: false, autocapitalize: 'off', 'aria-label': label, value: text });
  place.replaceChildren(area);
  return {
    text: () => area.value,
    replace: (next) => { area.value = next; },
    focus: () => area.focus(),
    /** Nothing can be marked in it. */
    mark() {},
    showLine(line) {
      const start = area.value.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(start, start);
    },
    hasFocus: () => area.getRootNode().activeElement === area,
    end() {},
  };
}
