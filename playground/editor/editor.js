/** The editor of the page. */

import { notify } from '../actions/notices.js';
import { current } from '../actions/session.js';
import { state, whenChanged } from '../state.js';
import { byId } from '../views/elements.js';
import { growingEditor } from './growing.js';

export const onMissing = ({ message }) => {
  notify({ tone: 'warning', title: 'The editor is a plain one', text: 'A part of this page could not be loaded. Scripts run as ever; reload for colours and completion.', detail: message });
};

/** None while a script runs: it would have to be waited for. */
export const names = async (way) => (state.phase === 'ready' ? current().names(way).catch(() => []) : []);

export function mountEditor(text) {
  const editor = growingEditor(byId('editor'), text, { names, onMissing });
  whenChanged(['result'], ({ result }) => editor.mark(result !== undefined && result.kind === 'error' && result.line !== undefined ? result : undefined));
  return editor;
}
