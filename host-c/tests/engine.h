/* The engine that a test program is built with: -DENGINE=cu_wasm3. What all programs share. */
#ifndef TESTS_ENGINE_H
#define TESTS_ENGINE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engines/engines.h"

/* The bytes of a file, to be released with cu_allocate(at, 0); empty if it cannot be read. */
static inline cu_bytes read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  cu_buffer all = { 0 };
  char part[65536];
  if (file == NULL) return (cu_bytes){ 0 };
  for (size_t length; (length = fread(part, 1, sizeof part, file)) > 0;) cu_put_encoded(&all, (cu_bytes){ (uint8_t *)part, length });
  fclose(file);
  return cu_view(&all);
}

/* The module, or the end of the program with words. `path` is CU_WASM, or dist/cu.wasm from where tests run. */
static inline cu_module *open_module(void) {
  const char *path = getenv("CU_WASM") != NULL ? getenv("CU_WASM") : "dist/cu.wasm";
  cu_module *module;
  cu_error error;
  cu_bytes wasm = read_file(path);
  cu_status status = cu_module_open(&ENGINE, wasm, &module, &error);
  cu_allocate((void *)wasm.at, 0);
  if (status == CU_OK) return module;
  fprintf(stderr, "%s: %s\n", path, error.what);
  exit(2);
}

#endif
