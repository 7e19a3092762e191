/* A program in C++17 that uses all headers: a store and a function of the host written in it, over the core compiled as C. */
#include <cstdio>
#include <string>

#include "cu_file_store.h"
#include "cu_host.h"
#include "cu_keys.h"
#include "engines.h"

static cu_store *memory;

/* The struct is filled in by C++, and C uses all of it: both have to see the same one. */
static cu_store forwarding = {
  [](cu_store *, uint32_t table, cu_bytes key, cu_bytes value) { return memory->set(memory, table, key, value); },
  [](cu_store *, uint32_t table, cu_bytes key, cu_bytes *value) { return memory->get(memory, table, key, value); },
  [](cu_store *, uint32_t table, cu_bytes key) { return memory->remove(memory, table, key); },
  [](cu_store *, uint32_t table, uint64_t *keys) { return memory->size(memory, table, keys); },
  [](cu_store *, uint32_t table, const cu_bytes *after, bool descending, cu_bytes *key) { return memory->next(memory, table, after, descending, key); },
  nullptr, nullptr, nullptr, nullptr,
  [](cu_store *) { cu_store_close(memory); },
  {}, 0
};

static int greet(void *, cu_bytes arguments, cu_buffer *answer) {
  cu_value name;
  if (!cu_next(&arguments, &name) || name.tag != CU_TAG_STRING) return cu_put_text(answer, "greet wants a string"), CU_ANSWER_ERROR;
  std::string text = "hello, " + std::string(reinterpret_cast<const char *>(name.bytes.at), name.bytes.length);
  cu_put_string(answer, text.data(), text.size());
  return CU_ANSWER_RESULTS;
}

int main() {
  cu_error error;
  cu_module *module;
  cu_instance *instance;
  cu_response response;
  cu_value value;
  const cu_function functions[] = { { "greet", CU_SYNC, greet, nullptr } };
  cu_options options = {};
  options.functions = functions, options.function_count = 1, options.time_limit = 10000;
  memory = cu_memory_store();
  if (memory == nullptr || cu_module_open(&cu_wasm2c, cu_bytes{}, &module, &error) != CU_OK ||
      cu_instance_open(module, &forwarding, &options, &instance, &error) != CU_OK) {
    return std::fprintf(stderr, "consumer: %s\n", error.what), 1;
  }
  bool fine = cu_run(instance, "_home.n = 1 return host.greet('C++')", &response) == CU_OK && cu_next(&response.values, &value) && cu_is_text(value, "hello, C++");
  fine = fine && forwarding.changes > 0 && !forwarding.turn && cu_run(instance, "host.greet(1)", nullptr) == CU_LUA_ERROR && std::string(cu_failure(instance)->class_name) == CU_CLASS_RUNTIME;
  std::printf("consumer: %s\n", fine ? "a program in C++17 runs" : cu_failure(instance)->what);
  cu_instance_close(instance);
  cu_store_close(&forwarding);
  cu_module_close(module);
  return !fine;
}
