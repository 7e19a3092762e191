// A program in TypeScript that uses this package, with mistakes that the compiler must find. types.test.js checks the types;
// nothing here runs.

import {
  ABI_VERSION, Cu, CuBigInteger, CuError, CuFloat, DecodeError, EncodeError, ExternalTable, HomeError, HostError,
  LibraryFunction, LimitError, LuaError, LuaFunction, MemoryStore, ModuleError, RateError, SnapshotError, StateError, TrapError, Way, decode, decodeAll,
  decodeKey, encode, encodeKey,
} from 'cu/full';
import { Cu as CoreCu } from 'cu';
import type {
  AuditAction, ComputeResult, CuConfig, CuEvent, CuOptions, Home, LuaKey, LuaTable, LuaValue, MemoryStats, ModuleInfo, Permissions, Rates, RawResult, Store,
} from 'cu/full';
import { Data } from 'cu/data';
import type { Filter, Operation, Query, Schema } from 'cu/data';
import { EncryptedStore, EncryptionError, EncryptionKey, isEncrypted } from 'cu/encrypted';
import type { RotationProgress } from 'cu/encrypted';
import { DivergenceError, record, Recording, RecordingError, replay } from 'cu/replay';
import type { Replayed, ReplayedCompute, RecordingSink } from 'cu/replay';
import { AuditLog, FileStore, FileStoreError, RecordingFile } from 'cu/node';
import { exportAll, importAll } from 'cu/store/archive';
import { IndexedDBStore, StorageError } from 'cu/store/indexeddb';
import { LocalStore } from 'cu/store/local';
import { OPFSStore } from 'cu/store/opfs';

export async function create(bytes: Uint8Array): Promise<Cu[]> {
  const onEvent = (event: CuEvent): number | LuaValue | Uint8Array | undefined => {
    switch (event.kind) {
      case 'usage': return event.instructions + event.memory;
      case 'progress': return event.done / event.total;
      case 'error': return event.class === 'budget' ? event.value : event.message;
      case 'audit': return event.message ?? event.sequence;
      case 'output': return event.text === '' ? event.offset : event.text;
      default: {
        const none: never = event;
        return none;
      }
    }
  };
  const options: CuOptions = { onEvent, exact: true, now: Date.now };
  const config: CuConfig = { instructions: 1_000_000, seed: 1n, strip: true, events: { usage: true } };
  return Promise.all([
    Cu.create(),
    Cu.create(options),
    Cu.create({ module: bytes, config }),
    Cu.create({ module: await WebAssembly.compile(new Uint8Array(8)), config: { events: ['output', 'usage'] } }),
    Cu.create({ onEvent: (event) => event.kind === 'output' && event.text }),
  ]);
}

export async function restricted(): Promise<[LuaValue, AuditAction[]]> {
  const log = AuditLog.open('audit.jsonl', { name: 'first', sync: true });
  const actions: AuditAction[] = [];
  const permissions: Permissions = { write: false, tables: { '_home.prices': 'readonly', 17: 'hidden' }, library: { load: false } };
  const rate: Rates = { computes: 10, operations: 0.5, clock: () => 0 };
  const onEvent = (event: CuEvent) => {
    log.write(event);
    if (event.kind === 'audit') actions.push(event.action);
  };
  const cu = await Cu.create({ config: { permissions, events: ['audit'] }, onEvent, rate });
  const { value } = cu.compute('return 1', { instructions: 1000, permissions: { write: true } });
  cu.computeRaw('return 1', { permissions });
  log.close();
  return [value, actions];
}

export function calls(cu: Cu): [number, LuaValue] {
  const { values, value, output, outputBytes }: ComputeResult = cu.compute('return 1');
  const { status, bytes }: RawResult = cu.computeRaw(outputBytes);
  const price = cu.prepare<[amount: number, currency?: string]>('_home.price', { content: true, timeLimit: 5 });
  cu.prepare(new Way('print'))(price(1), price(2, 'EUR').value);
  // @ts-expect-error: the amount is a number
  price('1');
  const { ioBufferSize, luaMemoryUsed, wasmPages }: MemoryStats = cu.memoryStats();
  const { version, features, flags }: ModuleInfo = cu.module;
  cu.runGc();
  cu.homeTable = cu.homeTable + 1;
  cu.reserveTables(1000);
  cu.setMemoryAlias(false);
  const sum = status + bytes.length + ioBufferSize + luaMemoryUsed + wasmPages + output.length + ABI_VERSION + features.length + flags.length + version.length;
  return [sum, values[1] ?? value];
}

export function errors(error: unknown): LuaValue | undefined {
  if (error instanceof LuaError && error.errorClass === 'budget') return error.traceback.split('\n');
  if (error instanceof DecodeError || error instanceof SnapshotError) return error.offset;
  if (error instanceof FileStoreError) return error.offset ?? error.path;
  if (error instanceof EncryptionError) return error.reason === 'key' ? error.table : error.key;
  if (error instanceof LimitError) return error.limit;
  if (error instanceof HomeError) return error.home;
  if (error instanceof RateError) return error.limit + error.retryAfter;
  if (error instanceof EncodeError) return error.path;
  if (error instanceof TrapError) return error.kind === 'stack' ? error.kind : String(error.cause);
  if (error instanceof HostError) return String(error.cause);
  if (error instanceof StateError || error instanceof ModuleError) return error.message;
  return error instanceof CuError ? error.value : undefined;
}

export function values(): LuaKey {
  const plain: LuaValue = { a: [1, { b: null }], m: new Map<LuaValue, LuaValue>([[1, 'a']]), f: new CuFloat(3) };
  const bytes = encode({ plain, none: undefined, big: 2n ** 100n, exact: new CuBigInteger(5n) });
  const decoded: LuaValue = decode(bytes, { exact: true });
  const [first]: LuaValue[] = decodeAll(bytes);
  if (decoded instanceof LibraryFunction || first instanceof LuaFunction) return true;
  // @ts-expect-error: big integers are no keys
  encodeKey(new CuBigInteger(5n));
  // @ts-expect-error: tables are no keys of external tables
  encodeKey({});
  return decodeKey(encodeKey(new CuFloat(1.5)), { exact: true });
}

interface User {
  name: string;
  age: number;
}

/** Rows that the program knows, over an instance of the core. */
export async function users(): Promise<string[]> {
  const tables = new Data(await CoreCu.create());
  const { rows, keys } = tables.query<User>('_home.users', { order: 'age' });
  for (const key of keys) tables.update('_home.users', key, { age: 40 });
  for (const [key] of tables.each<User>('_home.users')) tables.delete('_home.users', key);
  const first = tables.first<User>('_home.users');
  // @ts-expect-error: users have no such field
  first?.row.ages;
  const [result] = tables.batch([['get', '_home.users', 1]], { atomic: false });
  if (result?.error !== undefined) return [String(result.key), `operation ${result.index}`];
  return [...rows.map(({ name }) => name), `${tables.get<User>('_home.users', 'ada')?.age ?? 'none'}`];
}

export function data(cu: Cu, tenant: string | undefined): LuaValue {
  const tables = new Data(cu, { instructions: 1_000_000 });
  const users = new Way('_home.users');
  tables.createTable(users);
  tables.set(users, 'ada', { age: 36 });
  tables.update('_home.users', 'ada', { age: 37, city: null });
  tables.delete(users, 1n);
  const schema: Schema = { fields: { age: { type: 'integer', min: 0 }, boss: { ref: users }, tags: { type: 'array', items: 'string' } } };
  if (!tables.setSchema(users, schema).ok) tables.setSchema(users, tables.schema(users) ?? false);
  const filter: Filter = { age: ['>=', 18, '<', 65], any: [{ city: 'Oslo' }, { field: 'name', op: 'in', value: ['Ada', 'Bob'] }] };
  const query: Query = { where: [filter, { name: ['exists', true] }], order: [{ field: 'age', desc: true }, 'name'], limit: undefined };
  const operations: Operation[] = [['get', users, 'ada'], { op: 'set', table: '_home.users', key: 1, value: 2 }];
  tables.query(users, { distinct: ['city', 'name'] });
  tables.query(users, { select: { town: 'address.city' }, group: ['city'], sum: 'age' });
  tables.createIndex(users, ['name', 'age'], { where: filter });
  tables.migrate('_home', 2, new Way('_home.steps'), { dry: true });
  const [result] = tables.batch(operations, { atomic: false });
  if (tenant !== undefined) tables.count(users, { tenant });
  // @ts-expect-error: a condition has a value
  tables.count(users, { tenant });
  // @ts-expect-error: no value of a list is null
  tables.query(users, { where: { tenant: ['in', ['x', null]] } });
  // @ts-expect-error: no operator
  tables.query(users, { where: { age: ['=>', 18] } });
  // @ts-expect-error: no type of values
  tables.setSchema(users, { type: 'date' });
  // @ts-expect-error: a table is no key
  tables.get(users, { id: 1 });
  for (const [key, row] of tables.each(users, query, { page: 10 })) if (key === 1) return row;
  return result !== undefined && !result.ok ? result.index : tables.get(users, 'ada') ?? null;
}

export function read(cu: Cu, value: LuaValue): LuaTable {
  return value instanceof ExternalTable ? cu.read(value, { depth: 1, limit: 10 }) : cu.readHome();
}

export function className(cu: Cu, value: ExternalTable): string {
  return cu.className(value) || 'table';
}

export async function homes(): Promise<Home | undefined> {
  const cu = await Cu.create({ home: 'alice' });
  cu.compute('return 1', { home: 'bob', epoch: 7 });
  const id: number = cu.openHome('carol');
  cu.renameHome('alice', 'anna');
  cu.dropHome('bob');
  // @ts-expect-error: a home is opened by its name
  cu.openHome(id);
  return cu.store.version > 0 ? cu.homes()[0] : undefined;
}

export async function stores(old: EncryptionKey): Promise<Cu> {
  const plain = await Cu.create();
  const bytes: Uint8Array = plain.store.snapshot();
  const file = await Cu.create({ store: FileStore.open('tables', { flushAfterCompute: false, repair: true, wait: 1000, readOnly: false }) });
  file.store.flush();
  file.store.compact();
  file.store.close();
  const key = new EncryptionKey(bytes.subarray(0, 32));
  const store = EncryptedStore.open(MemoryStore.fromSnapshot(bytes), { key, olderKeys: [old] });
  const done: RotationProgress = store.rotate(({ entries }) => entries);
  for (const { rewritten } of store.rotation()) if (rewritten === done.rewritten && isEncrypted(store.inner)) break;
  EncryptedStore.encryptAll(new MemoryStore(), { key, onProgress: (progress) => progress.done }).close();
  const sealed = await Cu.create({ store });
  sealed.begin();
  sealed.commit();
  const answer: number = sealed.transaction((same) => (same.compute('return 1', { atomic: 'host' }), 5));
  const later: Promise<number> = sealed.transaction(async (same) => { same.rollBack(); return answer; });
  // @ts-expect-error: no word of atomic
  sealed.compute('', { atomic: 'store' });
  await later;
  sealed.store.snapshot();
  // Where the kind of store does not matter.
  const any: Cu = sealed;
  // @ts-expect-error: not every store has snapshots
  any.store.snapshot();
  return any;
}

export class CountingStore extends MemoryStore {
  writes = 0;

  override set(table: number, key: Uint8Array, value: Uint8Array): void {
    this.writes++;
    super.set(table, key, value);
  }
}

export class EmptyStore implements Store {
  get(): undefined {}
  set(): void {}
  delete(): void {}
  size(): number {
    return 0;
  }
  keys(_table: number, _after: Uint8Array | undefined, _down: boolean, _emit: (key: Uint8Array) => boolean): void {}
}

export async function inBrowsers(signal: AbortSignal): Promise<number> {
  const store = await IndexedDBStore.open('app', { autosave: false, tabs: 'one', onError: (error) => console.error(error.message) });
  const cu: Cu<IndexedDBStore> = await store.turn(() => Cu.create({ store }));
  const value: LuaValue | undefined = await store.turn((held) => held.hasTurn ? cu.compute('return 1').value : undefined);
  await store.snapshots.save('before', store.snapshot());
  const file: Blob = await exportAll(store, { signal, onProgress: ({ done, total }) => console.log(done / total) });
  const names: string[] = (await importAll(await LocalStore.open('small', { limit: 1000 }), file)).snapshots;
  const durable = await OPFSStore.open('worker', { wait: 100 });
  await Cu.create({ store: EncryptedStore.open(durable, { key: new EncryptionKey(new Uint8Array(32)) }) });
  durable.close();
  try {
    return await store.save() + names.length + Number(value);
  } catch (error) {
    // @ts-expect-error: no reason
    if (error instanceof StorageError && error.reason === 'other') return 0;
    return error instanceof StorageError && error.reason === 'damaged' ? error.rows?.length ?? 0 : -1;
  } finally {
    await store.close();
  }
}

export async function recorded(path: string): Promise<number> {
  const recording = new Recording();
  const cu = await record(recording, { store: new CountingStore(), now: () => 1 }, { buffer: 0 });
  cu.store.writes++;
  cu.compute('return 1');
  cu.close();
  const sink: RecordingSink = RecordingFile.create(path);
  sink.close?.();
  try {
    const computes: ReplayedCompute[] = [];
    const replayed: Replayed = await replay(recording.bytes(), {
      store: new MemoryStore(), onEvent: (event) => event.kind, onCompute: (compute) => computes.push(compute), unfinished: true,
    });
    return replayed.computes + recording.blob().size;
  } catch (error) {
    if (error instanceof DivergenceError) return error.entry + error.recorded.length;
    // @ts-expect-error: no reason
    if (error instanceof RecordingError && error.reason === 'other') return 0;
    return error instanceof RecordingError ? error.replayed?.calls ?? 0 : -1;
  }
}

export async function refused(): Promise<void> {
  const counting = await Cu.create({ store: new CountingStore() });
  counting.store.writes++;
  await Cu.create({ store: new EmptyStore() });
  // @ts-expect-error: the constructor is private
  new Cu();
  // @ts-expect-error: no store
  await Cu.create({ store: {} });
  // @ts-expect-error: no option
  await Cu.create({ colour: 'red' });
  // @ts-expect-error: no kind of event
  await Cu.create({ config: { events: ['nothing'] } });
  // @ts-expect-error: a recording names the file of its module
  await record(new Recording(), { module: new WebAssembly.Module(new Uint8Array(0)) });
  // @ts-expect-error: no sink
  await record({});
  // @ts-expect-error: no number
  await Cu.create({ config: { instructions: '5' } });
}
