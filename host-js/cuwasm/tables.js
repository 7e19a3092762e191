/**
 * Tables by name and by id.
 *
 *   '_home', 'Memory'          the home
 *   '_home.users', 'users'     what is in the home under that name; with more dots, further in
 *   '_io'                      the table of input and output
 *   17, an ExternalTable       the table with that id
 *
 * Invariant: nothing that a caller passes reaches a table of the module itself.
 */

import { TABLE_HOME, TABLE_IO, TABLE_SYSTEM_FIRST } from '../abi.js';
import { decode, encodeKey } from '../codec.js';
import { CuError } from '../errors.js';
import { ExternalTable } from '../values.js';
import { refuse, shown } from './check.js';
import { callScript } from './script.js';

const HOME = '_home';
const HOME_NAMES = [HOME, 'Memory'];
const NEXT_TABLE = encodeKey('next_table');

const LOOK_UP = `
  local path, create = table.unpack(_io.input, 1, 2)
  local at = path[1] == '_io' and _io or _home
  for i = 2, #path do
    if at[path[i]] == nil and create then at[path[i]] = {} end
    at = at[path[i]]
    if at == nil then return nil, i end
    if type(at) ~= 'table' and type(at) ~= 'userdata' then return nil, i, type(at) end
  end
  return at`;

/** The names that lead to a table, the first of them '_home' or '_io'. */
function pathOf(table, what) {
  const names = table.split('.');
  if (names.includes('')) refuse(what, 'the name of a table, such as _home.users', table);
  if (HOME_NAMES.includes(names[0])) return [HOME, ...names.slice(1)];
  return names[0] === '_io' ? names : [HOME, ...names];
}

/** What names a table in `Data`: a way or a reference. It is not looked whether there is one. */
export function nameOf(cu, table, what = 'table') {
  if (typeof table === 'string') return pathOf(table, what).join('.');
  if (table instanceof ExternalTable) return new ExternalTable(checkId(cu, table.id, what));
  if (typeof table === 'number') return new ExternalTable(checkId(cu, table, what));
  return refuse(what, 'the name or the id of a table', table);
}

/**
 * The reference of a table.
 * @param {import('../instance.js').Cu} cu
 * @param {unknown} table
 * @param {{ what?: string, create?: boolean }} [options] create: tables that are not there are made
 */
export function tableOf(cu, table, { what = 'table', create = false } = {}) {
  const name = nameOf(cu, table, what);
  if (name instanceof ExternalTable) return name;
  const path = name.split('.');
  const [found, at, type] = callScript(cu, LOOK_UP, [path, create]).values;
  if (found instanceof ExternalTable) return found;
  const way = path.slice(0, at).join('.');
  throw new CuError(type === undefined ? `there is no table ${way}` : `${way} is no table of rows: it is a ${type}`);
}

/** An id beyond all that were given would one day be that of another table. */
function checkId(cu, id, what) {
  if (!Number.isSafeInteger(id) || id < TABLE_HOME || id >= TABLE_SYSTEM_FIRST) refuse(what, 'the id of a table', id);
  if (id === TABLE_IO || id === TABLE_HOME || id === cu.homeTable || cu.store.size(id) > 0) return id;
  const next = cu.store.get(TABLE_SYSTEM_FIRST, NEXT_TABLE);
  if (next !== undefined && id < decode(next)) return id;
  throw new CuError(`there is no table with the id ${shown(id)}`);
}

/** All tables of scripts that have entries, the home, and `_io`. */
export function tableInfo(cu) {
  const { homeTable, store } = cu;
  const ids = new Set([homeTable, TABLE_IO]);
  for (let id = store.nextTable(); id !== undefined && id < TABLE_SYSTEM_FIRST; id = store.nextTable(id)) ids.add(id);
  const tableIds = [...ids].sort((left, right) => left - right);
  return { memoryTableId: homeTable, homeTableId: homeTable, ioTableId: TABLE_IO, tableCount: tableIds.length, tableIds };
}
