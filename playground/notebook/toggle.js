/** The button that puts the notebook in the place of the script, and loads it the first time. */

import { notify } from '../actions/notices.js';
import { remember, remembered } from '../remembered.js';
import { change, state, whenChanged } from '../state.js';
import { byId, element } from '../views/elements.js';
import { styleSheet } from '../views/style_sheet.js';

const REMEMBERED = 'cu-notebook';
/** The first line of a script that is a notebook: notebook/format.js. */
const FIRST = /^-- %%( \[markdown\])?(\n|$)/;

let loading;

export function showNotebookButton() {
  const button = byId('notebook');
  button.addEventListener('click', () => setNotebook(!state.isNotebook));
  whenChanged(['isNotebook'], ({ isNotebook }) => {
    button.setAttribute('aria-pressed', String(isNotebook));
    document.body.classList.toggle('in-notebook', isNotebook);
    document.querySelector('.views [data-view=script]').textContent = isNotebook ? 'Notebook' : 'Script';
    document.querySelector('.views [data-view=result]').hidden = isNotebook;
  });
  if (remembered(REMEMBERED)) setNotebook(true);
}

async function setNotebook(is) {
  if (is && await load() === undefined) return undefined;
  change({ isNotebook: is, view: 'script' });
  remember(REMEMBERED, is ? '1' : null);
  return loading;
}

/** @returns {Promise<import('./notebook.js').Notebook | undefined>} */
function load() {
  loading ??= Promise.all([import('./notebook.js'), styleSheet('notebook.css')]).then(([{ Notebook }]) => {
    const panel = element('section.panel.notebook', { 'aria-labelledby': 'notebook-title' });
    document.querySelector('main > .home').before(panel);
    return new Notebook(panel);
  }).catch(({ message }) => {
    loading = undefined;
    notify({ tone: 'warning', title: 'The notebook cannot be shown', text: 'A part of this page could not be loaded. Try again, or reload.', detail: message });
    return undefined;
  });
  return loading;
}

/** What a link should have: the notebook as a script, where that is shown. */
export async function shownScript(editor) {
  return state.isNotebook ? (await loading).script() : editor.text();
}

/** A script that came by a link is seen, also by who had the notebook last; one that is a notebook may be had as cells. */
export async function showScriptOrOffer(text) {
  if (!FIRST.test(text)) {
    await loading;
    if (state.isNotebook) setNotebook(false);
    return;
  }
  notify({
    title: 'This script is a notebook', text: 'Its cells can be added to those of your home.', tone: 'offer',
    actions: [{ label: 'Add the cells', act: async () => (await setNotebook(true))?.addAll(text) }, { label: 'Only the script', act: () => {} }],
  });
}
