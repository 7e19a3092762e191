/*
 * cu.wasm as C: the adapter, and what wasm2c's C asks of a runtime (wasm-rt.h).
 *
 * Invariant: a trap jumps to the call of the module that is innermost in its thread; there is no signal handler, every access is checked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cu_builtin.h" /* printed by embed.c: builtin, builtin_bytes, builtin_hash */
#include "cu_wasm2c.h"  /* by wasm2c -n cu */
#include "engines.h"

struct Z_env_instance_t { void *context; };

typedef struct machine {
  Z_cu_instance_t instance;
  struct Z_env_instance_t env;
} machine;

static _Thread_local jmp_buf *innermost;

/* ---- the runtime ---- */

void wasm_rt_trap(wasm_rt_trap_t trap) { longjmp(*innermost, trap); }

const char *wasm_rt_strerror(wasm_rt_trap_t trap) {
  static const char *const words[] = { "", "out of bounds", "integer overflow", "division by zero", "invalid conversion", "unreachable",
    "invalid call_indirect", "uncaught exception", "stack exhausted" };
  return words[trap];
}

bool wasm_rt_is_initialized(void) { return true; }

/* Types of functions are few, and equal ones have one number. Called only when the module is loaded. */
uint32_t wasm_rt_register_func_type(uint32_t parameters, uint32_t results, ...) {
  enum { MOST = 256, WORDS = 32 };
  static uint8_t known[MOST][WORDS];
  static uint32_t count;
  uint8_t type[WORDS] = { (uint8_t)parameters, (uint8_t)results };
  if (parameters + results + 2 > WORDS || count == MOST) abort(); /* not of cu.wasm */
  va_list types;
  va_start(types, results);
  for (uint32_t i = 0; i < parameters + results; i++) type[2 + i] = (uint8_t)(va_arg(types, int) + 1);
  va_end(types);
  uint32_t number = 0;
  while (number < count && memcmp(known[number], type, WORDS) != 0) number++;
  if (number == count) memcpy(known[count++], type, WORDS);
  return number + 1;
}

/* Pages that are not touched take no memory. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t most) {
  size_t size = (size_t)pages * 65536;
  void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) wasm_rt_trap(WASM_RT_TRAP_OOB);
  *memory = (wasm_rt_memory_t){ .data = data, .pages = pages, .max_pages = most, .size = (uint32_t)size };
}

/* cu.wasm does not grow its memory. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages) { return pages == 0 ? memory->pages : UINT32_MAX; }

void wasm_rt_free_memory(wasm_rt_memory_t *memory) {
  if (memory->data != NULL) munmap(memory->data, memory->size);
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements, uint32_t most) {
  *table = (wasm_rt_funcref_table_t){ .data = calloc(elements, sizeof *table->data), .size = elements, .max_size = most };
  if (table->data == NULL) wasm_rt_trap(WASM_RT_TRAP_OOB);
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) { free(table->data); }

/* ---- the imports ---- */

u32 Z_envZ_js_ext_table_set(struct Z_env_instance_t *env, u32 table, u32 key, u32 key_length, u32 value, u32 length) {
  return (u32)cu_imported(env->context, CU_IMPORT_SET, (u32[]){ table, key, key_length, value, length });
}

u32 Z_envZ_js_ext_table_get(struct Z_env_instance_t *env, u32 table, u32 key, u32 key_length, u32 into, u32 room) {
  return (u32)cu_imported(env->context, CU_IMPORT_GET, (u32[]){ table, key, key_length, into, room });
}

u32 Z_envZ_js_ext_table_delete(struct Z_env_instance_t *env, u32 table, u32 key, u32 key_length) {
  return (u32)cu_imported(env->context, CU_IMPORT_DELETE, (u32[]){ table, key, key_length });
}

u32 Z_envZ_js_ext_table_size(struct Z_env_instance_t *env, u32 table) { return (u32)cu_imported(env->context, CU_IMPORT_SIZE, &table); }

u32 Z_envZ_js_ext_table_keys(struct Z_env_instance_t *env, u32 table, u32 page, u32 room) {
  return (u32)cu_imported(env->context, CU_IMPORT_KEYS, (u32[]){ table, page, room });
}

/* ---- the adapter ---- */

/* FNV-1a. */
static uint64_t hash_of(cu_bytes bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t at = 0; at < bytes.length; at++) hash = (hash ^ bytes.at[at]) * 0x100000001b3;
  return hash;
}

static bool load(void *code, cu_bytes wasm, char *problem) {
  (void)code;
  if (wasm.length > 0 && (wasm.length != builtin_bytes || hash_of(wasm) != builtin_hash)) {
    snprintf(problem, CU_PROBLEM_BYTES, "another module is built in, of %zu bytes; the one that was given has %zu", (size_t)builtin_bytes, wasm.length);
    return false;
  }
  static bool is_ready;
  if (!is_ready) Z_cu_init_module();
  return is_ready = true;
}

static void unload(void *code) { (void)code; }

/* Calls an export, or, if `which` is CU_EXPORTS, instantiates. False: it trapped. */
static bool call(void *self, cu_export which, const uint32_t *words, uint32_t *answer, char *problem) {
  machine *machine = self;
  jmp_buf here, *outer = innermost;
  int trap = _setjmp(*(innermost = &here));
  if (trap == 0) {
    switch (which) {
      case CU_EXPORT_INIT: *answer = Z_cuZ_init(self); break;
      case CU_EXPORT_COMPUTE: *answer = Z_cuZ_compute(self, words[0], words[1]); break;
      case CU_EXPORT_BUFFER: *answer = Z_cuZ_get_buffer_ptr(self); break;
      case CU_EXPORT_BUFFER_SIZE: *answer = Z_cuZ_get_buffer_size(self); break;
      case CU_EXPORT_STATS: Z_cuZ_get_memory_stats(self, words[0]); break;
      case CU_EXPORT_COLLECT: Z_cuZ_run_gc(self); break;
      case CU_EXPORT_ALLOCATE: *answer = Z_cuZ_lua_alloc(self, words[0], words[1], words[2], words[3]); break;
      case CU_EXPORTS: Z_cu_instantiate(&machine->instance, &machine->env); break;
    }
  }
  innermost = outer;
  if (trap != 0) snprintf(problem, CU_PROBLEM_BYTES, "%s", wasm_rt_strerror(trap));
  return trap == 0;
}

/* Nothing but memory can be missing. */
static bool start(void *self, void *code, void *context, char *problem) {
  char trap[CU_PROBLEM_BYTES];
  (void)code, (void)problem;
  ((machine *)self)->env.context = context;
  return call(self, CU_EXPORTS, NULL, NULL, trap);
}

static void end(void *self) { Z_cu_free(self); }

static uint8_t *memory(void *self, size_t *size) {
  const wasm_rt_memory_t *memory = Z_cuZ_memory(self);
  *size = memory->size;
  return memory->data;
}

const cu_engine cu_wasm2c = { "wasm2c", { builtin, sizeof builtin }, false, 0, sizeof(machine), load, unload, start, end, memory, call };
