/** The editor of the page: a textarea at once, CodeMirror in its place as soon as it is loaded, with the same text. */

import { whenChanged } from '../state.js';
import { byId } from '../views/elements.js';
import { plainEditor } from './plain.js';

export function mountEditor(text) {
  const place = byId('editor');
  let inner = plainEditor(place, text);
  const listeners = [];
  const tell = () => { for (const listener of listeners) listener(); };
  place.addEventListener('input', tell);
  const editor = {
    text: () => inner.text(),
    replace: (next) => { inner.replace(next); inner.mark(); },
    showLine: (line) => inner.showLine(line),
    whenChanged: (listener) => listeners.push(listener),
    async load() {
      const { codeMirror } = await import('./codemirror.js');
      const hadFocus = inner.hasFocus();
      inner = codeMirror(place, inner.text(), { onChange: tell });
      if (hadFocus) inner.focus();
    },
  };
  whenChanged(['result'], ({ result }) => inner.mark(result !== undefined && result.kind === 'error' && result.line !== undefined ? result : undefined));
  return editor;
}
