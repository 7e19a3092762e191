/**
 * The functions of the earlier project, over `Cu` and `Data`: the default instance, the class of further ones under its names, and the
 * classes around them. docs/javascript.md has a row for each.
 */

export { cu as default, cu, cu as lua } from './default.js';
export { CuWASM, CuWASM as EnhancedCuWASM, CuWASM as EnhancedLuaAPI, CuWASM as LuaPersistent } from './cuwasm.js';
export { AdvancedStorageManager } from './storage_manager.js';
export { QueryEngine } from './query_engine.js';
export { IndexManager } from './index_manager.js';
export { IoWrapper } from './io_wrapper.js';
export { CompressionService } from './compression.js';
export { MemoryStorage } from './storage/memory.js';
export { FolderStorage } from './storage/folder.js';
export { IndexedDBStorage } from './storage/indexeddb.js';
