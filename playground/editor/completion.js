/** Completion of globals, of what lies below them, and of the keys of `_home`: as scripts would find them now. */

const KEYWORDS = ['and', 'break', 'do', 'else', 'elseif', 'end', 'false', 'for', 'function', 'goto', 'if', 'in', 'local', 'nil', 'not', 'or', 'repeat', 'return', 'then', 'true', 'until', 'while'];
const TYPES = { function: 'function', table: 'namespace' };
/** What is asked in Lua: names with dots, and nothing that could run. */
const WAY = /^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*$/;

/** @param {(way: string) => Promise<[string, string][]>} namesBelow names and types, none where they cannot be had now */
export const completeWith = (namesBelow) => (context) => complete(context, namesBelow);

async function complete(context, namesBelow) {
  const typed = context.matchBefore(/[A-Za-z_][\w.]*/);
  if (typed === null || isText(context, typed.from)) return null;
  const dot = typed.text.lastIndexOf('.');
  const way = dot < 0 ? '_G' : typed.text.slice(0, dot);
  if (!WAY.test(way)) return null;
  const names = await namesBelow(way);
  // The reader went on meanwhile, by running the script, say.
  if (!context.view.hasFocus) return null;
  const options = names.map(([label, type]) => ({ label, type: TYPES[type] ?? 'variable', detail: type }));
  if (dot < 0) options.push(...KEYWORDS.map((label) => ({ label, type: 'keyword' })), ...localsBefore(context));
  return { from: typed.from + dot + 1, options, validFor: /^\w*$/ };
}

/** In a comment, or behind an odd number of quotes of its line. */
function isText(context, from) {
  const before = context.state.doc.lineAt(from);
  const text = before.text.slice(0, from - before.from);
  return text.includes('--') || (text.match(/["']/g) ?? []).length % 2 === 1;
}

/** Names that the script declares above, without their scopes. */
function localsBefore(context) {
  const names = new Set();
  for (const [, list] of context.state.sliceDoc(0, context.pos).matchAll(/\b(?:local|for)\s+(?:function\s+)?([A-Za-z_][\w, \t]*)/g)) {
    for (const name of list.split(',')) names.add(name.trim().split(/\s/)[0]);
  }
  return [...names].filter((name) => name !== '' && !KEYWORDS.includes(name)).map((label) => ({ label, type: 'variable', detail: 'local' }));
}
