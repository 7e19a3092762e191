/* The core without any add-on: it loads, computes, keeps tables in memory, and says what went wrong. */
#include "../core/core.c"

#include "check.h"
#include "../engines/engines.h"

static cu_instance instance;
static cu_response response;

static cu_status compute(const char *code) { return cu_compute(&instance, code, strlen(code), &response); }

/* The only result, which is an integer; -1 if it is none. */
static long long integer(const char *code) {
  cu_value value;
  return compute(code) == CU_OK && cu_next(&response.values, &value) && value.tag == CU_TAG_INTEGER ? (long long)value.integer : -1;
}

static void test_loading(cu_module *module, cu_error *error) {
  static const struct { const char *description; cu_status status; } cases[] = { { "{\"abi\":1}", CU_OK }, { " { \"x\" : [ \"abi\" , { \"abi\" : 7 } ] , \"abi\" : 1 } ", CU_OK },
    { "{\"abi\":2,\"abi\":1}", CU_OK }, { "{\"abi\":2}", CU_OTHER_VERSION }, { "{\"abi\":1.5}", CU_BAD_MODULE }, { "{\"abi\":\"1\"}", CU_BAD_MODULE }, { "{\"abi\":1x}", CU_BAD_MODULE },
    { "{\"x\":\"\\\"abi\\\":1\"}", CU_BAD_MODULE }, { "{\"abi", CU_BAD_MODULE }, { "{\"abi\\", CU_BAD_MODULE }, { "[\"abi\",1]", CU_BAD_MODULE }, { "", CU_BAD_MODULE } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CHECK(check_version(cases[i].description, error) == cases[i].status, "%s: %s", cases[i].description, error->what);
  }
  CHECK(find_description(cu_text("this is no WebAssembly"), module, error) == CU_BAD_MODULE && strstr(error->what, "no WebAssembly") != NULL, "%s", error->what);
  cu_bytes file = ENGINE.builtin;
  for (size_t length = 0; length < file.length; length++) CHECK(find_description((cu_bytes){ file.at, length }, module, error) == CU_BAD_MODULE, "%zu bytes", length);
  cu_status status = find_description(file, module, error);
  if (status == CU_OK) status = check_version((char *)module->description.at, error);
  if (status == CU_OK) status = load_module((cu_bytes){ 0 }, module, calloc(1, ENGINE.code_bytes + 1), error);
  CHECK(status == CU_OK, "%s", error->what);
}

int main(void) {
  cu_error error = { 0 };
  cu_value value;
  cu_module *module = cu_allocate(NULL, sizeof *module);
  *module = (cu_module){ .engine = &ENGINE };
  test_loading(module, &error);
  cu_store *store = cu_memory_store();
  instance = (cu_instance){ .module = module, .store = store };
  void *machine = calloc(1, ENGINE.machine_bytes);
  CHECK(start(&instance, machine) == CU_OK, "%s", instance.error.what);

  CHECK(integer("print('hello') return 6 * 7") == 42 && response.output.length == 6 && memcmp(response.output.at, "hello\n", 6) == 0, "%s", instance.error.what);
  CHECK(integer("_home.n = 1 for i = 1, 1000 do _home[i] = i end return #_home") == 1000, "%s", instance.error.what);
  CHECK(integer("local sum = 0 for _, v in ipairs(_home) do sum = sum + v end return sum") == 500500, "%s", instance.error.what);
  CHECK(compute("local t\nreturn t.x") == CU_LUA_ERROR && strncmp((char *)instance.error.message.at, "compute:2: attempt to index a nil value", 39) == 0, "%s", instance.error.what);
  CHECK(strncmp((char *)instance.error.traceback.at, "stack traceback:", 16) == 0, "a traceback");
  /* A result that does not fit the buffer is in the store, and taken from there. */
  CHECK(compute("return ('x'):rep(100000)") == CU_OK && cu_next(&response.values, &value) && value.tag == CU_TAG_STRING && value.bytes.length == 100000, "%s", instance.error.what);
  cu_bytes left = { 0 };
  CHECK(store->get(store, CU_TABLE_IO, result_key, &left) == 0, "a result is left in the store");
  /* Code that does not fit it. */
  cu_buffer code = { 0 };
  for (int i = 0; i < 20000; i++) put(&code, "     ", 5);
  put(&code, "return 5", 8);
  CHECK(cu_compute(&instance, code.at, code.length, &response) == CU_OK && cu_next(&response.values, &value) && value.integer == 5, "%s", instance.error.what);
  cu_buffer_end(&code);
  /* Without add-ons there are no functions of the host, and nothing waits. */
  CHECK(integer("return host == nil and 1 or 0") == 1 || integer("return next(host) == nil and 1 or 0") == 1, "%s", instance.error.what);
  atomic_store(&store->turn, true);
  CHECK(compute("return 1") == CU_BUSY, "%s", instance.error.what);
  atomic_store(&store->turn, false);
  CHECK(integer("return _home.n") == 1, "%s", instance.error.what);

  end(&instance);
  store->close(store);
  free(machine);
  void *compiled = module->code;
  cu_module_close(module);
  free(compiled);
  return finish("core");
}
