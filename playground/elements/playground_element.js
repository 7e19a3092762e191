/**
 * <cu-playground>: a script with an editor, and what it prints and returns.
 *
 * Invariant: one script runs at a time; its result is shown, told to listeners, and answered to who called `run`.
 */

import { growingEditor } from '../editor/growing.js';
import { stillEditor } from '../editor/still.js';
import { attempt } from '../engine/attempt.js';
import { plainValue } from '../engine/plain_values.js';
import { ROWS } from '../engine/walk.js';
import { element } from '../views/elements.js';
import { figuresText, outputElements } from '../views/output.js';
import { CuElement, problemElement, waysOn } from './element.js';
import { dedented, fetchedScript } from './script_text.js';

const DEFAULT_LIMIT_MS = 5000;

/** What ends a script that is stopped, in the words of one that the clock stopped. */
class StoppedError extends Error {
  name = 'LuaError';
  errorClass = 'interrupted';
}

export class CuPlaygroundElement extends CuElement {
  static observedAttributes = ['code', 'src', 'home', 'memory', 'readonly', 'theme'];

  static properties = ['code', 'src', 'home', 'memory', 'readonly', 'theme', 'timeLimit', 'functions'];

  /** Of the last run that ended; undefined before. */
  result = undefined;

  #text;
  #editor;
  #parts;
  #visible;
  /** The file whose text it has. */
  #loaded;
  #loading;
  #running;

  begin() {
    this.#parts = this.#build();
    this.shadowRoot.append(this.#parts.panel);
    this.#text ??= this.getAttribute('code') ?? dedented(this.textContent);
    this.#mountEditor();
    const started = this.hasAttribute('src') && this.src !== this.#loaded ? this.#load() : Promise.resolve(true);
    // Who listens for its events may do so right after the element was made.
    if (this.hasAttribute('run')) started.then((isThere) => { if (isThere && this.hasParts) this.run().catch(() => {}); });
  }

  end() {
    this.#loading?.abort();
    this.#text = this.#editor.text();
    this.#endEditor();
    this.#parts = undefined;
  }

  /** The script as it is now. */
  get code() { return this.#editor === undefined ? this.#text ?? this.getAttribute('code') ?? dedented(this.textContent) : this.#editor.text(); }

  set code(text) {
    this.#loading?.abort();
    this.#text = String(text);
    this.#editor?.replace(this.#text);
    this.#fit();
  }

  get src() { return this.getAttribute('src'); }

  set src(url) { this.reflect('src', url); }

  get readonly() { return this.hasAttribute('readonly'); }

  set readonly(is) { this.toggleAttribute('readonly', Boolean(is)); }

  /** Milliseconds, 0 for none. */
  get timeLimit() {
    const limit = this.hasAttribute('time-limit') ? Number(this.getAttribute('time-limit')) : NaN;
    return limit >= 0 && limit < Infinity ? limit : DEFAULT_LIMIT_MS;
  }

  set timeLimit(limit) { this.reflect('time-limit', limit); }

  /** What scripts may call below `host`: set it before the first run, or globals begin anew. */
  get functions() { return this.offered; }

  set functions(functions) {
    this.offered = Object(functions);
    this.place?.renew();
  }

  get running() { return this.#running !== undefined; }

  /**
   * Runs the script. While one runs, that one's promise is answered.
   * @returns {Promise<{ values: unknown[], printed: string, output: unknown }>}
   */
  run() {
    if (!this.hasParts) return Promise.reject(new Error('cu-playground runs a script only while it is in a document'));
    if (this.#running === undefined) {
      const stop = new AbortController();
      const done = this.#attempt(this.code, stop.signal).finally(() => {
        this.#running = undefined;
        this.#showPhase();
      });
      this.#running = { stop, done };
      this.#showPhase();
    }
    return this.#running.done;
  }

  /** Ends the script that runs, within a second. */
  async stop() {
    if (this.#running === undefined) return;
    const { stop, done } = this.#running;
    stop.abort(new StoppedError('the script was stopped'));
    this.#showPhase();
    await done.catch(() => {});
  }

  attributeChangedCallback(name, ...values) {
    // Not what was written before it was taken out of its page.
    if (name === 'code' && !this.hasParts) this.#text = undefined;
    super.attributeChangedCallback(name, ...values);
  }

  changedAttribute(name) {
    if (name === 'code') this.code = this.getAttribute('code') ?? '';
    else if (name === 'src' && this.hasAttribute('src')) this.#load();
    else if (name === 'readonly') {
      this.#text = this.#editor.text();
      this.#endEditor();
      this.#mountEditor();
    }
  }

  changedHome() {
    this.#showName();
  }

  /** Others may go on there: what runs here does not keep them from it. */
  leaveHome() {
    this.#running?.stop.abort(new StoppedError('the element left its home'));
    super.leaveHome();
  }

  // ---- what is seen ----

  #build() {
    const name = element('span.name', { part: 'label' });
    const stop = element('button.danger', { type: 'button', part: 'button stop', hidden: true }, 'Stop', element('kbd', { 'aria-hidden': 'true' }, 'Esc'));
    const run = element('button.primary', { type: 'button', part: 'button run' }, 'Run', element('kbd', { 'aria-hidden': 'true' }, 'Ctrl ↵'));
    const editor = element('div.editor', { part: 'editor' });
    const figures = element('span.figures', { part: 'figures' });
    const result = element('div.body', { part: 'result', role: 'group', 'aria-label': 'Output', 'aria-live': 'polite', tabIndex: 0, hidden: true });
    const tools = element('div.tools', { part: 'toolbar', role: 'group', 'aria-label': 'Running' }, name, element('span.space'), figures, stop, run);
    const panel = element('div.panel', { part: 'base' }, tools, editor, result);
    run.addEventListener('click', () => this.run().catch(() => {}));
    stop.addEventListener('click', () => this.stop());
    panel.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.run().catch(() => {});
      else if (event.key === 'Escape' && this.running) this.stop();
      else return;
      event.preventDefault();
    });
    return { panel, name, run, stop, editor, result, figures };
  }

  #mountEditor() {
    const { editor: place } = this.#parts;
    const isStill = this.readonly;
    for (const [name, value] of Object.entries({ tabindex: '0', role: 'group', 'aria-label': 'Lua script' })) {
      if (isStill) place.setAttribute(name, value);
      else place.removeAttribute(name);
    }
    this.#editor = isStill ? stillEditor(place, this.#text)
      : growingEditor(place, this.#text, { names: (way) => this.#names(way), onMissing: () => {} });
    this.#fit();
    this.#showName();
    // The editor is larger than all else, and whoever does not scroll to it does without.
    this.#visible = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#visible.disconnect();
      this.#editor.load();
    });
    this.#visible.observe(this);
  }

  #endEditor() {
    this.#visible.disconnect();
    this.#editor.end();
    this.#editor = undefined;
  }

  /** A textarea is as high as its text, as what comes in its place is. */
  #fit() {
    const area = this.#parts?.editor.querySelector('textarea');
    if (area) area.rows = area.value.split('\n').length;
  }

  #showName() {
    this.#parts.name.textContent = this.home ?? 'Lua';
  }

  #showPhase() {
    if (this.#parts === undefined) return;
    const { run, stop, result, figures } = this.#parts;
    const hadFocus = [run, stop].includes(this.shadowRoot.activeElement);
    run.hidden = this.running;
    stop.hidden = !this.running;
    stop.disabled = this.running && this.#running.stop.signal.aborted;
    if (hadFocus) (this.running ? stop : run).focus();
    if (!this.running) return;
    result.hidden = false;
    figures.textContent = '';
    result.replaceChildren(element('p.empty', {}, 'Running…'));
  }

  #showResult(result) {
    if (this.#parts === undefined) return;
    const { place } = this;
    const read = (table, after) => place.look().then((engine) => engine.page(table, after, ROWS));
    this.#parts.result.replaceChildren(...outputElements(result, { read, showLine: (line) => this.#editor.showLine(line) }));
    this.#parts.figures.textContent = figuresText(result.figures, !place.home.isInMemory);
    this.#editor.mark(result.kind === 'error' && result.line !== undefined ? result : undefined);
  }

  #showProblem(error, ways, own) {
    if (this.#parts === undefined) return;
    this.#parts.result.hidden = false;
    this.#parts.result.replaceChildren(problemElement(error, ways, own));
  }

  // ---- what is done ----

  async #attempt(text, signal) {
    const place = this.takePlace({ onChange: () => {} });
    const engine = await place.engine().catch((error) => {
      if (place === this.place) this.#showProblem(error, waysOn(place, () => this.run().catch(() => {})));
      this.fail(error);
      throw error;
    });
    const result = await attempt(engine, text, { limit: this.timeLimit, signal });
    await place.ran().catch(() => {});
    return this.#ended(result, place);
  }

  #ended(result, place) {
    const { printed, kind, error, line, message } = result;
    if (place === this.place) this.#showResult(result);
    if (kind === 'error') {
      this.result = { error, printed };
      this.tell('cu-error', { error, message, line, printed });
      throw error;
    }
    this.result = { values: result.returned.map(plainValue), printed, output: plainValue(result.putOut) };
    this.tell('cu-result', this.result);
    return this.result;
  }

  /** @returns {Promise<boolean>} whether the element has the text of its file */
  async #load() {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    try {
      const { src } = this;
      const text = await fetchedScript(src, loading.signal);
      if (loading.signal.aborted) return false;
      this.code = text;
      this.#loaded = src;
      return true;
    } catch (error) {
      if (loading.signal.aborted) return false;
      this.#showProblem(error, { retry: () => this.#load() }, { title: 'The script cannot be read', text: '' });
      this.fail(error);
      return false;
    }
  }

  /** For completion: none while a script runs, and none before one did. */
  async #names(way) {
    const own = this.place?.own;
    return own === undefined || this.running ? [] : own.names(way).catch(() => []);
  }
}
