/**
 * Hosts that break the contract in one way each, to see that the kit notices: a change of the machine behind an instance of host-js, and the
 * clauses that it does not meet.
 */

import { KEY_RESULT, PAGE_DESCENDING, TABLE_CONTROL, TABLE_IO } from '../../../host-js/abi.js';
import { decodeText } from '../../../host-js/text.js';

const MOST_BYTES = 65536;

/** Puts another method in the place of one, which gets that one first. */
function replace(object, name, method) {
  const usual = object[name];
  object[name] = (...words) => method(usual.bind(object), ...words);
}

const import_ = (name, method) => ({ imports }) => replace(imports, name, method);

/** In the place of `replace` for what belongs to the store, which instances share: it is changed once. */
const changed = new WeakSet();

function ofStore(change) {
  return ({ store }) => {
    if (changed.has(store)) return;
    changed.add(store);
    change(store);
  };
}

export const BROKEN_HOSTS = {
  'answers absence where its store fails': { clauses: ['failures'], change: import_('tableGet', (usual, ...words) => Math.max(usual(...words), -1)) },
  'gives as much of a value as has room': { clauses: ['io'], change: import_('tableGet', (usual, table, key, length, into, room) => {
    const answer = usual(table, key, length, into, room);
    return table === TABLE_CONTROL ? answer : Math.min(answer, room);
  }) },
  'says that it stored what it did not': { clauses: ['keys'], change: import_('tableSet', (usual, table, ...words) => (table === TABLE_CONTROL ? usual(table, ...words) : 0)) },
  'loses values that are long': { clauses: ['io'], change: import_('tableSet', (usual, table, key, length, value, size) => (size > MOST_BYTES ? 0 : usual(table, key, length, value, size))) },
  'deletes nothing': { clauses: ['pages', 'journal'], change: import_('tableDelete', () => 0) },
  'counts one key more': { clauses: ['pages'], change: import_('tableSize', (usual, table) => usual(table) + 1) },
  'has one page of keys': { clauses: ['pages'], change: ({ imports }) => replace(imports, 'tableKeys', (usual, table, pointer, room) => (
    imports.memory.readU32(pointer >>> 0) > 0 ? 0 : usual(table, pointer, room))) },
  'has one key in a page': { clauses: ['pages'], change: ({ imports }) => replace(imports, 'tableKeys', (usual, table, pointer, room) => {
    const answer = usual(table, pointer, room);
    return answer <= 0 ? answer : 4 + imports.memory.readU32(pointer >>> 0);
  }) },
  'knows no descending order': { clauses: ['pages'], change: ({ imports }) => replace(imports, 'tableKeys', (usual, table, pointer, room) => {
    const { memory } = imports;
    memory.writeU32(pointer >>> 0, memory.readU32(pointer >>> 0) % PAGE_DESCENDING);
    return usual(table, pointer, room);
  }) },
  'begins a page with the last key seen': { clauses: ['pages'], change: ofStore((store) => {
    replace(store, 'keys', (usual, table, after, descending, emit) => {
      if (after !== undefined && store.get(table, after) !== undefined && !emit(after)) return;
      usual(table, after, descending, emit);
    });
  }) },
  'tells no instance of what others changed': { clauses: ['epochs'], change: ({ control }) => replace(control, 'nextEpoch', () => {}) },
  'leaves a spilled result in the store': { clauses: ['spills'], change: ofStore((store) => {
    replace(store, 'delete', (usual, table, key) => {
      if (table !== TABLE_IO || decodeText(key, 0, key.length) !== KEY_RESULT) usual(table, key);
    });
  }) },
  'keeps its first configuration': { clauses: ['config', 'permissions'], change: ({ control }) => replace(control, 'override', () => {}) },
  'has a clock in seconds': { clauses: ['clock'], change: ({ control }) => { if (control.now) replace(control, 'now', (usual) => usual() / 1000); } },
  'lets a script go on that is to be ended': { clauses: ['interrupts'], change: ({ control }) => { control.onTick = () => undefined; } },
  'loses events': { clauses: ['events'], change: ({ control }) => { control.onEvent = () => {}; } },
  'ignores the name of the home': { clauses: ['homes'], change: ({ control }) => {
    replace(control, 'encoded', (usual, overrides) => usual({ ...overrides, home: undefined }));
    control.config = { ...control.config, home: undefined };
    control.changed();
  } },
  'keeps what it was to undo': { clauses: ['journal'], change: ({ unit }) => { unit.rollBack = () => unit.commit(); } },
  'runs a function twice': { clauses: ['functions'], change: ({ control: { functions } }) => {
    if (functions) replace(functions, 'call', (usual, ...words) => usual(...words) && usual(...words));
  } },
  'forgets an answer that did not fit': { clauses: ['functions'], change: ({ control: { functions } }) => { if (functions) functions.get = () => undefined; } },
  'cuts long code': { clauses: ['code'], change: (machine) => { machine.runLong = (source) => machine.run(source.subarray(0, MOST_BYTES)); } },
  'gives the results in another order': { clauses: ['values'], change: (machine) => replace(machine, 'response', (usual, ...words) => {
    const response = usual(...words);
    return { ...response, values: [...response.values].reverse() };
  }) },
  'drops the end of the output': { clauses: ['output'], change: (machine) => replace(machine, 'response', (usual, ...words) => {
    const response = usual(...words);
    return { ...response, outputBytes: response.outputBytes.subarray(0, -1) };
  }) },
  'blames the script for its store': { clauses: ['failures', 'journal'], change: (machine) => replace(machine, 'scriptError', (usual, length) => {
    machine.imports.failure = undefined;
    return usual(length);
  }) },
  'blames its store for the script': { clauses: ['failures'], change: (machine) => replace(machine, 'scriptError', (usual, length) => {
    machine.imports.handlerFailure = machine.imports.failure;
    return usual(length);
  }) },
  'mixes up who waits': { clauses: ['waits'], change: ({ control: { functions } }) => {
    if (functions) replace(functions, 'answer', async (usual, pending, start) => ({ ...await usual(pending, start), bytes: new Uint8Array(16) }));
  } },
};
