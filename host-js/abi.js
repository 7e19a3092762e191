// Printed by abi/src/bin/mirror.rs from the crate abi: run `make mirrors`, do not edit.

export const ABI_VERSION = 1;
export const IO_BUFFER_BYTES = 65536;
export const ARENA_BYTES = 2097152;
export const OUTPUT_KEPT_BYTES = 64512;
export const OUTPUT_EVENT_BYTES = 4000;
export const VALUE_DEPTH = 128;
export const KEY_BYTES = 4096;
export const FUNCTION_BYTES = 102400;
export const COMPRESSION_BYTES = 1024;
export const INSTRUCTIONS = 9007199254740992;
export const PERMISSIONS_BYTES = 4096;
export const GUARDS = 64;
export const CONFIG_BYTES = 16384;
export const MEMORY_STATS_BYTES = 12;
export const TABLE_CONTROL = 0;
export const TABLE_HOME = 1;
export const TABLE_IO = 2;
export const TABLE_SYSTEM_FIRST = 2147483648;
export const TABLE_HOST_FIRST = 4278190080;
export const TAG_NIL = 0;
export const TAG_BOOLEAN = 1;
export const TAG_INTEGER = 2;
export const TAG_FLOAT = 3;
export const TAG_STRING = 4;
export const TAG_FUNCTION = 5;
export const TAG_LIBRARY = 6;
export const TAG_EXTERNAL = 7;
export const TAG_COMPRESSED = 8;
export const TAG_TABLE = 9;
export const TAG_SPILLED = 10;
export const TAG_BIG_INTEGER = 11;
export const OK = 0;
export const INIT_FAILED = -1;
export const ABSENT = -1;
export const RATE_EXCEEDED = -429;
export const SECTION = 'cu';
export const KEY_CONFIG = 'config';
export const KEY_NOW = 'now';
export const KEY_EVENT = 'event';
export const KEY_RESULT = '\x01result\x00';
export const ERROR_CLASSES = ['syntax', 'runtime', 'memory', 'handler', 'result', 'state', 'input', 'config', 'internal', 'budget', 'journal'];
export const IMPORT_MODULE = 'env';
export const MEMORY = 'memory';

/** Exported functions: name and number of parameters. */
export const EXPORTS = {
  init: 0,
  compute: 2,
  get_buffer_ptr: 0,
  get_buffer_size: 0,
  get_memory_stats: 1,
  run_gc: 0,
  attach_memory_table: 1,
  get_memory_table_id: 0,
  sync_external_table_counter: 1,
  set_memory_alias_enabled: 1,
  lua_alloc: 4,
};

/** Imported functions: name and number of parameters. */
export const IMPORTS = {
  js_ext_table_set: 5,
  js_ext_table_get: 5,
  js_ext_table_delete: 3,
  js_ext_table_size: 1,
  js_ext_table_keys: 3,
};
