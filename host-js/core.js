/**
 * The core, `cu`: an instance, the codec of values, the store in memory, the errors. The add-ons are in full.js.
 */

export { ABI_VERSION } from './abi.js';
export { Cu } from './handle.js';
export { MemoryStore } from './store/memory.js';
export { decode, decodeAll } from './codec/decode.js';
export { encode } from './codec/encode.js';
export { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction, Way } from './values.js';
export {
  CuError, DecodeError, EncodeError, HostError, LuaError, ModuleError, StateError, TrapError,
} from './errors.js';
