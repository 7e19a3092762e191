/* Measures the host over the engine that it is built with: lines `name value unit`. */
#include <time.h>
#include <unistd.h>

#include "tests/engine.h"

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Bytes of this process that are in memory, and its own. */
static double resident(void) {
  long pages = 0, shared = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld %ld", &pages, &shared) != 2) pages = shared = 0;
  if (file != NULL) fclose(file);
  return (double)(pages - shared) * (double)sysconf(_SC_PAGESIZE);
}

static cu_instance *opened(cu_module *module, cu_store *store) {
  cu_instance *instance;
  cu_error error;
  if (cu_instance_open(module, store, NULL, &instance, &error) == CU_OK) return instance;
  fprintf(stderr, "%s\n", error.what);
  exit(1);
}

static cu_instance *instance;
static cu_buffer arguments;

static void call_stored(void) { cu_call(instance, "_home.add", cu_view(&arguments), 0, NULL); }
static void return_one(void) { cu_run(instance, "return 1", NULL); }

/* The least microseconds of a call in several series, each of a tenth of a second. */
static double microseconds(void (*call)(void)) {
  double least = 1e9;
  long count = 16;
  for (int series = 0; series < 8; series++) {
    double begun = seconds();
    for (long i = 0; i < count; i++) call();
    double took = seconds() - begun;
    if (took / (double)count * 1e6 < least) least = took / (double)count * 1e6;
    count = (long)(0.1 / (took / (double)count)) + 1;
  }
  return least;
}

int main(void) {
  enum { INSTANCES = 50 };
  double begun = seconds();
  cu_module *module = open_module();
  printf("open_module %.3f ms\n", (seconds() - begun) * 1e3);
  cu_store *store = cu_memory_store();
  instance = opened(module, store);
  if (cu_run(instance, "function _home.add(a, b) return a + b end", NULL) != CU_OK) return 1;
  cu_put_integer(&arguments, 1), cu_put_integer(&arguments, 2);
  printf("call_stored_function %.3f us\n", microseconds(call_stored));
  printf("return_1 %.3f us\n", microseconds(return_one));
  begun = seconds();
  cu_run(instance, "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end return f(27)", NULL);
  printf("fib_27 %.1f ms\n", (seconds() - begun) * 1e3);

  /* Instances over stores of their own that have run something small; the first few are warm-up. */
  static cu_instance *many[INSTANCES + 5];
  static cu_store *stores[INSTANCES + 5];
  double before = 0;
  for (int i = 0; i < INSTANCES + 5; i++) {
    if (i == 5) before = resident(), begun = seconds();
    many[i] = opened(module, stores[i] = cu_memory_store());
    cu_run(many[i], "return 1", NULL);
  }
  printf("start_instance %.1f us\n", (seconds() - begun) * 1e6 / INSTANCES);
  printf("resident_per_instance %.0f bytes\n", (resident() - before) / INSTANCES);
  for (int i = 0; i < INSTANCES + 5; i++) cu_instance_close(many[i]), cu_store_close(stores[i]);
  cu_buffer_end(&arguments);
  cu_instance_close(instance);
  cu_store_close(store);
  cu_module_close(module);
  return 0;
}
