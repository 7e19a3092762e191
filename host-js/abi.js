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
export const HOME_NAME_BYTES = 255;
export const GUARDS = 64;
export const BATCH_OPERATIONS = 10000;
export const CALL_ARGUMENTS = 250;
export const CONFIG_BYTES = 16384;
export const MEMORY_STATS_BYTES = 12;
export const PAGE_LEAST_BYTES = 512;
export const PAGE_DESCENDING = 2147483648;
export const CALL_VERSION = 1;
export const CALL_CONTENT = 1;
export const CALL_VALUE = 0;
export const ANSWER_RESULTS = 0;
export const ANSWER_ERROR = 1;
export const ANSWER_LATER = 3;
export const ANSWER_CANCEL = 2;
export const CALL_ANSWER = 2;
export const PENDING_CALL_AT = 9;
export const PENDING_ANSWER_AT = 13;
export const PENDING = 1000;
export const FUNCTION_NAME_BYTES = 128;
export const FUNCTION_RESULTS = 200;
export const CALL_WAY = 1;
export const RECORDING_VERSION = 1;
export const RECORDING_HEAD_BYTES = 12;
export const RECORDING_HASH_BYTES = 32;
export const TABLE_CONTROL = 0;
export const TABLE_HOME = 1;
export const TABLE_IO = 2;
export const TABLE_SYSTEM_FIRST = 2147483648;
export const TABLE_HOMES = 2147483654;
export const TABLE_METATABLES = 2147483664;
export const TABLE_HOST_FIRST = 4278190080;
export const RECORDING_MODULE = 0;
export const RECORDING_CALL = 1;
export const RECORDING_RETURN = 2;
export const RECORDING_TRAP = 3;
export const RECORDING_IMPORT = 4;
export const RECORDING_UNDONE = 5;
export const RECORDING_END = 6;
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
export const TAG_PENDING = 12;
export const OK = 0;
export const INIT_FAILED = -1;
export const ABSENT = -1;
export const RATE_EXCEEDED = -429;
export const SECTION = 'cu';
export const KEY_CONFIG = 'config';
export const KEY_NOW = 'now';
export const KEY_TICK = 'tick';
export const KEY_ANSWER = 'answer';
export const FUNCTION_LIBRARY = 'host';
export const KEY_EVENT = 'event';
export const KEY_RESULT = '\x01result\x00';
export const CLASS_NAME = '__name';
export const CALL_SIGNATURE = '\x1bCu';
export const RECORDING_SIGNATURE = '\x1bCuRec';
export const PERMISSION_HOME = '_home';
export const CONFIG_INSTRUCTIONS = 'instructions';
export const CONFIG_TICK = 'tick';
export const CONFIG_MEMORY = 'memory';
export const CONFIG_OUTPUT = 'output';
export const CONFIG_SEED = 'seed';
export const CONFIG_COMPRESSION = 'compression';
export const CONFIG_ATOMIC = 'atomic';
export const CONFIG_TRANSACTION = 'transaction';
export const CONFIG_PERMISSIONS = 'permissions';
export const CONFIG_BYTECODE = 'bytecode';
export const CONFIG_STRIP = 'strip';
export const CONFIG_FUNCTIONS = 'functions';
export const CONFIG_PENDING = 'pending';
export const CONFIG_PENDING_MEMORY = 'pending_memory';
export const CONFIG_EPOCH = 'epoch';
export const CONFIG_HOME = 'home';
export const CONFIG_EVENTS = 'events';
export const ATOMIC_HOST = 'host';
export const FUNCTION_SYNC = 'sync';
export const FUNCTION_ASYNC = 'async';
export const FUNCTION_EITHER = 'either';
export const TRANSACTION_OPEN = 'open';
export const TRANSACTION_COMMIT = 'commit';
export const TRANSACTION_ROLLBACK = 'rollback';
export const PERMISSION_WRITE = 'write';
export const PERMISSION_TABLES = 'tables';
export const PERMISSION_LIBRARY = 'library';
export const GUARD_READONLY = 'readonly';
export const GUARD_HIDDEN = 'hidden';
export const EVENT_OUTPUT = 'output';
export const EVENT_ERROR = 'error';
export const EVENT_AUDIT = 'audit';
export const EVENT_USAGE = 'usage';
export const EVENT_PROGRESS = 'progress';
export const FIELD_KIND = 'kind';
export const FIELD_TEXT = 'text';
export const FIELD_OFFSET = 'offset';
export const FIELD_CLASS = 'class';
export const FIELD_MESSAGE = 'message';
export const FIELD_VALUE = 'value';
export const FIELD_WAITS = 'waits';
export const FIELD_INSTRUCTIONS = 'instructions';
export const FIELD_MEMORY = 'memory';
export const FIELD_CALLS = 'calls';
export const FIELD_ACTION = 'action';
export const FIELD_SEQUENCE = 'sequence';
export const FIELD_FUNCTION = 'function';
export const FIELD_NAME = 'name';
export const FIELD_INTO = 'into';
export const FIELD_BYTES = 'bytes';
export const FIELD_LIMIT = 'limit';
export const FIELD_VARIABLES = 'variables';
export const FIELD_FIRST = 'first';
export const FIELD_LEVEL = 'level';
export const FIELD_WORK = 'work';
export const FIELD_DONE = 'done';
export const FIELD_TOTAL = 'total';
export const WORK_BATCH = 'batch';
export const WORK_INDEX = 'index';
export const AUDIT_BYTECODE_LOADED = 'bytecode_loaded';
export const AUDIT_BYTECODE_REFUSED = 'bytecode_refused';
export const AUDIT_FUNCTION_PERSISTED = 'function_persisted';
export const AUDIT_FUNCTION_RESTORED = 'function_restored';
export const AUDIT_PERMISSION_REFUSED = 'permission_refused';
export const AUDIT_SCHEMA_VIOLATED = 'schema_violated';
export const AUDIT_LIMIT_HIT = 'limit_hit';
export const AUDIT_TRANSACTION_COMMITTED = 'transaction_committed';
export const AUDIT_TRANSACTION_ROLLED_BACK = 'transaction_rolled_back';
export const AUDIT_HOST_CALLED = 'host_called';
export const AUDIT_VARIABLES_PUT_BACK = 'variables_put_back';
export const LIMIT_INSTRUCTIONS = 'instructions';
export const LIMIT_MEMORY = 'memory';
export const LIMIT_OUTPUT = 'output';
export const LIMIT_OPERATIONS = 'operations';
export const LIMIT_TICK = 'tick';
export const CLASS_SYNTAX = 'syntax';
export const CLASS_RUNTIME = 'runtime';
export const CLASS_MEMORY = 'memory';
export const CLASS_HANDLER = 'handler';
export const CLASS_RESULT = 'result';
export const CLASS_STATE = 'state';
export const CLASS_INPUT = 'input';
export const CLASS_CONFIG = 'config';
export const CLASS_INTERNAL = 'internal';
export const CLASS_BUDGET = 'budget';
export const CLASS_JOURNAL = 'journal';
export const CLASS_INTERRUPTED = 'interrupted';
/** The keys of the configuration. */
export const CONFIG_KEYS = ['instructions', 'tick', 'memory', 'output', 'seed', 'compression', 'atomic', 'transaction', 'permissions', 'bytecode', 'strip', 'functions', 'pending', 'pending_memory', 'epoch', 'home', 'events'];
/** The kinds of event. */
export const EVENT_KINDS = ['output', 'error', 'audit', 'usage', 'progress'];
/** The values of the field action of an audit event. */
export const AUDIT_ACTIONS = ['bytecode_loaded', 'bytecode_refused', 'function_persisted', 'function_restored', 'permission_refused', 'schema_violated', 'limit_hit', 'transaction_committed', 'transaction_rolled_back', 'host_called', 'variables_put_back'];
/** The values of the field limit of an audit event. */
export const LIMITS = ['instructions', 'memory', 'output', 'operations', 'tick'];
/** The values of the field class of an error event. */
export const ERROR_CLASSES = ['syntax', 'runtime', 'memory', 'handler', 'result', 'state', 'input', 'config', 'internal', 'budget', 'journal', 'interrupted'];
export const IMPORT_MODULE = 'env';
export const MEMORY = 'memory';

/** What an event of each kind has beside the kind; value may be absent. */
export const EVENT_FIELDS = {
  output: ['text', 'offset'],
  error: ['class', 'message', 'value', 'waits'],
  audit: ['action', 'sequence'],
  usage: ['instructions', 'memory', 'calls'],
  progress: ['work', 'done', 'total'],
};

/** What an audit event of each action may have beside action and sequence. */
export const AUDIT_FIELDS = {
  bytecode_loaded: ['bytes'],
  bytecode_refused: ['message', 'function'],
  function_persisted: ['function', 'into'],
  function_restored: ['function'],
  permission_refused: ['message'],
  schema_violated: ['message'],
  limit_hit: ['limit', 'value', 'message'],
  transaction_committed: ['level'],
  transaction_rolled_back: ['level'],
  host_called: ['name'],
  variables_put_back: ['variables', 'first'],
};

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
