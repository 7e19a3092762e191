/*
 * The core: load, compute, codec, imports, a store in memory. It is complete without the add-ons, which hang on an instance: by three functions, and by table 0,
 * which is a store like any other.
 *
 * Invariants: nothing but `bytes_at` (imports.c) turns a pointer of the module into one of the host. Nobody else uses the store from the beginning of a
 * call of the module to its end. After a trap an instance answers only CU_OVER.
 */
#include "../cu_host.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cu_instance {
  cu_module *module;
  cu_store *store;
  void *machine;     /* the engine's */
  cu_store *control; /* table 0; NULL: nothing is in it */
  /* What add-ons do in a call, while nobody else uses the store; NULL: nothing more than the core does. `run` is in place of the function `run`, and
   * `end` answers what has come of the call. */
  cu_status (*begin)(cu_instance *instance);
  cu_status (*run)(cu_instance *instance, const void *code, size_t length, cu_response *response);
  cu_status (*end)(cu_instance *instance, cu_status status);
  uint32_t buffer;   /* address of the I/O buffer */
  bool is_over;
  cu_error error;
  int32_t failures[8]; /* what the store answered in this call, the last ones */
  unsigned failure_count;
  cu_buffer response; /* what the last call answered, or its error's text */
};

#include "bytes.c"
#include "codec.c"
#include "memory_store.c"
#include "module.c"
#include "imports.c"
#include "errors.c"
#include "compute.c"
