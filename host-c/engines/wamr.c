/*
 * The adapter of WAMR, its fast interpreter. The runtime lives as long as a module is loaded.
 *
 * Modules are loaded and unloaded by one thread at a time.
 */
#include <stdio.h>
#include <string.h>

#include "engines.h"
#include "wasm_export.h"

typedef struct code {
  wasm_module_t module; /* keeps pointers to the bytes, which it changes */
  bool is_ready;
} code;

typedef struct machine {
  wasm_module_inst_t instance;
  wasm_exec_env_t stack;
  wasm_function_inst_t exports[CU_EXPORTS];
} machine;

static unsigned modules;

static void import(wasm_exec_env_t stack, uint64_t *words) {
  void *context = wasm_runtime_get_custom_data(wasm_runtime_get_module_inst(stack));
  *(int32_t *)words = cu_imported_wide(context, wasm_runtime_get_function_attachment(stack), words);
}

static bool make_ready(void) {
  static const char *const types[] = { "(iiiii)i", "(iiiii)i", "(iii)i", "(i)i", "(iii)i" };
  static NativeSymbol symbols[CU_IMPORTS];
  for (unsigned i = 0; i < CU_IMPORTS; i++) symbols[i] = (NativeSymbol){ cu_imports[i].name, (void *)import, types[i], (void *)&cu_imports[i] };
  return wasm_runtime_init() && wasm_runtime_register_natives_raw("env", symbols, CU_IMPORTS);
}

static bool load(void *self, cu_bytes wasm, char *problem) {
  code *code = self;
  if (modules == 0 && !make_ready()) return false;
  modules++;
  code->is_ready = true;
  code->module = wasm_runtime_load((uint8_t *)wasm.at, (uint32_t)wasm.length, problem, CU_PROBLEM_BYTES);
  return code->module != NULL;
}

static void unload(void *self) {
  code *code = self;
  if (code->module != NULL) wasm_runtime_unload(code->module);
  if (code->is_ready && --modules == 0) wasm_runtime_destroy();
}

static bool start(void *self, void *loaded, void *context, char *problem) {
  machine *machine = self;
  machine->instance = wasm_runtime_instantiate(((code *)loaded)->module, CU_OPERAND_STACK_BYTES, 0, problem, CU_PROBLEM_BYTES);
  if (machine->instance == NULL) return false;
  wasm_runtime_set_custom_data(machine->instance, context);
  machine->stack = wasm_runtime_create_exec_env(machine->instance, CU_OPERAND_STACK_BYTES);
  for (unsigned i = 0; i < CU_EXPORTS; i++) machine->exports[i] = wasm_runtime_lookup_function(machine->instance, cu_exports[i].name);
  return machine->stack != NULL;
}

static void end(void *self) {
  machine *machine = self;
  if (machine->stack != NULL) wasm_runtime_destroy_exec_env(machine->stack);
  if (machine->instance != NULL) wasm_runtime_deinstantiate(machine->instance);
}

static uint8_t *memory(void *self, size_t *size) {
  wasm_memory_inst_t memory = wasm_runtime_get_default_memory(((machine *)self)->instance);
  *size = memory != NULL ? (size_t)(wasm_memory_get_cur_page_count(memory) * wasm_memory_get_bytes_per_page(memory)) : 0;
  return memory != NULL ? wasm_memory_get_base_address(memory) : NULL;
}

static bool call(void *self, cu_export which, const uint32_t *words, uint32_t *answer, char *problem) {
  machine *machine = self;
  uint32_t cells[CU_MOST_WORDS] = { 0 };
  memcpy(cells, words, cu_exports[which].words * sizeof *words);
  bool done = wasm_runtime_call_wasm(machine->stack, machine->exports[which], cu_exports[which].words, cells);
  if (!done) snprintf(problem, CU_PROBLEM_BYTES, "%s", wasm_runtime_get_exception(machine->instance));
  else if (cu_exports[which].answers > 0) *answer = cells[0];
  return done;
}

const cu_engine cu_wamr = { "WAMR", { 0 }, true, sizeof(code), sizeof(machine), load, unload, start, end, memory, call };
