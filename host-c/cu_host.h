/*
 * A host for cu.wasm in C11: open a module, run Lua in instances of it, keep the tables of scripts in a store.
 *
 * This header is the manual. The contract between module and host is abi/README.md; its constants are in cu.h.
 *
 * - No dependency but the engine. An engine is reached through a struct of functions (cu_engine, at the end); host-c/engines has four.
 * - A function that can fail answers a cu_status: CU_OK, which is 0, or what went wrong; the words are in a cu_error.
 * - Who owns what: what `open` gave is ended by `close`. A cu_bytes is a view of bytes that belong to somebody else; each function says to whom.
 *   Bytes that are passed in are copied, or read before the function returns; they may be those of the call before, such as the values of its response.
 *   What is put into a cu_buffer may not be a part of that buffer.
 * - All memory comes from cu_allocate. When it has none, the call fails with CU_NO_MEMORY, and nothing is leaked.
 * - Threads: an instance, and what was read from it, belongs to one thread at a time; cu_stop may be called from any. Instances of different
 *   stores run in parallel. Instances over one store take turns: a call that comes meanwhile, from any thread, answers CU_BUSY.
 * - A thread that calls an instance needs 2 MiB of stack.
 */
#ifndef CU_HOST_H
#define CU_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cu.h"

/* C++ before 23 has no stdatomic.h; what it has instead is the same in memory. */
#ifdef __cplusplus
#include <atomic>
typedef std::atomic_bool cu_flag;
extern "C" {
#else
#include <stdatomic.h>
typedef atomic_bool cu_flag;
#endif

/* Every allocation and release: as realloc does, with size 0 as free does. May be changed before anything else is called. */
extern void *(*cu_allocate)(void *block, size_t size);

/* ---- results ---- */

typedef enum cu_status {
  /* CU_OK = 0 */
  CU_WAITS = 1,     /* no failure: the compute waits for a function of the host (cu_resume) */
  CU_LUA_ERROR,     /* the script failed, or a limit stopped it; the instance goes on */
  CU_HOST_ERROR,    /* the store failed, and that ended the script; the instance goes on */
  CU_STORE_ERROR,   /* the store failed outside of a script (no unit begun, a collection, a read of the host's own); the instance goes on */
  CU_COMMIT_ERROR,  /* the store did not keep or undo the changes of the call; the instance is over */
  CU_TRAPPED,       /* the module trapped; the changes of the call are undone, if the store can; the instance is over */
  CU_OVER,          /* an earlier call ended the instance; the words are of that call */
  CU_BUSY,          /* another call uses the store, or this one comes from inside of a call */
  CU_NO_CODE_ROOM,  /* the arena has no room for the code or the call record */
  CU_PROTOCOL,      /* the module answered what it never should; the instance is over */
  CU_MALFORMED,     /* bytes that are no value, no key, no record; `at` says which byte cannot be right */
  CU_BAD_MODULE,    /* the file is no cu.wasm, or the engine does not take it */
  CU_OTHER_VERSION, /* a module of another version of the contract */
  CU_ARGUMENT,      /* an option or argument has no meaning; nothing was done */
  CU_NO_MEMORY      /* cu_allocate had none */
} cu_status;

/* A view of bytes that somebody else owns. No bytes: length is 0, `at` may be NULL. */
typedef struct cu_bytes {
  const uint8_t *at;
  size_t length;
} cu_bytes;

/* The bytes of a text, without the zero at its end. */
cu_bytes cu_text(const char *text);

/* What went wrong. The views belong to the instance, until its next call. */
typedef struct cu_error {
  cu_status status;
  char what[320];    /* in words, always; a longer message is cut here, and whole below */
  size_t at;         /* CU_MALFORMED: the byte that cannot be right */
  int32_t answered;  /* CU_HOST_ERROR, CU_STORE_ERROR, CU_COMMIT_ERROR: what the store answered */
  char class_name[16]; /* of an error of the module: one of CU_CLASS_..., "" if unknown */
  cu_bytes text;     /* of an error of the module: all of it */
  cu_bytes message;  /* the text without its traceback */
  cu_bytes traceback;
  uint32_t line;     /* where the message begins with a line of the code, `compute:7:`; otherwise 0 */
  cu_bytes value;    /* the error value, encoded; empty if there is none, or it has no encoding */
  bool waits;        /* the compute that was to go on still waits: its ticket is good for another answer */
} cu_error;

/* ---- values ---- */

/* One value, read from encoded bytes. */
typedef struct cu_value {
  uint32_t tag;     /* CU_TAG_NIL, ..., which says what else counts */
  bool boolean;     /* CU_TAG_BOOLEAN; of CU_TAG_BIG_INTEGER whether it is negative */
  int64_t integer;  /* CU_TAG_INTEGER */
  double number;    /* CU_TAG_FLOAT */
  uint32_t id;      /* CU_TAG_EXTERNAL, CU_TAG_FUNCTION; of CU_TAG_TABLE the number of its pairs */
  cu_bytes bytes;   /* CU_TAG_STRING; the name of a CU_TAG_LIBRARY; the magnitude of a CU_TAG_BIG_INTEGER, least byte first; the pairs
                       of a CU_TAG_TABLE: read them with cu_next, a key and a value in turn */
  cu_bytes whole;   /* the encoding itself */
} cu_value;

/* Reads the value in front of `rest` into `value` and moves `rest` behind it; false at the end. The bytes have to be checked: a response,
 * the arguments of a function and an event are, other bytes by cu_check. */
bool cu_next(cu_bytes *rest, cu_value *value);

/* The field of a table with this name; false, and nil, if there is none or `table` is no table. The last of equal keys counts. */
bool cu_field(cu_value table, const char *name, cu_value *value);

/* The element of a table with this integer as its key; false, and nil, if there is none. */
bool cu_element(cu_value table, int64_t key, cu_value *value);

/* Whether it is a string of these bytes. */
bool cu_is_text(cu_value value, const char *text);

/* Bytes that grow. All zero is an empty one. A failure stays until cu_buffer_end, and further puts do nothing, so it is enough to look at
 * `failed` once, or to pass the buffer on: every function that takes one refuses a failed one. */
typedef struct cu_buffer {
  uint8_t *at;
  size_t length, room;
  unsigned depth; /* tables that have begun */
  cu_status failed;
} cu_buffer;

void cu_buffer_end(cu_buffer *buffer); /* frees the bytes; the buffer is empty then */
cu_bytes cu_view(const cu_buffer *buffer);

/* Each appends a value. A name of the library that cannot be one, a table that nests more than 128 deep, nil or NaN as a key are CU_ARGUMENT. */
void cu_put_nil(cu_buffer *buffer);
void cu_put_boolean(cu_buffer *buffer, bool boolean);
void cu_put_integer(cu_buffer *buffer, int64_t integer);
void cu_put_float(cu_buffer *buffer, double number);
void cu_put_string(cu_buffer *buffer, const void *bytes, size_t length);
void cu_put_text(cu_buffer *buffer, const char *text);
void cu_put_external(cu_buffer *buffer, uint32_t id);
void cu_put_function(cu_buffer *buffer, uint32_t id); /* a stored function: only as a whole value under a key of a table */
void cu_put_library(cu_buffer *buffer, const char *name);
void cu_put_big_integer(cu_buffer *buffer, bool negative, const void *magnitude, size_t length); /* least byte first */
void cu_put_encoded(cu_buffer *buffer, cu_bytes encoded);
/* A table: begin, then key and value of each pair in turn, then end with what begin answered. */
size_t cu_begin_table(cu_buffer *buffer);
void cu_end_table(cu_buffer *buffer, size_t begun);

enum { CU_ALONE = 1, CU_ONE = 2 };
/* Checks encoded values that come from anywhere, one after another (CU_ONE: exactly one; CU_ALONE: as under a key of a table, where a stored
 * function may stand). CU_MALFORMED: *at, which may be NULL, is the first byte that cannot be right. Compressed values (tag 8) are unknown here. */
cu_status cu_check(cu_bytes encoded, int flags, size_t *at);

/* ---- store ---- */

/* Failures of stores, beside any others below -1. */
enum { CU_STORE_FAILED = -2, CU_STORE_NO_MEMORY = -5 };

/* What keeps external tables: entries by table and key, both in the order of their bytes. Fill in the functions; everything under "the
 * host's" is zero at first. Each function answers 0, or what its comment says, or a failure: a number below -1 that scripts see in their error.
 * No function may call an instance, or jump out. Views that `get`, `next` give are good until the next call of the store. */
typedef struct cu_store cu_store;
struct cu_store {
  int32_t (*set)(cu_store *store, uint32_t table, cu_bytes key, cu_bytes value);
  int32_t (*get)(cu_store *store, uint32_t table, cu_bytes key, cu_bytes *value); /* 1, or 0 if it is absent */
  int32_t (*remove)(cu_store *store, uint32_t table, cu_bytes key);              /* also if it is absent */
  int32_t (*size)(cu_store *store, uint32_t table, uint64_t *keys);
  /* The key behind `after` in the order of the bytes, or in front of it; the first or last one if `after` is NULL. 1, or 0 at the end. */
  int32_t (*next)(cu_store *store, uint32_t table, const cu_bytes *after, bool descending, cu_bytes *key);
  /* The first table with keys whose id is at least `from`. 1, or 0 at the end. NULL if the store cannot list its tables. */
  int32_t (*next_table)(cu_store *store, uint32_t from, uint32_t *table);
  /* A unit is what one call changes. NULL: the store has no units. `rollback` undoes the changes since `begin`, or is NULL: the store cannot roll back.
   * A `commit` that fails has undone the changes. */
  int32_t (*begin)(cu_store *store);
  int32_t (*commit)(cu_store *store);
  int32_t (*rollback)(cu_store *store);
  void (*close)(cu_store *store);

  /* the host's */
  cu_flag turn;             /* a call uses the store */
  uint64_t changes;         /* how often anyone changed it */
};

/* A store in memory, in order, with units that roll back. NULL without memory. */
cu_store *cu_memory_store(void);

/* Ends a store. No instance may use it any more. */
void cu_store_close(cu_store *store);

/* What the host itself reads and changes, between calls. A change is a unit of its own, and the instances over the store get to know of it.
 * `value` of get belongs to the store until its next change. CU_STORE_ERROR: *answered, which may be NULL, is what the store answered. */
cu_status cu_store_set(cu_store *store, uint32_t table, cu_bytes key, cu_bytes value, int32_t *answered);
cu_status cu_store_remove(cu_store *store, uint32_t table, cu_bytes key, int32_t *answered);
cu_status cu_store_get(cu_store *store, uint32_t table, cu_bytes key, cu_bytes *value, bool *found, int32_t *answered);

/* ---- module ---- */

typedef struct cu_engine cu_engine;

/* Compiled code, which any number of instances share. Its file's section `cu` was read and says the host's version of the contract. */
typedef struct cu_module {
  const cu_engine *engine;
  void *code;        /* the engine's */
  cu_buffer description; /* the section, a text of JSON with a zero behind it */
  cu_buffer version; /* text, with a zero behind it: the version of cu */
  cu_buffer features, flags; /* texts, each with a zero behind it */
} cu_module;

/* Compiles a module from the bytes of cu.wasm. `wasm` may be empty for an engine that has the module built in. `error` may be NULL. */
cu_status cu_module_open(const cu_engine *engine, cu_bytes wasm, cu_module **module, cu_error *error);
void cu_module_close(cu_module *module); /* after its instances; NULL is allowed */

/* ---- functions of the host ---- */

typedef enum cu_mode { CU_SYNC, CU_ASYNC, CU_EITHER } cu_mode;

/* Beside the answers of the contract: the function failed, and put a text that says why. */
enum { CU_FAILURE = -1 };

/* What scripts call as `host.NAME`. `call` gets the arguments, checked, puts up to 200 values into `answer` and answers CU_ANSWER_RESULTS; or puts a text and
 * answers CU_FAILURE, which raises `host.NAME: text`; or puts one value and answers CU_ANSWER_ERROR, which raises it as it is; or, of a CU_EITHER, answers
 * CU_ANSWER_LATER: the compute waits. Anything else is an error in the script that says so.
 * It may not call the instance. A CU_ASYNC function has no `call`: the compute waits at once. */
typedef struct cu_function {
  const char *name; /* letters, digits, `_`; with dots between: `http.get` */
  cu_mode mode;
  int (*call)(void *context, cu_bytes arguments, cu_buffer *answer);
  void *context;
} cu_function;

/* ---- options ---- */

enum { CU_NONE = -1 }; /* for a limit whose 0 says "as usual": none at all */

typedef enum cu_atomic {
  CU_NOT_ATOMIC,
  CU_BY_MODULE, /* the module keeps a journal: any store */
  CU_BY_STORE   /* a call that fails is rolled back by the store, which has to be able to */
} cu_atomic;

enum { CU_WANT_OUTPUT = 1, CU_WANT_ERROR = 2, CU_WANT_AUDIT = 4, CU_WANT_USAGE = 8, CU_WANT_PROGRESS = 16 };

/* All zero is the usual. abi/README.md, "Table 0", has the meaning and range of each. What only the module knows to be wrong, such as a name of a function
 * that is none, is an error of class `config` of each call. What pointers lead to is copied, but for the contexts. */
typedef struct cu_options {
  int64_t instructions;  /* work after which a compute is stopped; 0: never */
  int64_t memory;        /* bytes of the arena */
  int64_t output;        /* bytes of print that are kept; CU_NONE */
  const int64_t *seed;   /* read when the instance begins */
  int64_t compression;   /* strings from so many bytes on are stored compressed; CU_NONE */
  cu_atomic atomic;
  cu_bytes permissions;  /* an encoded table; empty: everything is permitted */
  bool bytecode, strip;
  int64_t pending, pending_memory; /* computes that may wait at once, CU_NONE; bytes in use */
  const char *home;      /* the name of the home; NULL: the attached table */
  const char *transaction; /* CU_TRANSACTION_OPEN, ...; NULL: none */
  int64_t time_limit;    /* milliseconds of a compute over all its parts, what it waits included; 0: none. The instance lives on */
  int64_t tick;          /* work between two looks at time limit, stop and on_tick; 0: 100,000 */
  const cu_function *functions;
  size_t function_count;
  unsigned events;       /* CU_WANT_... */
  void (*on_event)(void *context, cu_value event); /* the table of the event; its bytes are good until it returns */
  double (*now)(void *context); /* milliseconds since 1970; NULL: time stands at 0. cu_clock is the machine's */
  const char *(*on_tick)(void *context); /* a reason to stop the script, or NULL */
  void *context;
  cu_bytes more;         /* pairs of the configuration, encoded, that go before those above: what this struct has no field for */
} cu_options;

double cu_clock(void *context);

/* ---- instance ---- */

/* A VM over a store. */
typedef struct cu_instance cu_instance;

/* Neither module nor store may be closed before the instance. A spilled result that an earlier instance left is deleted. `error` may be NULL. */
cu_status cu_instance_open(cu_module *module, cu_store *store, const cu_options *options, cu_instance **instance, cu_error *error);
void cu_instance_close(cu_instance *instance); /* NULL is allowed */

/* Other options, for the calls from here on; the seed stays. CU_ARGUMENT: nothing has changed. */
cu_status cu_configure(cu_instance *instance, const cu_options *options);

/* What went wrong in the last call of the instance that failed. */
const cu_error *cu_failure(const cu_instance *instance);

/* What a compute answered. The views belong to the instance, until its next call. */
typedef struct cu_response {
  cu_bytes output; /* what was printed */
  cu_bytes values; /* the results, encoded: read them with cu_next. CU_WAITS: the arguments for the function */
  cu_bytes name;   /* CU_WAITS: the function that the compute waits for, */
  int64_t ticket;  /* and what cu_resume or cu_cancel needs. Also with CU_NO_MEMORY, if it waits */
} cu_response;

/* Runs Lua source, or a call record. CU_OK, CU_WAITS or an error. `response` may be NULL. */
cu_status cu_compute(cu_instance *instance, const void *code, size_t length, cu_response *response);
cu_status cu_run(cu_instance *instance, const char *code, cu_response *response); /* a text */

/* Calls a function by its way, such as `_home.orders.total`, with values, encoded one after another. CU_CALL_CONTENT as flags: tables in the
 * results arrive as what is in them. Nothing is compiled. */
cu_status cu_call(cu_instance *instance, const char *way, cu_bytes arguments, unsigned flags, cu_response *response);

/* A call record by hand, for cu_compute: begin, then arguments: cu_call_value and a put, or cu_call_way for what a way leads to. */
void cu_call_begin(cu_buffer *record, const char *way, unsigned flags);
void cu_call_value(cu_buffer *record);
void cu_call_way(cu_buffer *record, const char *way);

/* Goes on with the compute that has this ticket: the function answered these values, or, if `is_error`, this one value is raised. Then as cu_compute.
 * A compute whose time limit is over does not go on: it is cancelled, and the answer is CU_LUA_ERROR of class `interrupted`. */
cu_status cu_resume(cu_instance *instance, int64_t ticket, bool is_error, cu_bytes values, cu_response *response);
/* Ends the compute that has this ticket; its `<close>` variables run. */
cu_status cu_cancel(cu_instance *instance, int64_t ticket, cu_response *response);

/* From any thread: the script that runs now ends with an error of class `interrupted`; if none runs, or it ends before it has worked for a `tick`, the next one
 * that works so long. */
void cu_stop(cu_instance *instance);

/* A full collection, which also deletes the tables that nothing reaches. */
cu_status cu_collect(cu_instance *instance);

typedef struct cu_memory { uint32_t io_buffer_bytes, lua_bytes, wasm_pages; } cu_memory;
cu_status cu_memory_stats(cu_instance *instance, cu_memory *memory);

/* ---- engine ---- */

enum { CU_PROBLEM_BYTES = 200 }; /* room for an engine's words */

typedef enum cu_export { CU_EXPORT_INIT, CU_EXPORT_COMPUTE, CU_EXPORT_BUFFER, CU_EXPORT_BUFFER_SIZE, CU_EXPORT_STATS, CU_EXPORT_COLLECT, CU_EXPORT_ALLOCATE,
  CU_EXPORTS } cu_export;
typedef enum cu_import { CU_IMPORT_SET, CU_IMPORT_GET, CU_IMPORT_DELETE, CU_IMPORT_SIZE, CU_IMPORT_KEYS, CU_IMPORTS } cu_import;

/* All words are i32. */
typedef struct cu_signature { const char *name; unsigned words, answers; } cu_signature;
extern const cu_signature cu_exports[CU_EXPORTS], cu_imports[CU_IMPORTS];
enum { CU_MOST_WORDS = 5 };

/* What an adapter calls when the module calls an import: `context` is what `start` got. */
int32_t cu_imported(void *context, cu_import which, const uint32_t *words);

/* An engine. The host gives it room for its code and for each of its machines, zeroed, and frees that when they have ended. A function that fails writes
 * why into `problem`, as a text; until it does, that says that there was no memory. */
struct cu_engine {
  const char *name;
  cu_bytes builtin;                                       /* a file with the section `cu` of the module that is built in; empty: none is */
  bool keeps_bytes;                                       /* those of `load` have to stay where they are until `unload` */
  size_t code_bytes, machine_bytes;                       /* room that it wants */
  bool (*load)(void *code, cu_bytes wasm, char *problem); /* compiles */
  void (*unload)(void *code);                             /* also after a `load` that failed */
  bool (*start)(void *machine, void *code, void *context, char *problem); /* instantiates; imports and exports are those of cu.wasm, as the host has seen */
  void (*end)(void *machine);                             /* also after a `start` that failed */
  uint8_t *(*memory)(void *machine, size_t *size);        /* linear memory as it is now */
  bool (*call)(void *machine, cu_export which, const uint32_t *words, uint32_t *answer, char *problem); /* false: it trapped */
};

#ifdef __cplusplus
}
#endif

#endif
