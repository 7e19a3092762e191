/* Measures the host over the engine that it is built with: bench_ENGINE [PROGRAM.lua ...] prints lines `name value unit`. CU_WASM is the module. */
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

/* The least microseconds of a call in many series, each so short that it may pass without another process in between. */
static double microseconds(void (*call)(void)) {
  double least = 1e9;
  long count = 16;
  for (int series = 0; series < 300; series++) {
    double begun = seconds();
    for (long i = 0; i < count; i++) call();
    double each = (seconds() - begun) / (double)count;
    if (each * 1e6 < least) least = each * 1e6;
    count = (long)(0.002 / each) + 1;
  }
  return least;
}

/* Microseconds of the fastest of several: a new instance over a new store, and its first result. */
static double from_module(cu_module *module) {
  double least = 1e9;
  for (int i = 0; i < 20; i++) {
    double begun = seconds();
    cu_store *store = cu_memory_store();
    cu_instance *new = opened(module, store);
    cu_run(new, "return 1", NULL);
    double took = (seconds() - begun) * 1e6;
    if (took < least) least = took;
    cu_instance_close(new);
    cu_store_close(store);
  }
  return least;
}

/* Bytes in memory of each further instance that has computed something small. */
static double memory_each(cu_module *module) {
  enum { WARM = 5, INSTANCES = 100 };
  static cu_instance *many[WARM + INSTANCES];
  static cu_store *stores[WARM + INSTANCES];
  double before = 0;
  for (int i = 0; i < WARM + INSTANCES; i++) {
    if (i == WARM) before = resident();
    many[i] = opened(module, stores[i] = cu_memory_store());
    cu_run(many[i], "return 1", NULL);
  }
  double each = (resident() - before) / INSTANCES;
  for (int i = 0; i < WARM + INSTANCES; i++) cu_instance_close(many[i]), cu_store_close(stores[i]);
  return each;
}

static void print_program(cu_module *module, const char *path) {
  cu_bytes code = read_file(path);
  cu_store *store = cu_memory_store();
  cu_instance *new = opened(module, store);
  cu_response response;
  cu_value value = { 0 };
  const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
  int length = (int)strcspn(name, ".");
  cu_configure(new, &(cu_options){ .instructions = (int64_t)CU_INSTRUCTIONS - 1 });
  double begun = seconds();
  cu_status status = cu_compute(new, code.at, code.length, &response);
  double took = (seconds() - begun) * 1e6;
  if (status != CU_OK) fprintf(stderr, "%s: %s\n", path, cu_failure(new)->what);
  else cu_next(&response.values, &value);
  printf("%.*s %.1f us ", length, name, took);
  if (value.tag == CU_TAG_INTEGER) printf("%lld\n", (long long)value.integer);
  else if (value.tag == CU_TAG_FLOAT) printf("%.14g\n", value.number);
  else printf("%.*s\n", value.tag == CU_TAG_STRING ? (int)value.bytes.length : 1, value.tag == CU_TAG_STRING ? (const char *)value.bytes.at : "-");
  cu_instance_close(new);
  cu_store_close(store);
  cu_allocate((void *)code.at, 0);
}

int main(int count, char **programs) {
  double begun = seconds();
  cu_module *module = open_module();
  cu_store *store = cu_memory_store();
  instance = opened(module, store);
  cu_run(instance, "return 1", NULL);
  if (ENGINE.builtin.length == 0) printf("from_bytes %.1f us\n", (seconds() - begun) * 1e6);
  printf("from_module %.1f us\n", from_module(module));
  if (cu_run(instance, "function _home.add(a, b) return a + b end", NULL) != CU_OK) return 1;
  cu_put_integer(&arguments, 1), cu_put_integer(&arguments, 2);
  printf("return_1 %.3f us\n", microseconds(return_one));
  printf("call %.3f us\n", microseconds(call_stored));
  printf("memory %.0f bytes\n", memory_each(module));
  for (int i = 1; i < count; i++) print_program(module, programs[i]);
  cu_buffer_end(&arguments);
  cu_instance_close(instance);
  cu_store_close(store);
  cu_module_close(module);
  return 0;
}
