/** An editor that is a textarea at once, and CodeMirror in its place as soon as it is loaded, with the same text. */

import { plainEditor } from './plain.js';

/**
 * @param {Element} place
 * @param {string} text
 * @param {object} options
 * @param {(way: string) => Promise<[string, string][]>} options.names for completion
 * @param {(error: Error) => void} options.onMissing CodeMirror cannot be loaded: the textarea goes on
 * @param {string} [options.label]
 */
export function growingEditor(place, text, { names, onMissing, label = 'Lua script' }) {
  let inner = plainEditor(place, text, { label });
  let hasEnded = false;
  const listeners = [];
  const tell = () => { for (const listener of listeners) listener(); };
  place.addEventListener('input', tell);
  return {
    text: () => inner.text(),
    replace(next) {
      inner.replace(next);
      inner.mark();
      tell();
    },
    focus: () => inner.focus(),
    mark: (error) => inner.mark(error),
    showLine: (line) => inner.showLine(line),
    hasFocus: () => inner.hasFocus(),
    whenChanged: (listener) => listeners.push(listener),
    async load() {
      const loaded = await import('./codemirror.js').catch(onMissing);
      if (loaded === undefined || hasEnded) return;
      const hadFocus = inner.hasFocus();
      inner = loaded.codeMirror(place, inner.text(), { label, names, onChange: tell });
      if (hadFocus) inner.focus();
    },
    end() {
      hasEnded = true;
      place.removeEventListener('input', tell);
      inner.end();
    },
  };
}
