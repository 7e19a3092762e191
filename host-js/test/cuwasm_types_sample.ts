// A program in TypeScript that uses cu/cuwasm, with mistakes that the compiler must find. cuwasm_types.test.js checks the types; nothing
// here runs.

import type { LuaValue } from 'cu';
import cu, {
  AdvancedStorageManager, CompressionService, CuWASM, EnhancedCuWASM, EnhancedLuaAPI, FolderStorage, IndexManager, IoWrapper, LuaPersistent,
  MemoryStorage, QueryEngine, lua,
} from 'cu/cuwasm';
import type { Answer, CompressionResult, QueryPlan, SnapshotStorage, TableInfo, Transaction } from 'cu/cuwasm';

export async function life(storage: SnapshotStorage): Promise<CuWASM[]> {
  const loaded: CuWASM = await cu.load({ storage, memorySize: 1 << 20, autoRestore: false, compression: true, validation: true, now: () => 0 });
  const status: number = await cu.init();
  await lua.load('lua.wasm');
  // @ts-expect-error
  await cu.load({ memory: 5 });
  // @ts-expect-error
  await CuWASM.init({ storage: 5 });
  return [loaded, await EnhancedCuWASM.init({ storage: new MemoryStorage() }), new EnhancedLuaAPI(), new LuaPersistent(),
    await CuWASM.init({ storage: new FolderStorage(String(status)) })];
}

export async function computing(): Promise<[LuaValue, string, string | null]> {
  const answer: Answer = cu.compute('return 1');
  const { output, values } = answer;
  cu.setInput({ rows: values });
  cu.setInputField('a', 1);
  cu.setMetadata({ id: 1 });
  cu.clearIo();
  const field: LuaValue = cu.getOutputField('a') ?? cu.getOutput();
  const { tableIds }: TableInfo = cu.getTableInfo();
  const text: string = cu.readBuffer(0, cu.getMemoryStats().total + tableIds.length);
  // @ts-expect-error
  cu.compute(5);
  const saved: boolean = await cu.saveState('x') && await cu.loadState('x') && await cu.deleteState('x');
  return [field ?? await answer, saved ? output : text, cu.getLastError()];
}

export async function tables(transaction: Transaction): Promise<unknown> {
  await cu.persistFunction('Memory', 'f', 'function() end', { strip: true });
  const f = await cu.restoreFunction(1, 'f');
  const result: LuaValue = await f(1, 2);
  const results = await cu.batchTableOperations([{ type: 'set', table: 'users', key: 'a', value: {} }], { atomic: false, onProgress: (done) => done });
  const problem = results.map((one) => (one.ok ? one.value : one.error));
  // @ts-expect-error
  await cu.batchTableOperations([{ type: 'put', table: 'users', key: 'a' }]);
  await cu.createIndex('users', ['a', 'b'], { unique: true });
  const rows: LuaValue[] = await cu.queryTable('users', { field: 'age', operator: '>=', value: 25, orderBy: [{ field: 'age', direction: 'desc' }], limit: 10 });
  const plan: QueryPlan = cu.getQueryPlan({ table: 'users', field: 'a', value: 1 });
  const suggested: string | undefined = cu.optimizeQuery('users', { field: 'a' }).suggestedIndex?.field;
  await cu.rollbackTransaction(transaction);
  const count: number = await cu.transaction(async (inside) => (await inside.listIndexes('users')).length);
  return [result, problem, rows, plan.strategy === 'full_scan', suggested, count];
}

export async function around(): Promise<unknown> {
  const io = new IoWrapper(cu);
  const { returnValue, output, metadata } = await io.computeWithIo('return 1', [1], { clearBefore: false, metadata: {} });
  const outputs: LuaValue[] = await io.processStream('', new Set([1]), { batchSize: 5 });
  // @ts-expect-error
  await io.processStream('', 5);
  const manager = new AdvancedStorageManager();
  await manager.setValue(1, 'a', 1);
  const engine = new QueryEngine(cu);
  const problems = (await new IndexManager(cu).checkIndexes('users')).problems;
  const service = new CompressionService({ threshold: 5 });
  const result: CompressionResult = await service.compress('x', { algorithm: 'gzip' });
  // @ts-expect-error
  await service.compress('x', { algorithm: 'zip' });
  return [returnValue, output, metadata, outputs, await io.request('f'), await manager.getValue(1, 'a'), await engine.query(1), problems, result.ratio];
}
