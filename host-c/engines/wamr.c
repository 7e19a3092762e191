/*
 * The adapter of WAMR, its fast interpreter. The runtime lives as long as a module is loaded.
 *
 * Modules are loaded and unloaded by one thread at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines.h"
#include "wasm_export.h"

typedef struct code {
  wasm_module_t module;
  uint8_t bytes[]; /* WAMR keeps pointers to them */
} code;

typedef struct machine {
  wasm_module_inst_t instance;
  wasm_exec_env_t stack;
  wasm_function_inst_t exports[CU_EXPORTS];
} machine;

static unsigned modules;

static void import(wasm_exec_env_t stack, uint64_t *words) {
  const cu_signature *signature = wasm_runtime_get_function_attachment(stack);
  uint32_t given[CU_MOST_WORDS];
  for (unsigned i = 0; i < signature->words; i++) given[i] = (uint32_t)words[i];
  void *context = wasm_runtime_get_custom_data(wasm_runtime_get_module_inst(stack));
  *(int32_t *)words = cu_imported(context, (cu_import)(signature - cu_imports), given);
}

static bool is_ready(void) {
  static const char *const types[] = { "(iiiii)i", "(iiiii)i", "(iii)i", "(i)i", "(iii)i" };
  static NativeSymbol symbols[CU_IMPORTS];
  if (modules > 0) return true;
  for (unsigned i = 0; i < CU_IMPORTS; i++) symbols[i] = (NativeSymbol){ cu_imports[i].name, (void *)import, types[i], (void *)&cu_imports[i] };
  return wasm_runtime_init() && wasm_runtime_register_natives_raw("env", symbols, CU_IMPORTS);
}

static void unload(void *self) {
  wasm_runtime_unload(((code *)self)->module);
  free(self);
  if (--modules == 0) wasm_runtime_destroy();
}

static void *load(cu_bytes wasm, char *problem) {
  code *self = malloc(sizeof *self + wasm.length);
  snprintf(problem, CU_PROBLEM_BYTES, "there is no memory for the module");
  if (self == NULL || !is_ready()) return free(self), NULL;
  modules++;
  memcpy(self->bytes, wasm.at, wasm.length);
  self->module = wasm_runtime_load(self->bytes, (uint32_t)wasm.length, problem, CU_PROBLEM_BYTES);
  if (self->module != NULL) return self;
  free(self);
  if (--modules == 0) wasm_runtime_destroy();
  return NULL;
}

static void end(void *self) {
  machine *machine = self;
  if (machine->stack != NULL) wasm_runtime_destroy_exec_env(machine->stack);
  if (machine->instance != NULL) wasm_runtime_deinstantiate(machine->instance);
  free(machine);
}

static void *start(void *module, void *context, char *problem) {
  machine *self = calloc(1, sizeof *self);
  snprintf(problem, CU_PROBLEM_BYTES, "there is no memory for an instance");
  if (self == NULL) return NULL;
  self->instance = wasm_runtime_instantiate(((code *)module)->module, CU_OPERAND_STACK_BYTES, 0, problem, CU_PROBLEM_BYTES);
  if (self->instance != NULL) {
    wasm_runtime_set_custom_data(self->instance, context);
    self->stack = wasm_runtime_create_exec_env(self->instance, CU_OPERAND_STACK_BYTES);
    for (unsigned i = 0; i < CU_EXPORTS; i++) self->exports[i] = wasm_runtime_lookup_function(self->instance, cu_exports[i].name);
  }
  if (self->stack != NULL) return self;
  end(self);
  return NULL;
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
  if (wasm_runtime_call_wasm(machine->stack, machine->exports[which], cu_exports[which].words, cells)) {
    if (cu_exports[which].answers > 0) *answer = cells[0];
    return true;
  }
  snprintf(problem, CU_PROBLEM_BYTES, "%s", wasm_runtime_get_exception(machine->instance));
  return false;
}

const cu_engine cu_wamr = { "WAMR", { 0 }, load, unload, start, end, memory, call };
