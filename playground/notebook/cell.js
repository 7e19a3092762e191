/**
 * One cell as it is seen: what can be done with it, its editor or its text, and what came of its last run.
 *
 * Invariant: what is written in it is told to who keeps it, a moment later and before anything else is done with the cell.
 */

import { names, onMissing } from '../editor/editor.js';
import { growingEditor } from '../editor/growing.js';
import { element } from '../views/elements.js';
import { largeElement } from './large.js';
import { markdownElements } from './markdown.js';
import { stillElement } from './still.js';

/** After the last letter. */
const WRITE_MS = 300;
const KINDS = { lua: 'Lua', text: 'Text' };

export class CellView {
  /**
   * @param {{ id: number, kind: 'lua' | 'text', text?: string, bytes?: number, problem?: string }} cell as cells.js has it
   * @param {{ run: () => void, runFrom: () => void, move: (by: number) => void, remove: () => void, add: (kind: string) => void, write: (text: string) => void,
   *   download: () => void }} acts
   */
  constructor(cell, acts) {
    const { id, kind, text } = cell;
    Object.assign(this, { id, kind, acts, cell, writing: undefined, isEditing: false, isShowing: false, wasWritten: false, error: undefined });
    this.isLarge = text === undefined;
    this.place = element('div');
    this.output = element('div.cell-output', { 'aria-live': 'polite' });
    this.number = element('span.number');
    this.buttons = this.makeButtons();
    const { main, from, up, down, remove } = this.buttons;
    this.element = element(`li.cell.${kind}`, {},
      element('div.cell-tools', {}, this.number, main, element('span.space'), from, up, down, remove),
      this.place, this.output,
      element('div.insert', { role: 'group', 'aria-label': 'Add a cell below' }, button('+ Lua', () => acts.add('lua')), button('+ Text', () => acts.add('text'))));
    if (this.isLarge) this.place.append(largeElement(cell, acts.download));
    else this.show(text);
  }

  makeButtons() {
    const { acts, kind, isLarge } = this;
    const isLua = kind === 'lua';
    return {
      main: !isLarge && isLua ? button('Run', () => acts.run()) : !isLarge && button('Edit', () => this.toggle()),
      from: !isLarge && isLua && button('Run from here', () => acts.runFrom(), 'button.plain.from'),
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

  /** Whether this is how a cell is seen: in another home one with its number may be of the other kind, and a script may make one too large. */
  isOf({ kind, bytes, problem }) {
    return kind === this.kind && bytes === this.cell.bytes && problem === this.cell.problem;
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
    this.error = undefined;
    this.editor.replace(text);
    this.isShowing = false;
  }

  text() {
    return this.editor === undefined ? this.written : this.editor.text();
  }

  // ---- text ----

  show(text) {
    this.written = text;
    if (this.kind === 'lua') {
      this.place.className = 'editor';
      const still = stillElement(text);
      still.addEventListener('focus', () => this.focus());
      this.place.replaceChildren(still);
      return;
    }
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

  /** Lua that is seen, or nearly, has an editor: a text field at once, and then one with colours, which are not for text. */
  async wake() {
    if (this.isLarge || this.kind !== 'lua' || this.editor !== undefined) return;
    this.edit(this.written);
    const { editor } = this;
    await editor.load().catch(() => {});
    if (this.editor === editor) editor.mark(this.error);
  }

  /** No one sees it any more. Where something was written the editor stays, with what can be taken back in it. */
  rest() {
    if (this.kind !== 'lua' || this.editor === undefined || this.wasWritten || this.editor.hasFocus()) return;
    const text = this.text();
    this.endEditor();
    this.show(text);
  }

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
      this.wasWritten = true;
      clearTimeout(this.writing);
      this.writing = setTimeout(() => this.flush(), WRITE_MS);
    });
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
    this.wake();
    if (this.editor !== undefined) this.editor.focus();
    else (this.buttons.main || this.buttons.remove).focus();
  }

  // ---- runs ----

  showRunning(isRunning) {
    const { main } = this.buttons;
    this.element.classList.toggle('running', isRunning);
    main.textContent = isRunning ? 'Stop' : 'Run';
    if (isRunning) {
      this.mark(undefined);
      this.output.replaceChildren(element('p.empty', {}, 'Running…'));
    }
  }

  /** @param {Element[]} elements of its result */
  showResult(elements, error) {
    this.output.replaceChildren(...elements);
    this.mark(error);
  }

  /** Where many were run, the one at which it ended may be far from what is seen. */
  showOutput() {
    this.output.scrollIntoView({ block: 'nearest' });
  }

  mark(error) {
    this.error = error;
    this.editor?.mark(error);
  }

  async showLine(line) {
    await this.wake();
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
