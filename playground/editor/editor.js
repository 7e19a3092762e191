/** The editor of the page: a textarea at once, CodeMirror in its place as soon as it is loaded, with the same text. */

import { notify } from '../actions/notices.js';
import { whenChanged } from '../state.js';
import { byId } from '../views/elements.js';
import { plainEditor } from './plain.js';

const missing = ({ message }) => {
  notify({ tone: 'warning', title: 'The editor is a plain one', text: 'A part of this page could not be loaded. Scripts run as ever; reload for colours and completion.', detail: message });
};

export function mountEditor(text) {
  const place = byId('editor');
  let inner = plainEditor(place, text);
  const listeners = [];
  const tell = () => { for (const listener of listeners) listener(); };
  place.addEventListener('input', tell);
  const editor = {
    text: () => inner.text(),
    replace(next) {
      inner.replace(next);
      inner.mark();
      tell();
    },
    showLine: (line) => inner.showLine(line),
    whenChanged: (listener) => listeners.push(listener),
    /** Where it cannot be loaded, the textarea goes on. */
    async load() {
      const loaded = await import('./codemirror.js').catch(missing);
      if (loaded === undefined) return;
      const { codeMirror } = loaded;
      const hadFocus = inner.hasFocus();
      inner = codeMirror(place, inner.text(), { onChange: tell });
      if (hadFocus) inner.focus();
      performance.mark('editor');
    },
  };
  whenChanged(['result'], ({ result }) => inner.mark(result !== undefined && result.kind === 'error' && result.line !== undefined ? result : undefined));
  return editor;
}
