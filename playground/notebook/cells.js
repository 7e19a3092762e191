/**
 * The cells of the notebook, as they are in the home, and what takes a change of them back.
 *
 * Invariant: one change after another reaches the home; what failed is neither shown as done nor forgotten. What was written here is shown until
 * the home has it, whatever is read of the home meanwhile.
 */

/** More is a file, and no cell. */
export const MOST_CHARACTERS = 60_000;
export const MOST_CELLS = 300;
const MOST_UNDONE = 50;

export class Cells {
  /**
   * @param {(name: string, ...args: unknown[]) => Promise<unknown>} ask a function of notebook.lua
   * @param {() => void} onChange the cells, or what can be taken back, are others
   */
  constructor(ask, onChange) {
    Object.assign(this, { ask, onChange, list: [], unwritten: new Map(), undone: [], last: Promise.resolve() });
  }

  /** Nothing of it is for another home. */
  forget() {
    this.unwritten.clear();
    this.undone = [];
    this.list = [];
    this.onChange();
  }

  /** Those of the home as it is now. */
  read() {
    return this.inTurn(async () => {
      const list = [];
      let place = 1;
      do {
        const { cells, next } = await this.ask('notebook_read', place);
        list.push(...listOf(cells));
        place = next;
      } while (place !== undefined && place !== null);
      // Some of it may have been written since its part was read.
      this.list = list.map((cell) => asListed(cell, this.unwritten.get(cell.id)));
      this.onChange();
    });
  }

  /** @returns {Promise<number>} its id */
  async add(index, kind, text = '') {
    this.check(text);
    if (this.list.length >= MOST_CELLS) throw new RangeError(`the notebook has ${this.list.length} cells; at most ${MOST_CELLS} are kept`);
    const id = await this.put(index, kind, text);
    this.keep({ label: 'the new cell', act: () => this.take(id) });
    return id;
  }

  async remove(id) {
    const index = this.indexOf(id);
    const cell = this.list[index];
    // What cannot be read cannot be put back.
    const text = cell.problem === undefined ? await this.wholeText(id) : undefined;
    await this.take(id);
    if (text !== undefined) this.keep({ label: 'the deleted cell', act: () => this.put(index, cell.kind, text, id) });
  }

  /** @returns {Promise<string | Uint8Array>} the text of a cell that may be too large to be shown */
  async wholeText(id) {
    return this.list[this.indexOf(id)].text ?? await this.ask('notebook_text', id);
  }

  /** @param {number} by -1 or 1 */
  async move(id, by) {
    const from = this.indexOf(id);
    const to = from + by;
    if (to < 0 || to >= this.list.length) return;
    await this.place(id, to);
    this.keep({ label: 'the move', act: () => this.place(id, from) });
  }

  /** Text that is being written is taken back by the editor. */
  async write(id, kind, text) {
    this.check(text);
    const before = this.list[this.indexOf(id)];
    if (before !== undefined && before.text === text && !this.unwritten.has(id)) return;
    this.unwritten.set(id, text);
    if (before !== undefined) before.text = text;
    await this.inTurn(() => this.ask('notebook_write', id, kind, text));
    if (this.unwritten.get(id) === text) this.unwritten.delete(id);
    // Another tab had removed it.
    if (this.indexOf(id) < 0) await this.read();
  }

  /** Takes the last change back that was made here. */
  async undo() {
    const change = this.undone.pop();
    if (change === undefined) return;
    try {
      await change.act();
    } catch (error) {
      this.undone.push(change);
      throw error;
    }
    this.onChange();
  }

  // ---- one change of the home, and of what is shown ----

  put(index, kind, text, id) {
    return this.inTurn(async () => {
      const made = await this.ask('notebook_put', index + 1, kind, text, id);
      const others = this.list.filter((each) => each.id !== made);
      this.list = [...others.slice(0, index), asListed({ id: made, kind, text }), ...others.slice(index)];
      this.onChange();
      return made;
    });
  }

  take(id) {
    return this.inTurn(async () => {
      await this.ask('notebook_remove', id);
      this.list = this.list.filter((cell) => cell.id !== id);
      this.onChange();
    });
  }

  place(id, index) {
    return this.inTurn(async () => {
      await this.ask('notebook_move', id, index + 1);
      const cell = this.list.find((each) => each.id === id);
      // Another tab removed it.
      if (cell === undefined) return;
      const others = this.list.filter((each) => each !== cell);
      this.list = [...others.slice(0, index), cell, ...others.slice(index)];
      this.onChange();
    });
  }

  inTurn(action) {
    const done = this.last.then(action);
    this.last = done.catch(() => {});
    return done;
  }

  keep(change) {
    this.undone = [...this.undone, change].slice(-MOST_UNDONE);
    this.onChange();
  }

  check({ length }) {
    if (length > MOST_CHARACTERS) throw new RangeError(`the cell has ${length} characters; at most ${MOST_CHARACTERS} are kept`);
  }

  indexOf(id) {
    return this.list.findIndex((cell) => cell.id === id);
  }
}

/** An empty table of Lua comes as one without names. */
const listOf = (table) => (Array.isArray(table) ? table : []);

/** As it is shown: one that is too large without its text, with its size, and one that cannot be read with the reason. */
function asListed({ id, kind, text, bytes, problem }, written) {
  const own = written ?? (text === undefined ? undefined : textOf(text));
  if (own !== undefined && own.length <= MOST_CHARACTERS) return { id, kind, text: own };
  return { id, kind, text: undefined, bytes: bytes ?? bytesOf(text), problem };
}

/** A script may have put bytes there that are no text. */
export const textOf = (text) => (typeof text === 'string' ? text : new TextDecoder().decode(text));
const bytesOf = (text) => (typeof text === 'string' ? new TextEncoder().encode(text) : Object(text)).length;
