// The notebook where it needs no page: cells as a script, and what reaches the home when calls fail.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, encodeKey, MemoryStore } from '../../host-js/full.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { Cells, MOST_CHARACTERS } from '../../playground/notebook/cells.js';
import { fromScript, isNotebook, toScript } from '../../playground/notebook/format.js';
import { markdownElements } from '../../playground/notebook/markdown.js';

const NOTEBOOK = readFileSync(new URL('../../playground/notebook/notebook.lua', import.meta.url), 'utf8');
const below = randomBelow(seed);

test(`cells that are written as a script are read as they were (seed ${seed})`, () => {
  const lines = ['', ' ', '-- %%', '-- %% ', '-- %% [markdown]', '-- %% [markdown]  ', '%%', '%% [markdown]', '--', '-- ', '# a', 'print(1)', '\r', '  --x', '-- %% x'];
  for (let round = 0; round < 3000; round++) {
    const cells = Array.from({ length: below(5) }, () => ({
      kind: below(2) === 0 ? 'lua' : 'text', text: Array.from({ length: 1 + below(4) }, () => lines[below(lines.length)]).join('\n'),
    }));
    const script = toScript(cells);
    assert.deepEqual(fromScript(script), cells, JSON.stringify(script));
    assert.equal(isNotebook(script), cells.length > 0);
  }
});

test('a script of another program is read, and what is before its first mark is a cell', () => {
  assert.deepEqual(fromScript('x = 1\n-- %% [markdown]\n-- # T\n--text\nno comment\n-- %%\ny = 2'), [
    { kind: 'lua', text: 'x = 1' }, { kind: 'text', text: '# T\ntext\nno comment' }, { kind: 'lua', text: 'y = 2' },
  ]);
  assert.deepEqual(fromScript('\n\n-- %%\n'), [{ kind: 'lua', text: '' }]);
  assert.equal(isNotebook('print(1)\n-- %%'), false);
});

test('a notebook as a script is Lua, which runs its cells', async () => {
  const cu = await Cu.create();
  const cells = [{ kind: 'text', text: '# Title\n\n-- %% `code` ]]' }, { kind: 'lua', text: 'local x = 2\n-- %%' }, { kind: 'lua', text: 'return x * 21' }];
  assert.equal(cu.compute(toScript(cells)).value, 42);
});

test('a damaged or foreign `_home.notebook` is left as it is', async () => {
  const cu = await Cu.create();
  const own = 'setmetatable({}, { __index = function() while true do end end })';
  for (const there of ['7', '{ 1, 2 }', '{ last = "a", order = {}, cells = {} }', own, `{ last = 1, order = ${own}, cells = {} }`, `{ last = 1, order = { 1 }, cells = ${own} }`]) {
    cu.compute(`_home.notebook = ${there}`);
    cu.compute(NOTEBOOK);
    assert.throws(() => cu.call('notebook_put', [1, 'lua', 'x']), /_home\.notebook is there, and is no notebook/);
    assert.throws(() => cu.call('notebook_read', [1]), /is no notebook/);
  }
});

/** A script had given a number that was too small, and the next new cell took the place of one that was there. */
test('a new cell takes the place of no other one, whatever the last number is', async () => {
  const cu = await Cu.create();
  cu.compute('_home.notebook = { last = 0, order = { 1, 2 }, cells = { { kind = "text", text = "one" }, { kind = "text", text = "two" } } }');
  cu.compute(NOTEBOOK);
  assert.equal(cu.call('notebook_put', [3, 'lua', 'new']).value, 3);
  assert.deepEqual(cu.call('notebook_read', [1]).value.cells.map(({ text }) => text), ['one', 'two', 'new']);
});

/** 60,000 lines without a letter took 13 seconds, and as many brackets 3: the page stood still, each time it was opened. */
test('text of any form is shown in a time that grows with its length', () => {
  globalThis.document = { createElement: (localName) => ({ localName, append() {}, setAttribute() {} }) };
  try {
    for (const part of ['\n', 'a\n\n', '# a\n', '>\n', '- a\n', '1. a\n', '```\n', '---\n', '[', '[a](', '[a](b', '`a', '*a ', '**a ', '> > ', ' ', 'a\n  b\n']) {
      const text = part.repeat(MOST_CHARACTERS / part.length);
      const start = performance.now();
      markdownElements(text);
      const took = performance.now() - start;
      assert.ok(took < 700, `${JSON.stringify(part)}: ${took} ms`);
    }
  } finally {
    delete globalThis.document;
  }
});

/** They were left out without a word. */
test('long notebooks are read in parts, with the reason where a cell is none', async () => {
  const { cu, cells } = await cellsOver();
  for (let number = 1; number <= 6; number++) cu.call('notebook_put', [number, 'lua', `${number}`.repeat(40_000)]);
  cu.compute('local all = _home.notebook.cells all[2] = 5 all[3].text = {} all[5] = setmetatable({}, { __index = function() while true do end end }) all[6] = nil');
  await cells.read();
  assert.deepEqual(cells.list.map(({ id, text, problem }) => [id, text?.length, problem]), [
    [1, 40_000, undefined], [2, undefined, 'it is of the type number'], [3, undefined, 'its text is of the type table'], [4, 40_000, undefined],
    [5, undefined, 'it is a table with a metatable'], [6, undefined, 'it is of the type nil'],
  ]);
  for (const id of [2, 3, 5, 6]) await cells.remove(id);
  assert.deepEqual([cells.list.map(({ id }) => id), cu.compute('return #_home.notebook.order').value], [[1, 4], 2]);
});

/** All of them were one result, which one large cell made too large. */
test('a cell that is too large hides no other one, and can be deleted and put back', async () => {
  const { cu, cells } = await cellsOver();
  for (let number = 1; number <= 4; number++) cu.call('notebook_put', [number, 'lua', `return ${number}`]);
  cu.compute('_home.notebook.cells[2].text = ("é"):rep(300000) _home.notebook.cells[3].text = ("x"):rep(60001)');
  await cells.read();
  const shown = () => cells.list.map(({ id, text, bytes }) => [id, text ?? bytes]);
  const wanted = [[1, 'return 1'], [2, 600_000], [3, 60_001], [4, 'return 4']];
  assert.deepEqual(shown(), wanted);
  await cells.move(2, 1);
  await cells.remove(2);
  await cells.remove(3);
  assert.deepEqual(shown(), [wanted[0], wanted[3]]);
  for (let number = 0; number < 3; number++) await cells.undo();
  assert.deepEqual(shown(), wanted);
  assert.equal(await cells.wholeText(2), 'é'.repeat(300_000));
});

/** A damaged kind made the whole notebook unreadable. */
for (const field of ['text', 'kind']) {
  test(`a cell whose ${field} is damaged is shown as such, and can be deleted`, async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ store });
    cu.compute(NOTEBOOK);
    for (let number = 1; number <= 4; number++) cu.call('notebook_put', [number, 'lua', `return ${number}`]);
    const key = encodeKey(field);
    const third = [...store.tableIds()].filter((id) => store.get(id, key) !== undefined)[2];
    store.set(third, key, store.get(third, key).slice(0, 3));
    const { cells } = await cellsOver({ cu: await Cu.create({ store }) });
    await cells.read();
    assert.deepEqual(cells.list.map(({ text }) => text), ['return 1', 'return 2', undefined, 'return 4']);
    assert.match(cells.list[2].problem, new RegExp(`the value under key '${field}' .* is damaged`));
    await cells.remove(3);
    assert.deepEqual([cells.list.map(({ id }) => id), cells.undone], [[1, 2, 4], []]);
  });
}

/** Only their letters were counted, and the result had no room for all else. */
test('cells without a letter are read in parts, too', async () => {
  const { cu, cells } = await cellsOver();
  cu.compute('_home.notebook = { last = 9000, order = {}, cells = {} } local all = _home.notebook for id = 1, 9000 do all.order[id] = id all.cells[id] = { kind = "lua", text = "" } end');
  await cells.read();
  assert.equal(cells.list.length, 9000);
});

/** Cells over an instance here; the call with the number `failing` fails, before it does anything or after it did. */
async function cellsOver({ failing = Infinity, isAfter = false, cu } = {}) {
  cu ??= await Cu.create();
  cu.compute(NOTEBOOK);
  let count = 0;
  const ask = async (name, ...args) => {
    count += 1;
    const fails = count === failing;
    if (fails && !isAfter) throw new Error('this call fails');
    const { value } = cu.call(name, args);
    if (fails) throw new Error('this call fails');
    return value;
  };
  const cells = new Cells(ask, () => {});
  const home = () => {
    const { cells: found } = cu.call('notebook_read', [1]).value;
    return Array.isArray(found) ? found.map(({ id, kind, text }) => ({ id, kind, text })) : [];
  };
  return { cu, cells, home };
}

/** Some changes, each with what it makes of a list, or nothing where it is another one's. */
const CHANGES = [
  (cells) => cells.add(below(cells.list.length + 1), below(2) === 0 ? 'lua' : 'text', `text ${below(100)}`),
  (cells) => cells.list.length > 0 && cells.remove(cells.list[below(cells.list.length)].id),
  (cells) => cells.list.length > 0 && cells.move(cells.list[below(cells.list.length)].id, below(2) * 2 - 1),
  (cells) => {
    if (cells.list.length === 0) return undefined;
    const { id, kind } = cells.list[below(cells.list.length)];
    return cells.write(id, kind, `written ${below(100)}`);
  },
  (cells) => cells.undo(),
];

test(`what is shown is what the home has, after any changes, and all but what is written can be taken back (seed ${seed})`, async () => {
  for (let round = 0; round < 60; round++) {
    const { cells, home } = await cellsOver();
    for (let number = 0; number < 20; number++) {
      await CHANGES[below(CHANGES.length)](cells);
      assert.deepEqual(cells.list, home());
    }
    // Texts stay as they were written, the cells are those of the start: none.
    while (cells.undone.length > 0) {
      await cells.undo();
      assert.deepEqual(cells.list, home());
    }
    assert.deepEqual(cells.list, []);
  }
});

test(`a change that fails is not shown as done, and can be tried again (seed ${seed})`, async () => {
  for (let round = 0; round < 150; round++) {
    const isAfter = round % 2 === 1;
    const { cells, home } = await cellsOver({ failing: 1 + below(12), isAfter });
    for (let number = 0; number < 14; number++) {
      const before = cells.list;
      const undone = cells.undone.length;
      const failed = await Promise.resolve(CHANGES[below(CHANGES.length)](cells)).then(() => false, () => true);
      if (failed) {
        assert.equal(cells.list, before);
        assert.equal(cells.undone.length, undone);
        await cells.read();
        // What was written is shown, and reaches the home with the next try.
        for (const [id, text] of [...cells.unwritten]) {
          const cell = cells.list.find((each) => each.id === id);
          assert.equal(cell.text, text);
          await cells.write(id, cell.kind, text);
        }
      }
      assert.deepEqual(cells.list, home());
    }
  }
});

test('too long a cell and too many cells are refused, with the limit', async () => {
  const { cells, home } = await cellsOver();
  await assert.rejects(cells.add(0, 'lua', 'x'.repeat(60_001)), /60001 characters; at most 60000/);
  const id = await cells.add(0, 'lua', 'x');
  await assert.rejects(cells.write(id, 'lua', 'x'.repeat(60_001)), /60001 characters/);
  cells.list = new Array(300).fill(cells.list[0]);
  await assert.rejects(cells.add(0, 'lua', ''), /300 cells; at most 300/);
  assert.equal(home().length, 1);
});

test('what is written is shown and kept, though an older text is read meanwhile, or another tab removes the cell', async () => {
  const { cells, home } = await cellsOver();
  const id = await cells.add(0, 'lua', 'old');
  const shown = [];
  cells.onChange = () => shown.push(cells.list.map(({ text }) => text).join());
  await Promise.all([cells.read(), cells.write(id, 'lua', 'new'), cells.read()]);
  assert.deepEqual(shown, ['new', 'new']);
  assert.deepEqual(home().map(({ text }) => text), ['new']);
  await cells.ask('notebook_remove', id);
  await Promise.all([cells.read(), cells.write(id, 'lua', 'newer')]);
  assert.deepEqual(cells.list, [{ id, kind: 'lua', text: 'newer' }]);
  assert.deepEqual(home(), cells.list);
});

/** The text came back that had been there before. */
test('what is written while a long notebook is read, after its part was, is shown', async () => {
  const { cells } = await cellsOver();
  const id = await cells.add(0, 'lua', 'old');
  const { ask } = cells;
  let write;
  cells.ask = async (name, place, ...more) => {
    const answer = await ask(name, place, ...more);
    if (name !== 'notebook_read') return answer;
    if (place === 2) write = cells.write(id, 'lua', 'new');
    return place === 1 ? { ...answer, next: 2 } : answer;
  };
  await cells.read();
  assert.deepEqual(cells.list, [{ id, kind: 'lua', text: 'new' }]);
  await write;
  assert.equal(cells.list[0].text, 'new');
});
