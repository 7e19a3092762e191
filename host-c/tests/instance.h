/* The one instance of a test, over a store in memory, and short words for what tests do with it. */
#ifndef TESTS_INSTANCE_H
#define TESTS_INSTANCE_H

#include "check.h"
#include "engine.h"

static cu_module *module;
static cu_store *store;
static cu_instance *instance;
static cu_response response;

static inline void begin(const cu_options *options) {
  cu_error error;
  store = cu_memory_store();
  CHECK(cu_instance_open(module, store, options, &instance, &error) == CU_OK, "%s", error.what);
}

static inline void end(void) {
  cu_instance_close(instance);
  cu_store_close(store);
}

static inline cu_status run(const char *code) { return cu_run(instance, code, &response); }

static inline const char *what(void) { return cu_failure(instance)->what; }

/* The first result. */
static inline cu_value result(void) {
  cu_value value;
  cu_bytes rest = response.values;
  cu_next(&rest, &value);
  return value;
}

static inline int64_t number(const char *code) { return run(code) == CU_OK ? result().integer : -1; }

static inline bool says(const char *text) { return strstr(what(), text) != NULL; }

#endif
