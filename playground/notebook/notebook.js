/**
 * The notebook: cells in a list, which are kept in the home; each can be run, or all from one on.
 *
 * Invariant: what is shown is what the home has, but for what is being written at this moment.
 */

import { notify } from '../actions/notices.js';
import { runAs, stop } from '../actions/run.js';
import { current } from '../actions/session.js';
import { ROWS } from '../engine/walk.js';
import { explain } from '../messages.js';
import { state, whenChanged } from '../state.js';
import { element } from '../views/elements.js';
import { outputElements } from '../views/output.js';
import { button, CellView } from './cell.js';
import { Cells, textOf } from './cells.js';
import EXAMPLE from './example.lua';
import { fromScript, toScript } from './format.js';
import { download } from './large.js';
import { Near } from './near.js';
import NOTEBOOK from './notebook.lua';

const read = (table, after) => current().page(table, after, ROWS);

export class Notebook {
  constructor(panel) {
    this.cells = new Cells(async (name, ...args) => current().askIn(NOTEBOOK, name, args, { permissions: {} }), () => this.show());
    /** @type {Map<number, CellView>} */
    this.views = new Map();
    this.running = undefined;
    this.isStopped = false;
    this.list = element('ol.cells');
    this.nothing = element('div.empty.nothing', { hidden: true },
      element('p', {}, 'No cells yet. What you write here is kept in ', element('code', {}, '_home.notebook'), ': it is there after a reload, and in exports.'),
      element('div.choices', {}, button('Lua cell', () => this.add(0, 'lua')), button('Text cell', () => this.add(0, 'text')), button('An example', () => this.addAll(EXAMPLE))));
    this.undo = button('Undo', () => this.attempt('Nothing was taken back', () => this.cells.undo()));
    this.runAll = button('Run all', () => (this.running === undefined ? this.run(this.cells.list) : this.stop()), 'button.primary');
    const body = element('div.body', { role: 'group', 'aria-label': 'Cells', tabIndex: -1 }, this.nothing, this.list);
    panel.append(element('div.head', {}, element('h2', { id: 'notebook-title' }, 'Notebook'), element('span.space'), this.undo, this.runAll), body);
    this.near = new Near(body);
    panel.addEventListener('keydown', (event) => this.press(event), true);
    // Other tabs, whatever puts another home in the place of this one, and scripts that ran while this was not shown.
    whenChanged(['page', 'phase', 'isNotebook'], ({ phase, page }) => {
      if (phase === 'ready' && page !== undefined && state.isNotebook) this.read();
      this.showButtons();
    });
    whenChanged(['homes'], () => {
      for (const view of this.views.values()) view.forget();
      this.cells.forget();
    });
    addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') this.flush(); });
    this.read();
  }

  read() {
    return this.attempt('The notebook cannot be read', () => (state.phase === 'ready' ? this.cells.read() : undefined));
  }

  /** As one script, for links: with all text, so what is too large for a link is told as such. */
  async script() {
    const cells = [];
    for (const { id, kind, text, problem } of this.cells.list) {
      const whole = problem === undefined ? this.views.get(id)?.text() ?? text ?? textOf(await this.cells.wholeText(id)) : `-- This cell cannot be read: ${problem}`;
      cells.push({ kind, text: whole });
    }
    return toScript(cells);
  }

  // ---- what is shown ----

  show() {
    const { list } = this.cells;
    const cells = new Map(list.map((cell) => [cell.id, cell]));
    for (const [id, view] of this.views) {
      if (cells.has(id) && view.isOf(cells.get(id))) continue;
      // Nobody loses what they write, when another tab removes the cell.
      view.flush();
      view.end();
      this.near.remove(view);
      this.views.delete(id);
    }
    list.forEach((cell, index) => {
      const view = this.views.get(cell.id) ?? this.makeView(cell);
      // Whoever is in a cell that is moved stays in it.
      const { activeElement } = document;
      if (this.list.children[index] !== view.element) {
        this.list.insertBefore(view.element, this.list.children[index] ?? null);
        if (view.element.contains(activeElement)) activeElement.focus();
      }
      view.showPlace(index, list.length);
      view.showText(cell.text);
    });
    this.nothing.hidden = list.length > 0;
    this.showButtons();
  }

  makeView(cell) {
    const { id } = cell;
    const at = () => this.cells.indexOf(id);
    const view = new CellView(cell, {
      run: () => (this.running === id ? this.stop() : this.run([cell])),
      runFrom: () => this.run(this.cells.list.slice(at())),
      move: (by) => this.attempt('The cell was not moved', () => this.cells.move(id, by)).then(() => view.element.scrollIntoView({ block: 'nearest' })),
      remove: () => this.remove(id),
      add: (kind) => this.add(at() + 1, kind),
      write: (text) => this.attempt('This cell is not kept', () => this.cells.write(id, cell.kind, text)),
      download: () => this.attempt('The cell was not downloaded', async () => download(`cell-${at() + 1}.${cell.kind === 'lua' ? 'lua' : 'md'}`, await this.cells.wholeText(id))),
    });
    this.views.set(id, view);
    this.near.add(view);
    return view;
  }

  showButtons() {
    const isBusy = state.phase === 'running' || state.phase === 'stopping';
    this.undo.disabled = this.cells.undone.length === 0 || isBusy;
    this.runAll.textContent = this.running === undefined ? 'Run all' : 'Stop';
    this.runAll.className = this.running === undefined ? 'primary' : 'danger';
    this.runAll.disabled = this.running === undefined ? state.phase !== 'ready' || !this.cells.list.some(({ kind }) => kind === 'lua') : state.phase === 'stopping';
  }

  // ---- what a reader does ----

  async add(index, kind, text = '') {
    const id = await this.attempt('No cell was added', () => this.cells.add(index, kind, text));
    if (id === undefined) return;
    const view = this.views.get(id);
    if (kind === 'text' && text === '') view.toggle();
    view.focus();
    view.element.scrollIntoView({ block: 'nearest' });
  }

  /** Cells of a script, below those that are there. */
  async addAll(script) {
    for (const { kind, text } of fromScript(script.replace(/\n$/, ''))) {
      const id = await this.attempt('A cell was not added', () => this.cells.add(this.cells.list.length, kind, text));
      if (id === undefined) return;
    }
  }

  async remove(id) {
    const index = this.cells.indexOf(id);
    this.views.get(id).flush();
    await this.attempt('The cell is still there', () => this.cells.remove(id));
    // Who uses a keyboard goes on at the next one.
    const next = this.cells.list[Math.min(index, this.cells.list.length - 1)];
    if (next === undefined) this.nothing.querySelector('button').focus();
    else this.views.get(next.id).buttons.remove.focus();
  }

  /** One after another, up to the first that fails. */
  async run(cells) {
    if (this.running !== undefined || state.phase !== 'ready') return;
    this.flush();
    this.isStopped = false;
    for (const { id } of cells.filter(({ kind }) => kind === 'lua')) {
      const view = this.views.get(id);
      // Another tab may have removed it meanwhile.
      if (view === undefined) continue;
      if (view.isLarge) {
        view.showResult([element('p.note', {}, 'Not run, and nothing below it.')]);
        view.showOutput();
        break;
      }
      this.running = id;
      view.showRunning(true);
      const result = await runAs(view.text(), (each) => {
        this.running = undefined;
        view.showRunning(false);
        view.showResult(outputElements(each, { read, showLine: (line) => view.showLine(line) }), each.kind === 'error' && each.line !== undefined ? each : undefined);
      });
      if (result === undefined || result.kind === 'error' || this.isStopped) {
        view.showOutput();
        break;
      }
    }
    this.running = undefined;
    this.showButtons();
  }

  stop() {
    this.isStopped = true;
    return stop();
  }

  /** What was written reaches the home before anything else. */
  flush() {
    for (const view of this.views.values()) view.flush();
  }

  press(event) {
    const view = [...this.views.values()].find((each) => each.element.contains(event.target));
    const isEnter = event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (event.key === 'Escape' && view?.kind === 'text' && view.isEditing) view.done();
    else if (isEnter && view !== undefined && event.target.closest('.editor') !== null) this.enter(view, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Runs a cell, or shows its text; with Shift it goes on to the next one. */
  enter(view, goesOn) {
    if (view.kind === 'lua') this.run([view]);
    else view.done();
    const next = this.cells.list[this.cells.indexOf(view.id) + 1];
    if (goesOn && next !== undefined) this.views.get(next.id).focus();
  }

  async attempt(problem, action) {
    try {
      return await action();
    } catch (error) {
      const { text, detail, isKnown } = explain(error);
      notify({ tone: 'warning', title: problem, text: isKnown ? text : '', detail });
      return undefined;
    }
  }
}

