/**
 * A notebook as one script of Lua, for links and for other programs: the percent format of Jupytext.
 *
 *   -- %% [markdown]       a cell of text, each line as a comment
 *   -- # Title
 *   -- %%                  a cell of Lua
 *   print(1)
 *
 * Invariant: cells that were written are read as they were. A line of a cell that looks like a mark gets a space at its end, which is taken
 * away again.
 */

const MARK = /^-- %%( \[markdown\])?$/;
const ESCAPED = /^-- %%( \[markdown\])? +$/;

export const isNotebook = (text) => MARK.test(text.split('\n', 1)[0]);

/** @param {{ kind: 'lua' | 'text', text: string }[]} cells */
export function toScript(cells) {
  return cells.map(({ kind, text }) => {
    const lines = text.split('\n').map((line) => escaped(kind === 'lua' ? line : line === '' ? '--' : `-- ${line}`));
    return [kind === 'lua' ? '-- %%' : '-- %% [markdown]', ...lines].join('\n');
  }).join('\n');
}

/** @returns {{ kind: 'lua' | 'text', text: string }[]} what is before the first mark is a cell of Lua, if it is more than space */
export function fromScript(text) {
  const cells = [{ kind: 'lua', lines: [] }];
  for (const line of text.split('\n')) {
    const mark = MARK.exec(line);
    if (mark !== null) cells.push({ kind: mark[1] === undefined ? 'lua' : 'text', lines: [] });
    else cells[cells.length - 1].lines.push(ESCAPED.test(line) ? line.slice(0, -1) : line);
  }
  const [first, ...rest] = cells;
  return [...(first.lines.join('').trim() === '' ? [] : [first]), ...rest].map(({ kind, lines }) => (
    { kind, text: lines.map((line) => (kind === 'lua' ? line : line.replace(/^-- ?/, ''))).join('\n') }
  ));
}

const escaped = (line) => (MARK.test(line) || ESCAPED.test(line) ? `${line} ` : line);
