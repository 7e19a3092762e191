/*
 * The adapter of wasm3. A module of wasm3 belongs to one runtime, so each instance parses the bytes for itself, and compiles what it runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void *load(cu_bytes wasm, char *problem) {
  cu_bytes *code = malloc(sizeof *code + wasm.length);
  IM3Environment environment = m3_NewEnvironment();
  IM3Module module = NULL;
  bool read = false;
  snprintf(problem, CU_PROBLEM_BYTES, "there is no memory for the module");
  if (code != NULL && environment != NULL) {
    memcpy(code + 1, wasm.at, wasm.length);
    *code = (cu_bytes){ (uint8_t *)(code + 1), wasm.length };
    read = told(problem, m3_ParseModule(environment, &module, code->at, (uint32_t)wasm.length));
  }
  if (read) m3_FreeModule(module);
  if (environment != NULL) m3_FreeEnvironment(environment);
  if (!read) free(code);
  return read ? code : NULL;
}

static const void *import(IM3Runtime runtime, IM3ImportContext which, uint64_t *stack, void *memory) {
  (void)memory;
  uint32_t words[CU_MOST_WORDS];
  const cu_signature *signature = which->userdata;
  for (unsigned i = 0; i < signature->words; i++) words[i] = (uint32_t)stack[1 + i];
  stack[0] = (uint32_t)cu_imported(m3_GetUserData(runtime), (cu_import)(signature - cu_imports), words);
  return m3Err_none;
}

static void end(void *self) {
  machine *machine = self;
  if (machine->runtime != NULL) m3_FreeRuntime(machine->runtime);
  if (machine->environment != NULL) m3_FreeEnvironment(machine->environment);
  free(machine);
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

static void *start(void *code, void *context, char *problem) {
  cu_bytes *wasm = code;
  IM3Module module = NULL;
  machine *self = calloc(1, sizeof *self);
  snprintf(problem, CU_PROBLEM_BYTES, "there is no memory for an instance");
  if (self == NULL) return NULL;
  self->environment = m3_NewEnvironment();
  if (self->environment != NULL) self->runtime = m3_NewRuntime(self->environment, CU_OPERAND_STACK_BYTES, context);
  if (self->runtime != NULL && told(problem, m3_ParseModule(self->environment, &module, wasm->at, (uint32_t)wasm->length))) {
    bool loaded = told(problem, m3_LoadModule(self->runtime, module));
    if (!loaded) m3_FreeModule(module);
    if (loaded && linked(self, module, problem)) return self;
  }
  end(self);
  return NULL;
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
  if (!told(problem, m3_Call(function, cu_exports[which].words, arguments))) return false;
  return told(problem, m3_GetResults(function, cu_exports[which].answers, results));
}

const cu_engine cu_wasm3 = { "wasm3", { 0 }, load, free, start, end, memory, call };
