/*
 * The adapter of the standard C API of WebAssembly, wasm.h: any library that has it, such as Wasmtime's.
 *
 * Code is shared between instances, each of which has a store of its own.
 */
#include <stdio.h>
#include <string.h>

#include "engines.h"
#include "wasm.h"

typedef struct code {
  wasm_engine_t *engine;
  wasm_shared_module_t *module;
} code;

typedef struct machine {
  wasm_store_t *store;
  wasm_instance_t *instance;
  wasm_extern_vec_t all;
  wasm_func_t *exports[CU_EXPORTS];
  wasm_memory_t *memory;
  void *context;
  struct import { struct machine *machine; cu_import which; } imports[CU_IMPORTS];
} machine;

static bool load(void *self, cu_bytes wasm, char *problem) {
  code *code = self;
  code->engine = wasm_engine_new();
  wasm_byte_vec_t bytes = { wasm.length, (char *)wasm.at };
  wasm_store_t *store = code->engine != NULL ? wasm_store_new(code->engine) : NULL;
  if (store == NULL) return false;
  wasm_module_t *module = wasm_module_new(store, &bytes);
  if (module == NULL) snprintf(problem, CU_PROBLEM_BYTES, "it is no module of WebAssembly, or there is no memory for it");
  if (module != NULL) code->module = wasm_module_share(module), wasm_module_delete(module);
  wasm_store_delete(store);
  return code->module != NULL;
}

static void unload(void *self) {
  code *code = self;
  if (code->module != NULL) wasm_shared_module_delete(code->module);
  if (code->engine != NULL) wasm_engine_delete(code->engine);
}

static wasm_trap_t *import(void *self, const wasm_val_vec_t *given, wasm_val_vec_t *answers) {
  struct import *import = self;
  uint32_t words[CU_MOST_WORDS];
  for (size_t i = 0; i < given->size; i++) words[i] = (uint32_t)given->data[i].of.i32;
  answers->data[0] = (wasm_val_t)WASM_I32_VAL(cu_imported(import->machine->context, import->which, words));
  return NULL;
}

static void end(void *self) {
  machine *machine = self;
  wasm_extern_vec_delete(&machine->all);
  if (machine->instance != NULL) wasm_instance_delete(machine->instance);
  if (machine->store != NULL) wasm_store_delete(machine->store);
}

static bool is_name(const wasm_name_t *name, const char *wanted) { return name->size == strlen(wanted) && memcmp(name->data, wanted, name->size) == 0; }

/* The module's imports, in its order. */
static void give_imports(machine *machine, const wasm_module_t *module, wasm_extern_vec_t *externs) {
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  wasm_extern_vec_new_uninitialized(externs, types.size);
  for (size_t i = 0; i < types.size; i++) {
    unsigned which = 0;
    while (!is_name(wasm_importtype_name(types.data[i]), cu_imports[which].name)) which++;
    machine->imports[which] = (struct import){ machine, (cu_import)which };
    const wasm_functype_t *type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    externs->data[i] = wasm_func_as_extern(wasm_func_new_with_env(machine->store, type, import, &machine->imports[which], NULL));
  }
  wasm_importtype_vec_delete(&types);
}

static void find_exports(machine *machine, const wasm_module_t *module) {
  wasm_exporttype_vec_t types;
  wasm_module_exports(module, &types);
  wasm_instance_exports(machine->instance, &machine->all);
  for (size_t i = 0; i < types.size && i < machine->all.size; i++) {
    const wasm_name_t *name = wasm_exporttype_name(types.data[i]);
    if (is_name(name, "memory")) machine->memory = wasm_extern_as_memory(machine->all.data[i]);
    for (unsigned which = 0; which < CU_EXPORTS; which++) if (is_name(name, cu_exports[which].name)) machine->exports[which] = wasm_extern_as_func(machine->all.data[i]);
  }
  wasm_exporttype_vec_delete(&types);
}

static bool start(void *self, void *shared, void *context, char *problem) {
  code *code = shared;
  machine *machine = self;
  wasm_extern_vec_t externs;
  wasm_trap_t *trap = NULL;
  (void)problem;
  machine->context = context;
  machine->store = wasm_store_new(code->engine);
  wasm_module_t *module = machine->store != NULL ? wasm_module_obtain(machine->store, code->module) : NULL;
  if (module == NULL) return false;
  give_imports(machine, module, &externs);
  machine->instance = wasm_instance_new(machine->store, module, &externs, &trap);
  if (machine->instance != NULL) find_exports(machine, module);
  wasm_extern_vec_delete(&externs);
  if (trap != NULL) wasm_trap_delete(trap);
  wasm_module_delete(module);
  return machine->instance != NULL;
}

static uint8_t *memory(void *self, size_t *size) {
  machine *machine = self;
  *size = machine->memory != NULL ? wasm_memory_data_size(machine->memory) : 0;
  return *size > 0 ? (uint8_t *)wasm_memory_data(machine->memory) : NULL;
}

static bool call(void *self, cu_export which, const uint32_t *words, uint32_t *answer, char *problem) {
  wasm_val_t given[CU_MOST_WORDS], got[1] = { WASM_INIT_VAL };
  for (unsigned i = 0; i < cu_exports[which].words; i++) given[i] = (wasm_val_t)WASM_I32_VAL((int32_t)words[i]);
  wasm_val_vec_t parameters = { cu_exports[which].words, given }, results = { cu_exports[which].answers, got };
  wasm_trap_t *trap = wasm_func_call(((machine *)self)->exports[which], &parameters, &results);
  if (trap == NULL) return cu_exports[which].answers > 0 ? (*answer = (uint32_t)got[0].of.i32, true) : true;
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  snprintf(problem, CU_PROBLEM_BYTES, "%.*s", (int)message.size, message.data);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  return false;
}

const cu_engine cu_wasm_h = { "wasm.h", { 0 }, false, sizeof(code), sizeof(machine), load, unload, start, end, memory, call };
