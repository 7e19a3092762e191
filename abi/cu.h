/* Printed by abi/src/bin/mirror.rs from the crate abi: run `make mirrors`, do not edit. */
#ifndef CU_H
#define CU_H

#include <stdint.h>

#define CU_ABI_VERSION 1u
#define CU_IO_BUFFER_BYTES 65536u
#define CU_ARENA_BYTES 2097152u
#define CU_OUTPUT_KEPT_BYTES 64512u
#define CU_OUTPUT_EVENT_BYTES 4000u
#define CU_VALUE_DEPTH 128u
#define CU_KEY_BYTES 4096u
#define CU_FUNCTION_BYTES 102400u
#define CU_COMPRESSION_BYTES 1024u
#define CU_INSTRUCTIONS 9007199254740992u
#define CU_PERMISSIONS_BYTES 4096u
#define CU_HOME_NAME_BYTES 255u
#define CU_GUARDS 64u
#define CU_BATCH_OPERATIONS 10000u
#define CU_CALL_ARGUMENTS 250u
#define CU_CONFIG_BYTES 16384u
#define CU_MEMORY_STATS_BYTES 12u
#define CU_PAGE_LEAST_BYTES 512u
#define CU_PAGE_DESCENDING 2147483648u
#define CU_CALL_VERSION 1u
#define CU_CALL_CONTENT 1u
#define CU_CALL_VALUE 0u
#define CU_ANSWER_RESULTS 0u
#define CU_ANSWER_ERROR 1u
#define CU_ANSWER_LATER 3u
#define CU_ANSWER_CANCEL 2u
#define CU_CALL_ANSWER 2u
#define CU_PENDING_CALL_AT 9u
#define CU_PENDING_ANSWER_AT 13u
#define CU_PENDING 1000u
#define CU_FUNCTION_NAME_BYTES 128u
#define CU_FUNCTION_RESULTS 200u
#define CU_CALL_WAY 1u
#define CU_RECORDING_VERSION 1u
#define CU_RECORDING_HEAD_BYTES 12u
#define CU_RECORDING_HASH_BYTES 32u
#define CU_TABLE_CONTROL 0u
#define CU_TABLE_HOME 1u
#define CU_TABLE_IO 2u
#define CU_TABLE_SYSTEM_FIRST 2147483648u
#define CU_TABLE_HOMES 2147483654u
#define CU_TABLE_METATABLES 2147483664u
#define CU_TABLE_HOST_FIRST 4278190080u
#define CU_RECORDING_MODULE 0u
#define CU_RECORDING_CALL 1u
#define CU_RECORDING_RETURN 2u
#define CU_RECORDING_TRAP 3u
#define CU_RECORDING_IMPORT 4u
#define CU_RECORDING_UNDONE 5u
#define CU_RECORDING_END 6u
#define CU_TAG_NIL 0u
#define CU_TAG_BOOLEAN 1u
#define CU_TAG_INTEGER 2u
#define CU_TAG_FLOAT 3u
#define CU_TAG_STRING 4u
#define CU_TAG_FUNCTION 5u
#define CU_TAG_LIBRARY 6u
#define CU_TAG_EXTERNAL 7u
#define CU_TAG_COMPRESSED 8u
#define CU_TAG_TABLE 9u
#define CU_TAG_SPILLED 10u
#define CU_TAG_BIG_INTEGER 11u
#define CU_TAG_PENDING 12u
#define CU_OK (0)
#define CU_INIT_FAILED (-1)
#define CU_ABSENT (-1)
#define CU_RATE_EXCEEDED (-429)
#define CU_SECTION "cu"
#define CU_KEY_CONFIG "config"
#define CU_KEY_NOW "now"
#define CU_KEY_TICK "tick"
#define CU_KEY_ANSWER "answer"
#define CU_FUNCTION_LIBRARY "host"
#define CU_KEY_EVENT "event"
#define CU_KEY_RESULT "\x01" "result" "\x00"
#define CU_CLASS_NAME "__name"
#define CU_CALL_SIGNATURE "\x1b" "Cu"
#define CU_RECORDING_SIGNATURE "\x1b" "CuRec"
#define CU_PERMISSION_HOME "_home"
#define CU_CONFIG_INSTRUCTIONS "instructions"
#define CU_CONFIG_TICK "tick"
#define CU_CONFIG_MEMORY "memory"
#define CU_CONFIG_OUTPUT "output"
#define CU_CONFIG_SEED "seed"
#define CU_CONFIG_COMPRESSION "compression"
#define CU_CONFIG_ATOMIC "atomic"
#define CU_CONFIG_TRANSACTION "transaction"
#define CU_CONFIG_PERMISSIONS "permissions"
#define CU_CONFIG_BYTECODE "bytecode"
#define CU_CONFIG_STRIP "strip"
#define CU_CONFIG_FUNCTIONS "functions"
#define CU_CONFIG_PENDING "pending"
#define CU_CONFIG_PENDING_MEMORY "pending_memory"
#define CU_CONFIG_EPOCH "epoch"
#define CU_CONFIG_HOME "home"
#define CU_CONFIG_EVENTS "events"
#define CU_ATOMIC_HOST "host"
#define CU_FUNCTION_SYNC "sync"
#define CU_FUNCTION_ASYNC "async"
#define CU_FUNCTION_EITHER "either"
#define CU_TRANSACTION_OPEN "open"
#define CU_TRANSACTION_COMMIT "commit"
#define CU_TRANSACTION_ROLLBACK "rollback"
#define CU_PERMISSION_WRITE "write"
#define CU_PERMISSION_TABLES "tables"
#define CU_PERMISSION_LIBRARY "library"
#define CU_GUARD_READONLY "readonly"
#define CU_GUARD_HIDDEN "hidden"
#define CU_EVENT_OUTPUT "output"
#define CU_EVENT_ERROR "error"
#define CU_EVENT_AUDIT "audit"
#define CU_EVENT_USAGE "usage"
#define CU_EVENT_PROGRESS "progress"
#define CU_FIELD_KIND "kind"
#define CU_FIELD_TEXT "text"
#define CU_FIELD_OFFSET "offset"
#define CU_FIELD_CLASS "class"
#define CU_FIELD_MESSAGE "message"
#define CU_FIELD_VALUE "value"
#define CU_FIELD_WAITS "waits"
#define CU_FIELD_INSTRUCTIONS "instructions"
#define CU_FIELD_MEMORY "memory"
#define CU_FIELD_CALLS "calls"
#define CU_FIELD_ACTION "action"
#define CU_FIELD_SEQUENCE "sequence"
#define CU_FIELD_FUNCTION "function"
#define CU_FIELD_NAME "name"
#define CU_FIELD_INTO "into"
#define CU_FIELD_BYTES "bytes"
#define CU_FIELD_LIMIT "limit"
#define CU_FIELD_VARIABLES "variables"
#define CU_FIELD_FIRST "first"
#define CU_FIELD_LEVEL "level"
#define CU_FIELD_WORK "work"
#define CU_FIELD_DONE "done"
#define CU_FIELD_TOTAL "total"
#define CU_WORK_BATCH "batch"
#define CU_WORK_INDEX "index"
#define CU_AUDIT_BYTECODE_LOADED "bytecode_loaded"
#define CU_AUDIT_BYTECODE_REFUSED "bytecode_refused"
#define CU_AUDIT_FUNCTION_PERSISTED "function_persisted"
#define CU_AUDIT_FUNCTION_RESTORED "function_restored"
#define CU_AUDIT_PERMISSION_REFUSED "permission_refused"
#define CU_AUDIT_SCHEMA_VIOLATED "schema_violated"
#define CU_AUDIT_LIMIT_HIT "limit_hit"
#define CU_AUDIT_TRANSACTION_COMMITTED "transaction_committed"
#define CU_AUDIT_TRANSACTION_ROLLED_BACK "transaction_rolled_back"
#define CU_AUDIT_HOST_CALLED "host_called"
#define CU_AUDIT_VARIABLES_PUT_BACK "variables_put_back"
#define CU_LIMIT_INSTRUCTIONS "instructions"
#define CU_LIMIT_MEMORY "memory"
#define CU_LIMIT_OUTPUT "output"
#define CU_LIMIT_OPERATIONS "operations"
#define CU_LIMIT_TICK "tick"
#define CU_CLASS_SYNTAX "syntax"
#define CU_CLASS_RUNTIME "runtime"
#define CU_CLASS_MEMORY "memory"
#define CU_CLASS_HANDLER "handler"
#define CU_CLASS_RESULT "result"
#define CU_CLASS_STATE "state"
#define CU_CLASS_INPUT "input"
#define CU_CLASS_CONFIG "config"
#define CU_CLASS_INTERNAL "internal"
#define CU_CLASS_BUDGET "budget"
#define CU_CLASS_JOURNAL "journal"
#define CU_CLASS_INTERRUPTED "interrupted"

/* Exports of the module: a host calls them. */
/* create the VM: 0, also when it exists already; -1 when it cannot */
typedef int32_t (*cu_export_init)(void);
/* run Lua source, or a call record; n >= 0: response of n bytes, n < 0: error text of -n - 1 bytes, in the I/O buffer */
typedef int32_t (*cu_export_compute)(uint32_t code_ptr, uint32_t code_len);
/* address of the I/O buffer: constant, 16-byte aligned */
typedef int32_t (*cu_export_get_buffer_ptr)(void);
/* size of the I/O buffer in bytes */
typedef int32_t (*cu_export_get_buffer_size)(void);
/* write {u32 io_buffer_size, u32 lua_memory_used, u32 wasm_pages} */
typedef void (*cu_export_get_memory_stats)(uint32_t stats_ptr);
/* full collection, then free external tables that nothing reaches */
typedef void (*cu_export_run_gc)(void);
/* make that external table _home */
typedef void (*cu_export_attach_memory_table)(uint32_t table_id);
/* id of _home, 0 before init */
typedef int32_t (*cu_export_get_memory_table_id)(void);
/* never hand out a table id below this one */
typedef void (*cu_export_sync_external_table_counter)(uint32_t next_id);
/* switch the legacy global Memory on (default) or off */
typedef void (*cu_export_set_memory_alias_enabled)(uint32_t enabled);
/* Lua's allocator contract: allocate, resize or free a block of the arena; 0 when it cannot */
typedef int32_t (*cu_export_lua_alloc)(uint32_t ud, uint32_t ptr, uint32_t osize, uint32_t nsize);

/* Imports of the module, from "env": a host supplies them. */
/* store: 0, or < 0 when refused */
typedef int32_t (*cu_import_js_ext_table_set)(uint32_t table, uint32_t key_ptr, uint32_t key_len, uint32_t val_ptr, uint32_t val_len);
/* copy the value when it fits; its full length, -1 absent, < -1 host failure */
typedef int32_t (*cu_import_js_ext_table_get)(uint32_t table, uint32_t key_ptr, uint32_t key_len, uint32_t val_ptr, uint32_t max_len);
/* 0 whether or not the key was there; < 0 host failure */
typedef int32_t (*cu_import_js_ext_table_delete)(uint32_t table, uint32_t key_ptr, uint32_t key_len);
/* number of keys; 0 for an unknown table */
typedef int32_t (*cu_import_js_ext_table_size)(uint32_t table);
/* one page of keys in byte order: bytes written, 0 no more, < 0 failure */
typedef int32_t (*cu_import_js_ext_table_keys)(uint32_t table, uint32_t buf_ptr, uint32_t max_len);

#endif
