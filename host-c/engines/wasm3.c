/*
 * The adapter of wasm3. A module of wasm3 belongs to one runtime, so each instance parses the bytes for itself, and compiles what it runs.
 */
#include <stdio.h>

#include "engines.h"
#include "wasm3.h"

typedef struct machine {
  IM3Environment environment;
  IM3Runtime runtime;
  IM3Function exports[CU_EXPORTS];
} machine;

static bool told(char *problem, M3Result result) {
  if (result != m3Err_none) snprintf(problem, CU_PROBLEM_BYTES, "%s", result);
  return result == m3Err_none;
}

static bool load(void *code, cu_bytes wasm, char *problem) {
  IM3Environment environment = m3_NewEnvironment();
  IM3Module module;
  if (environment == NULL) return false;
  bool read = told(problem, m3_ParseModule(environment, &module, wasm.at, (uint32_t)wasm.length));
  if (read) m3_FreeModule(module);
  m3_FreeEnvironment(environment);
  *(cu_bytes *)code = wasm;
  return read;
}

static void unload(void *code) { (void)code; }

static const void *import(IM3Runtime runtime, IM3ImportContext which, uint64_t *stack, void *memory) {
  (void)memory;
  const cu_signature *signature = which->userdata;
  stack[0] = (uint32_t)cu_imported_wide(m3_GetUserData(runtime), signature, stack + 1);
  return m3Err_none;
}

static void end(void *self) {
  machine *machine = self;
  if (machine->runtime != NULL) m3_FreeRuntime(machine->runtime);
  if (machine->environment != NULL) m3_FreeEnvironment(machine->environment);
}

static bool linked(machine *machine, IM3Module module, char *problem) {
  static const char *const types[] = { "i(iiiii)", "i(iiiii)", "i(iii)", "i(i)", "i(iii)" };
  for (unsigned i = 0; i < CU_IMPORTS; i++) {
    if (!told(problem, m3_LinkRawFunctionEx(module, "env", cu_imports[i].name, types[i], import, &cu_imports[i]))) return false;
  }
  for (unsigned i = 0; i < CU_EXPORTS; i++) {
    if (!told(problem, m3_FindFunction(&machine->exports[i], machine->runtime, cu_exports[i].name))) return false;
  }
  return true;
}

static bool start(void *self, void *code, void *context, char *problem) {
  machine *machine = self;
  cu_bytes *wasm = code;
  IM3Module module;
  machine->environment = m3_NewEnvironment();
  if (machine->environment != NULL) machine->runtime = m3_NewRuntime(machine->environment, CU_OPERAND_STACK_BYTES, context);
  if (machine->runtime == NULL || !told(problem, m3_ParseModule(machine->environment, &module, wasm->at, (uint32_t)wasm->length))) return false;
  if (told(problem, m3_LoadModule(machine->runtime, module))) return linked(machine, module, problem);
  m3_FreeModule(module);
  return false;
}

static uint8_t *memory(void *self, size_t *size) {
  uint32_t bytes = 0;
  uint8_t *at = m3_GetMemory(((machine *)self)->runtime, &bytes, 0);
  *size = bytes;
  return at;
}

static bool call(void *self, cu_export which, const uint32_t *words, uint32_t *answer, char *problem) {
  const void *arguments[CU_MOST_WORDS], *results[] = { answer };
  IM3Function function = ((machine *)self)->exports[which];
  for (unsigned i = 0; i < cu_exports[which].words; i++) arguments[i] = words + i;
  return told(problem, m3_Call(function, cu_exports[which].words, arguments)) && told(problem, m3_GetResults(function, cu_exports[which].answers, results));
}

const cu_engine cu_wasm3 = { "wasm3", { 0 }, true, sizeof(cu_bytes), sizeof(machine), load, unload, start, end, memory, call };
