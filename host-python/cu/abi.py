"""Printed by abi/src/bin/mirror.rs from the crate abi: run `make mirrors`, do not edit."""

ABI_VERSION = 1
IO_BUFFER_BYTES = 65536
ARENA_BYTES = 2097152
OUTPUT_KEPT_BYTES = 64512
OUTPUT_EVENT_BYTES = 4000
VALUE_DEPTH = 128
KEY_BYTES = 4096
FUNCTION_BYTES = 102400
COMPRESSION_BYTES = 1024
INSTRUCTIONS = 9007199254740992
PERMISSIONS_BYTES = 4096
HOME_NAME_BYTES = 255
GUARDS = 64
BATCH_OPERATIONS = 10000
CALL_ARGUMENTS = 250
CONFIG_BYTES = 16384
MEMORY_STATS_BYTES = 12
PAGE_LEAST_BYTES = 512
PAGE_DESCENDING = 2147483648
CALL_VERSION = 1
CALL_CONTENT = 1
CALL_VALUE = 0
ANSWER_RESULTS = 0
ANSWER_ERROR = 1
ANSWER_LATER = 3
ANSWER_CANCEL = 2
CALL_ANSWER = 2
PENDING_CALL_AT = 9
PENDING_ANSWER_AT = 13
PENDING = 1000
FUNCTION_NAME_BYTES = 128
FUNCTION_RESULTS = 200
CALL_WAY = 1
RECORDING_VERSION = 1
RECORDING_HEAD_BYTES = 12
RECORDING_HASH_BYTES = 32
TABLE_CONTROL = 0
TABLE_HOME = 1
TABLE_IO = 2
TABLE_SYSTEM_FIRST = 2147483648
TABLE_HOMES = 2147483654
TABLE_METATABLES = 2147483664
TABLE_HOST_FIRST = 4278190080
RECORDING_MODULE = 0
RECORDING_CALL = 1
RECORDING_RETURN = 2
RECORDING_TRAP = 3
RECORDING_IMPORT = 4
RECORDING_UNDONE = 5
RECORDING_END = 6
TAG_NIL = 0
TAG_BOOLEAN = 1
TAG_INTEGER = 2
TAG_FLOAT = 3
TAG_STRING = 4
TAG_FUNCTION = 5
TAG_LIBRARY = 6
TAG_EXTERNAL = 7
TAG_COMPRESSED = 8
TAG_TABLE = 9
TAG_SPILLED = 10
TAG_BIG_INTEGER = 11
TAG_PENDING = 12
OK = 0
INIT_FAILED = -1
ABSENT = -1
RATE_EXCEEDED = -429
SECTION = "cu"
KEY_CONFIG = "config"
KEY_NOW = "now"
KEY_TICK = "tick"
KEY_ANSWER = "answer"
FUNCTION_LIBRARY = "host"
KEY_EVENT = "event"
KEY_RESULT = "\x01result\x00"
CLASS_NAME = "__name"
CALL_SIGNATURE = "\x1bCu"
RECORDING_SIGNATURE = "\x1bCuRec"
PERMISSION_HOME = "_home"
CONFIG_INSTRUCTIONS = "instructions"
CONFIG_TICK = "tick"
CONFIG_MEMORY = "memory"
CONFIG_OUTPUT = "output"
CONFIG_SEED = "seed"
CONFIG_COMPRESSION = "compression"
CONFIG_ATOMIC = "atomic"
CONFIG_TRANSACTION = "transaction"
CONFIG_PERMISSIONS = "permissions"
CONFIG_BYTECODE = "bytecode"
CONFIG_STRIP = "strip"
CONFIG_FUNCTIONS = "functions"
CONFIG_PENDING = "pending"
CONFIG_PENDING_MEMORY = "pending_memory"
CONFIG_EPOCH = "epoch"
CONFIG_HOME = "home"
CONFIG_EVENTS = "events"
ATOMIC_HOST = "host"
FUNCTION_SYNC = "sync"
FUNCTION_ASYNC = "async"
FUNCTION_EITHER = "either"
TRANSACTION_OPEN = "open"
TRANSACTION_COMMIT = "commit"
TRANSACTION_ROLLBACK = "rollback"
PERMISSION_WRITE = "write"
PERMISSION_TABLES = "tables"
PERMISSION_LIBRARY = "library"
GUARD_READONLY = "readonly"
GUARD_HIDDEN = "hidden"
EVENT_OUTPUT = "output"
EVENT_ERROR = "error"
EVENT_AUDIT = "audit"
EVENT_USAGE = "usage"
EVENT_PROGRESS = "progress"
FIELD_KIND = "kind"
FIELD_TEXT = "text"
FIELD_OFFSET = "offset"
FIELD_CLASS = "class"
FIELD_MESSAGE = "message"
FIELD_VALUE = "value"
FIELD_WAITS = "waits"
FIELD_INSTRUCTIONS = "instructions"
FIELD_MEMORY = "memory"
FIELD_CALLS = "calls"
FIELD_ACTION = "action"
FIELD_SEQUENCE = "sequence"
FIELD_FUNCTION = "function"
FIELD_NAME = "name"
FIELD_INTO = "into"
FIELD_BYTES = "bytes"
FIELD_LIMIT = "limit"
FIELD_VARIABLES = "variables"
FIELD_FIRST = "first"
FIELD_LEVEL = "level"
FIELD_WORK = "work"
FIELD_DONE = "done"
FIELD_TOTAL = "total"
WORK_BATCH = "batch"
WORK_INDEX = "index"
AUDIT_BYTECODE_LOADED = "bytecode_loaded"
AUDIT_BYTECODE_REFUSED = "bytecode_refused"
AUDIT_FUNCTION_PERSISTED = "function_persisted"
AUDIT_FUNCTION_RESTORED = "function_restored"
AUDIT_PERMISSION_REFUSED = "permission_refused"
AUDIT_SCHEMA_VIOLATED = "schema_violated"
AUDIT_LIMIT_HIT = "limit_hit"
AUDIT_TRANSACTION_COMMITTED = "transaction_committed"
AUDIT_TRANSACTION_ROLLED_BACK = "transaction_rolled_back"
AUDIT_HOST_CALLED = "host_called"
AUDIT_VARIABLES_PUT_BACK = "variables_put_back"
LIMIT_INSTRUCTIONS = "instructions"
LIMIT_MEMORY = "memory"
LIMIT_OUTPUT = "output"
LIMIT_OPERATIONS = "operations"
LIMIT_TICK = "tick"
CLASS_SYNTAX = "syntax"
CLASS_RUNTIME = "runtime"
CLASS_MEMORY = "memory"
CLASS_HANDLER = "handler"
CLASS_RESULT = "result"
CLASS_STATE = "state"
CLASS_INPUT = "input"
CLASS_CONFIG = "config"
CLASS_INTERNAL = "internal"
CLASS_BUDGET = "budget"
CLASS_JOURNAL = "journal"
CLASS_INTERRUPTED = "interrupted"
IMPORT_MODULE = "env"
MEMORY = "memory"

# The keys of the configuration.
CONFIG_KEYS = ["instructions", "tick", "memory", "output", "seed", "compression", "atomic", "transaction", "permissions", "bytecode", "strip", "functions", "pending", "pending_memory", "epoch", "home", "events"]

# The kinds of event.
EVENT_KINDS = ["output", "error", "audit", "usage", "progress"]

# The values of the field action of an audit event.
AUDIT_ACTIONS = ["bytecode_loaded", "bytecode_refused", "function_persisted", "function_restored", "permission_refused", "schema_violated", "limit_hit", "transaction_committed", "transaction_rolled_back", "host_called", "variables_put_back"]

# The values of the field limit of an audit event.
LIMITS = ["instructions", "memory", "output", "operations", "tick"]

# The values of the field class of an error event.
ERROR_CLASSES = ["syntax", "runtime", "memory", "handler", "result", "state", "input", "config", "internal", "budget", "journal", "interrupted"]

# What an event of each kind has beside the kind; value may be absent.
EVENT_FIELDS = {
    "output": ["text", "offset"],
    "error": ["class", "message", "value", "waits"],
    "audit": ["action", "sequence"],
    "usage": ["instructions", "memory", "calls"],
    "progress": ["work", "done", "total"],
}

# What an audit event of each action may have beside action and sequence.
AUDIT_FIELDS = {
    "bytecode_loaded": ["bytes"],
    "bytecode_refused": ["message", "function"],
    "function_persisted": ["function", "into"],
    "function_restored": ["function"],
    "permission_refused": ["message"],
    "schema_violated": ["message"],
    "limit_hit": ["limit", "value", "message"],
    "transaction_committed": ["level"],
    "transaction_rolled_back": ["level"],
    "host_called": ["name"],
    "variables_put_back": ["variables", "first"],
}

# Exported functions: name and number of parameters.
EXPORTS = {
    "init": 0,
    "compute": 2,
    "get_buffer_ptr": 0,
    "get_buffer_size": 0,
    "get_memory_stats": 1,
    "run_gc": 0,
    "attach_memory_table": 1,
    "get_memory_table_id": 0,
    "sync_external_table_counter": 1,
    "set_memory_alias_enabled": 1,
    "lua_alloc": 4,
}

# Imported functions: name and number of parameters.
IMPORTS = {
    "js_ext_table_set": 5,
    "js_ext_table_get": 5,
    "js_ext_table_delete": 3,
    "js_ext_table_size": 1,
    "js_ext_table_keys": 3,
}
