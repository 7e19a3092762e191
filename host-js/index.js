/**
 * All a user of cu imports: the instance, the store, the codec with its value classes, the errors.
 */

export { ABI_VERSION } from './abi.js';
export { Cu } from './instance.js';
export { MemoryStore } from './store/memory.js';
export { decode, decodeAll, decodeKey, encode, encodeKey } from './codec.js';
export { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction, Values, Way } from './values.js';
export {
  CuError, DecodeError, EncodeError, HomeError, HostError, LimitError, LuaError, ModuleError, RateError, SnapshotError,
  StateError, TrapError,
} from './errors.js';
