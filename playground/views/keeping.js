/** Snapshots and files: below the head of the home, when it is asked for; and files that are dropped anywhere on the page. */

import { deleteSnapshot, exportHome, importHome, loadSnapshot, readSnapshots, reset, saveSnapshot } from '../actions/keeping.js';
import { change, whenChanged } from '../state.js';
import { byId, element } from './elements.js';
import { bytes } from './numbers.js';
import { visible } from './value.js';

const times = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

export function showKeeping() {
  const panel = byId('keeping');
  const toggle = byId('keep');
  const list = element('ul.snapshots');
  panel.append(saveForm(), list, fileButtons());
  toggle.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute('aria-expanded', String(!panel.hidden));
    if (!panel.hidden) readSnapshots();
  });
  whenChanged(['snapshots'], ({ snapshots }) => list.replaceChildren(...(snapshots.length === 0
    ? [element('li.note', {}, 'No snapshots yet. One keeps the whole home as it is now, under a name.')] : snapshots.map(snapshotElement))));
  whenChanged(['storage'], ({ storage }) => { byId('encrypt').hidden = storage === undefined || storage.kind === 'memory' || storage.isEncrypted; });
  takeDrops();
}

function saveForm() {
  const name = element('input', { type: 'text', maxLength: 80, required: true, placeholder: 'Name of a snapshot', 'aria-label': 'Name of a snapshot', autocomplete: 'off' });
  const form = element('form.row', {}, name, element('button.quiet', { type: 'submit' }, 'Keep'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await saveSnapshot(name.value.trim() || 'unnamed');
    name.value = '';
  });
  return form;
}

function snapshotElement({ name, bytes: size, time }) {
  return element('li', {},
    element('span.name', {}, visible(name)),
    element('span.note', {}, `${times.format(time)}, ${bytes(size)}`),
    button('Load', () => loadSnapshot(name), { 'aria-label': `Load ${name}` }),
    button('Delete', () => deleteSnapshot(name), { 'aria-label': `Delete ${name}` }));
}

function fileButtons() {
  const input = element('input', { type: 'file', hidden: true, 'aria-label': 'File to import' });
  input.addEventListener('change', () => {
    if (input.files.length > 0) importHome(input.files[0]);
    input.value = '';
  });
  return element('div.row', {},
    button('Export', exportHome), button('Import', () => input.click()), input,
    button('Empty the home', reset, { id: 'reset' }), button('Passphrase', () => change({ asksPassphrase: true }), { id: 'encrypt' }));
}

function button(label, act, properties = {}) {
  const made = element('button.quiet', { type: 'button', ...properties }, label);
  made.addEventListener('click', act);
  return made;
}

function takeDrops() {
  const hasFiles = (event) => event.dataTransfer !== null && Array.from(event.dataTransfer.types).includes('Files');
  const show = (isOver) => { document.body.classList.toggle('dropping', isOver); };
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  addEventListener('dragleave', ({ relatedTarget }) => { if (relatedTarget === null) show(false); });
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    importHome(event.dataTransfer.files[0]);
  });
}
