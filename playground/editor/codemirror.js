/** The editor: CodeMirror with the colours of Lua, completion and marks at lines with errors. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { colours, theme } from './colours.js';
import { completeWith } from './completion.js';

/** The page runs the script with it. */
const RUN_KEY = Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => true }]));

/** @param {{ onChange: () => void, names: (way: string) => Promise<[string, string][]>, label: string }} options */
export function codeMirror(place, text, { onChange, names, label }) {
  const view = new EditorView({
    root: place.getRootNode(),
    state: EditorState.create({
      doc: text,
      extensions: [
        RUN_KEY, lineNumbers(), highlightActiveLineGutter(), lintGutter(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(),
        indentUnit.of('  '), StreamLanguage.define(lua), syntaxHighlighting(colours), theme,
        autocompletion({ override: [completeWith(names)] }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ 'aria-label': `${label}. Escape, then Tab, leaves it.`, tabindex: '0', spellcheck: 'false', autocapitalize: 'off' }),
        EditorView.updateListener.of(({ docChanged }) => { if (docChanged) onChange(); }),
      ],
    }),
  });
  place.replaceChildren(view.dom);
  const editor = {
    text: () => view.state.doc.toString(),
    replace(next) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, selection: { anchor: 0 }, scrollIntoView: true });
    },
    focus: () => view.focus(),
    end: () => view.destroy(),
    /** @param {{ line?: number, message: string }} [error] none takes the mark away */
    mark(error) {
      const at = error !== undefined && error.line <= view.state.doc.lines ? view.state.doc.line(error.line) : undefined;
      view.dispatch(setDiagnostics(view.state, at === undefined ? [] : [{ from: at.from, to: at.to, severity: 'error', message: error.message }]));
    },
    showLine(line) {
      if (line > view.state.doc.lines) return;
      view.dispatch({ selection: { anchor: view.state.doc.line(line).from }, scrollIntoView: true });
      view.focus();
    },
    hasFocus: () => view.hasFocus,
  };
  return editor;
}
