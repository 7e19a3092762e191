// A program in TypeScript that uses `cu/worker`, with mistakes that the compiler must find. worker_types.test.js checks the types; nothing
// here runs.

import { CuWASM, Pool, WorkerCu, WorkerError } from 'cu/worker';
import type { Outputs, WorkerStore } from 'cu/worker';
import { serve } from 'cu/worker/serve';
import * as encryption from 'cu/encrypted';
import { exportAll, importAll } from 'cu/store/archive';
import { ExternalTable, MemoryStore, Values, Way } from 'cu/full';

export async function use(): Promise<unknown[]> {
  const cu = await WorkerCu.create({
    store: { indexeddb: 'my-app', autosave: 100 }, encrypted: { key: new Uint8Array(32) }, home: 'alice', now: true, timeLimit: 1000,
    functions: { http: { get: async (url: string) => url }, now: () => new Values(1, 2) }, onEvent: (event) => event.kind, stopWait: 10, worker: () => new Worker('x'),
  });
  const { value, output } = await cu.compute('return 1', { timeLimit: 5, signal: new AbortController().signal, instructions: 7 });
  const text: string = output;
  const both: unknown[] = [(await cu.run('return 1', { signal: new AbortController().signal })).value, (await cu.runCall('print', [1], { content: true })).values];
  await cu.call('print', [both, value], { content: true, timeLimit: 3 });
  const { value: distance } = await cu.prepare<[number]>('math.abs', { timeLimit: 3 })(-1);
  await (await Pool.create()).prepare('print')(distance);
  const { luaMemoryUsed } = await cu.memoryStats();
  const id: number = await cu.homeTable + await cu.openHome('x') + luaMemoryUsed;
  await cu.read(new ExternalTable(id), { depth: 1 });
  const { rows } = await cu.data.query('_home.users', { where: { age: ['>', 3] }, limit: 2 });
  const first = await cu.data.first<{ age: number }>('_home.users', { order: 'age' });
  if (first !== undefined) await cu.data.update('_home.users', first.key, { age: first.row.age + 1 });
  const results = await cu.data.batch([['get', '_home.users', 1]], { atomic: false });
  for await (const [key, row] of cu.data.each('_home.users', { where: { age: 1 } })) rows.push(key, row);
  for await (const [key] of cu.rows(new ExternalTable(5), { page: 10 })) rows.push(key);
  const outputs: Outputs = cu.processStream(new Way('_home.f'), [1, 2], { batchSize: 5 });
  for await (const each of outputs) rows.push(each);
  const stream: ReadableStream = cu.processStream('', new ReadableStream()).toReadableStream();
  const store: WorkerStore = cu.store;
  const bytes: Uint8Array = await store.snapshot();
  const keys: number = await store.save();
  const names = (await store.snapshots?.list() ?? []).map(({ name }) => name);
  await importAll(store, await exportAll(store));
  const kept: number = await cu.transaction(async (each) => (await each.readHome()).n as number);
  const other: WorkerCu = await cu.with({ timeLimit: 4 }).open({ home: 'b' });
  await other.close({ now: true });

  const pool = await Pool.create({ size: 2, store: { memory: bytes } });
  const sum: number = await pool.run(async (each) => (await each.compute('return 1')).value as number);
  const old = await CuWASM.init({ autoRestore: false });
  const last = await old.compute('return 1');
  const index: string = await old.createIndex('users', 'age');
  await old.setInput({ a: 1 });
  const f = await old.restoreFunction('_home', 'f');
  const error = new Error() as WorkerError;
  const died: boolean = error.reason === 'died';

  // @ts-expect-error a function cannot be sent
  await WorkerCu.create({ now: Date.now });
  await WorkerCu.create({ module: WebAssembly.compile(new ArrayBuffer(8)) });
  // @ts-expect-error a number is no function
  await WorkerCu.create({ functions: { http: 5 } });
  // @ts-expect-error workers have no such option
  await WorkerCu.create({ hoem: 'x' });
  // @ts-expect-error a promise is no value
  const wrong: number = cu.openHome('x');
  // @ts-expect-error a worker that is there is for connect
  await WorkerCu.create({ worker: new Worker('x') });
  // @ts-expect-error it is made by create
  new WorkerCu();
  // @ts-expect-error there is no such reason
  const never: boolean = error.reason === 'gone';
  return [text, results[0]?.ok, stream, keys, names, kept, sum, last, index, f(1), died, wrong, never];
}

serve({ store: async () => new MemoryStore(), encryption, options: { config: { instructions: 1 } } });
serve({ options: { functions: { here: () => 1 } } });
serve({ stores: { mine: (name: string) => new MemoryStore() } });
// @ts-expect-error no store
serve({ store: 5 });
