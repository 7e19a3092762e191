/* Measures what an embedder's decisions cost in host-c: `c CODE FILE` prints lines `name microseconds`; FILE is for a store. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cu_file_store.h"
#include "engines.h"

enum { LOOPS = 100, SERIES = 40, CALLS = 200, COMMITS = 200 };

static cu_module *module;
static char code[4096];

static void check(cu_status status, const char *what) {
  if (status != CU_OK) fprintf(stderr, "%s\n", what), exit(1);
}

static cu_instance *opened(cu_store *store, cu_options options) {
  cu_instance *instance;
  cu_error error;
  check(cu_instance_open(module, store, &options, &instance, &error), error.what);
  check(cu_run(instance, code, NULL), cu_failure(instance)->what);
  return instance;
}

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Prints the least microseconds of each, which take turns. */
static void best(int rounds, int calls, const char *way, const char *const *names, cu_instance *const *instances, int count) {
  double least[3] = { 1e18, 1e18, 1e18 };
  for (int round = 0; round < rounds; round++) {
    for (int at = 0; at < count; at++) {
      double begun = microseconds();
      for (int i = 0; i < calls; i++) {
        cu_buffer arguments = { 0 };
        cu_put_integer(&arguments, i);
        check(cu_call(instances[at], way, cu_view(&arguments), 0, NULL), cu_failure(instances[at])->what);
        cu_buffer_end(&arguments);
      }
      double each = (microseconds() - begun) / calls;
      if (each < least[at]) least[at] = each;
    }
  }
  for (int at = 0; at < count; at++) printf("%s %.2f\n", names[at], least[at]);
}

int main(int count, char **words) {
  cu_error error;
  cu_store *store;
  FILE *file = count == 3 ? fopen(words[1], "r") : NULL;
  if (file == NULL || fread(code, 1, sizeof code - 1, file) == 0) return fprintf(stderr, "usage: c CODE FILE\n"), 2;
  fclose(file);
  check(cu_module_open(&cu_wasm2c, (cu_bytes){ 0 }, &module, &error), error.what);
  const int64_t never = 1000000000000000;
  cu_instance *plain = opened(cu_memory_store(), (cu_options){ 0 });
  cu_instance *limited[] = { plain, opened(cu_memory_store(), (cu_options){ .instructions = never }),
                             opened(cu_memory_store(), (cu_options){ .instructions = never, .time_limit = 600000 }) };
  best(LOOPS, 1, "_home.loop", (const char *[]){ "loop", "loop_budget", "loop_time_limit" }, limited, 3);
  cu_instance *atomic[] = { plain, opened(cu_memory_store(), (cu_options){ .atomic = CU_BY_MODULE }), opened(cu_memory_store(), (cu_options){ .atomic = CU_BY_STORE }) };
  best(SERIES, CALLS, "_home.change", (const char *[]){ "change", "change_atomic", "change_atomic_host" }, atomic, 3);
  check(cu_file_store_open(words[2], &store, &error), error.what);
  cu_instance *kept = opened(store, (cu_options){ 0 });
  best(SERIES, CALLS, "_home.look", (const char *[]){ "kept_look" }, &kept, 1);
  best(COMMITS, 1, "_home.change", (const char *[]){ "kept_change" }, &kept, 1);
  cu_instance_close(kept);
  cu_store_close(store);
  return 0;
}
