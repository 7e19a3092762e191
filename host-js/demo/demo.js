/**
 * The demo page: an instance over IndexedDB, which other tabs may share, or over memory where the browser stores nothing.
 */

import { Cu, ExternalTable, LuaFunction, MemoryStore } from '../full.js';
import { IndexedDBStore } from '../store/indexeddb.js';

const NAME = 'cu-demo';

/** Storages that a page can do without: the reader is told. */
const WITHOUT = ['unsupported', 'denied'];

const element = (id) => document.getElementById(id);

async function openStore() {
  try {
    const store = await IndexedDBStore.open(NAME, { onChange: () => show() });
    element('where').textContent = `Kept in this browser: the database "${NAME}". Open this page in a second tab, too.`;
    return { store, turn: (action) => store.turn(action) };
  } catch (error) {
    if (!WITHOUT.includes(error.reason)) throw error;
    element('where').textContent = `Kept until this page is left: ${error.message}`;
    return { store: new MemoryStore(), turn: async (action) => action() };
  }
}

/** Text of a value, also of what JSON does not have. */
const textOf = (value) => JSON.stringify(value, (key, part) => {
  if (part instanceof LuaFunction) return 'a function';
  if (part instanceof ExternalTable) return `table ${part.id}`;
  return typeof part === 'bigint' ? String(part) : part;
}, 2);

let cu;
let turn;

function show() {
  if (cu !== undefined) element('home').textContent = textOf(cu.readHome());
}

async function run(code) {
  const returned = element('returned');
  const start = performance.now();
  const passed = () => (performance.now() - start).toFixed(1);
  try {
    let computed;
    const { values, output } = await turn(() => {
      const answer = cu.compute(code);
      computed = passed();
      return answer;
    });
    element('printed').textContent = output;
    returned.className = '';
    returned.textContent = `${values.map(textOf).join(', ')}\n(computed after ${computed} ms, kept after ${passed()} ms)`;
  } catch (error) {
    fail(error);
  }
  show();
}

function fail(error) {
  element('returned').className = 'error';
  element('returned').textContent = `${error.name}: ${error.message}`;
}

async function begin() {
  const opened = await openStore();
  turn = opened.turn;
  cu = await turn(() => Cu.create({ store: opened.store, now: () => Date.now() }));
  show();
  const runText = () => run(element('code').value);
  element('run').onclick = runText;
  element('clear').onclick = () => run('for key in pairs(_home) do _home[key] = nil end');
  element('code').onkeydown = (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) runText(); };
  for (const id of ['run', 'clear']) element(id).disabled = false;
  element('returned').textContent = '';
}

begin().catch(fail);
