/**
 * One cell as it is seen: what can be done with it, its editor or its text, and what came of its last run.
 *
 * Invariant: what is written in it is told to who keeps it, a moment later and before anything else is done with the cell.
 */

import { names, onMissing } from '../editor/editor.js';
import { growingEditor } from '../editor/growing.js';
import { element } from '../views/elements.js';
import { markdownElements } from './markdown.js';

/** After the last letter. */
const WRITE_MS = 300;
/** The last of the editors that are loaded: one after another, each in a task of its own, so that hundreds of cells do not hold the page up. */
let loading = Promise.resolve();
const KINDS = { lua: 'Lua', text: 'Text' };

export class CellView {
  /**
   * @param {{ id: number, kind: 'lua' | 'text', text: string }} cell
   * @param {{ run: () => void, runFrom: () => void, move: (by: number) => void, remove: () => void, add: (kind: string) => void, write: (text: string) => void }} acts
   */
  constructor({ id, kind, text }, acts) {
    Object.assign(this, { id, kind, acts, writing: undefined, isEditing: false, isShowing: false });
    this.place = element(`div.${kind === 'lua' ? 'editor' : 'prose'}`);
    this.output = element('div.cell-output', { 'aria-live': 'polite' });
    this.number = element('span.number');
    this.buttons = this.makeButtons();
    const { main, from, up, down, remove } = this.buttons;
    this.element = element(`li.cell.${kind}`, {},
      element('div.cell-tools', {}, this.number, main, element('span.space'), ...[from, up, down, remove].filter(Boolean)),
      this.place, this.output,
      element('div.insert', { role: 'group', 'aria-label': 'Add a cell below' }, button('+ Lua', () => acts.add('lua')), button('+ Text', () => acts.add('text'))));
    if (kind === 'lua') this.edit(text);
    else this.show(text);
  }

  makeButtons() {
    const { acts, kind } = this;
    const isLua = kind === 'lua';
    return {
      main: isLua ? button('Run', () => acts.run()) : button('Edit', () => this.toggle()),
      from: isLua && button('Run from here', () => acts.runFrom(), 'button.plain.from'),
      up: button('↑', () => acts.move(-1), 'button.plain.icon', 'Move up'), down: button('↓', () => acts.move(1), 'button.plain.icon', 'Move down'),
      remove: button('×', () => acts.remove(), 'button.plain.icon', 'Delete'),
    };
  }

  /** Where it is among the others. */
  showPlace(index, count) {
    const { up, down } = this.buttons;
    this.number.textContent = String(index + 1);
    up.disabled = index === 0;
    down.disabled = index === count - 1;
    const name = `Cell ${index + 1}, ${KINDS[this.kind]}`;
    if (this.element.getAttribute('aria-label') !== name) this.element.setAttribute('aria-label', name);
  }

  /** Text that came from elsewhere; not while somebody writes here. */
  showText(text) {
    if (this.text() === text || this.writing !== undefined || this.editor?.hasFocus()) return;
    if (this.editor === undefined) {
      this.show(text);
      return;
    }
    // Nobody wrote it here: written back it would be put over what another tab writes next.
    this.isShowing = true;
    this.editor.replace(text);
    this.isShowing = false;
  }

  text() {
    return this.editor === undefined ? this.written : this.editor.text();
  }

  // ---- text ----

  show(text) {
    this.written = text;
    this.isEditing = false;
    this.buttons.main.textContent = 'Edit';
    this.place.className = 'prose';
    this.place.replaceChildren(...text.trim() === '' ? [element('p.empty', {}, 'An empty cell of text.')] : markdownElements(text));
  }

  toggle() {
    if (this.isEditing) this.done();
    else {
      this.edit(this.written);
      this.editor.focus();
    }
  }

  /** Text is shown as it will be read. */
  done() {
    if (this.kind === 'lua' || !this.isEditing) return;
    this.flush();
    const text = this.text();
    this.endEditor();
    this.show(text);
    this.buttons.main.focus();
  }

  // ---- editors ----

  edit(text) {
    this.isEditing = true;
    if (this.kind === 'text') this.buttons.main.textContent = 'Done';
    this.place.className = 'editor';
    const label = this.kind === 'lua' ? 'Lua' : 'Text, in Markdown';
    this.editor = growingEditor(this.place, text, { names, onMissing, label });
    const fit = () => {
      const area = this.place.querySelector('textarea');
      if (area !== null) area.rows = Math.max(this.kind === 'lua' ? 1 : 3, area.value.split('\n').length);
    };
    fit();
    this.editor.whenChanged(() => {
      fit();
      if (this.isShowing) return;
      clearTimeout(this.writing);
      this.writing = setTimeout(() => this.flush(), WRITE_MS);
    });
    // Colours of Lua are not for text.
    if (this.kind !== 'lua') return;
    const { editor } = this;
    loading = loading.then(() => editor.load()).catch(() => {}).then(() => new Promise((resolve) => { setTimeout(resolve); }));
  }

  /** Tells now what was written. */
  flush() {
    if (this.writing === undefined) return;
    clearTimeout(this.writing);
    this.writing = undefined;
    this.acts.write(this.text());
  }

  /** What was written is not for the home that is there now. */
  forget() {
    clearTimeout(this.writing);
    this.writing = undefined;
  }

  endEditor() {
    this.editor?.end();
    this.editor = undefined;
  }

  focus() {
    if (this.editor !== undefined) this.editor.focus();
    else this.buttons.main.focus();
  }

  // ---- runs ----

  showRunning(isRunning) {
    const { main } = this.buttons;
    this.element.classList.toggle('running', isRunning);
    main.textContent = isRunning ? 'Stop' : 'Run';
    if (isRunning) {
      this.editor.mark();
      this.output.replaceChildren(element('p.empty', {}, 'Running…'));
    }
  }

  /** @param {Element[]} elements of its result */
  showResult(elements, error) {
    this.output.replaceChildren(...elements);
    this.editor?.mark(error);
  }

  showLine(line) {
    this.editor.showLine(line);
  }

  end() {
    this.forget();
    this.endEditor();
    this.element.remove();
  }
}

export function button(text, act, name = 'button.quiet', label = undefined) {
  const made = element(name, { type: 'button', 'aria-label': label, title: label }, text);
  made.addEventListener('click', act);
  return made;
}
