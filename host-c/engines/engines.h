/* The adapters. A program links those that it uses; each is a cu_engine of cu_host.h. */
#ifndef CU_ENGINES_H
#define CU_ENGINES_H

#include "cu_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* No engine at run time: cu.wasm as C, by wasm2c of Debian's wabt. cu_module_open takes no bytes, or those it was built from. */
extern const cu_engine cu_wasm2c;
/* wasm3. Each instance parses and compiles the module for itself, since its modules cannot be shared. */
extern const cu_engine cu_wasm3;
/* WAMR, its fast interpreter. */
extern const cu_engine cu_wamr;
/* The standard C API of WebAssembly, wasm.h, such as Wasmtime's library has it. */
extern const cu_engine cu_wasm_h;

/* Bytes of operand stack that interpreters give the module (abi/README.md, "What an engine needs"). */
enum { CU_OPERAND_STACK_BYTES = 1024 * 1024 };

/* What an interpreter with cells of 64 bits calls when the module calls an import. */
static inline int32_t cu_imported_wide(void *context, const cu_signature *import, const uint64_t *cells) {
  uint32_t words[CU_MOST_WORDS];
  for (unsigned i = 0; i < import->words; i++) words[i] = (uint32_t)cells[i];
  return cu_imported(context, (cu_import)(import - cu_imports), words);
}

#ifdef __cplusplus
}
#endif

#endif
