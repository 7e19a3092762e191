/*
 * Random bytes for all that reads bytes: values, keys, sections, responses, events, records, logs. Run under the address sanitizer: each input lies in a block of
 * its own size. CU_ROUNDS inputs (20,000 by default), of CU_SEED.
 */
#include <time.h>

#include "../add_ons/cu_keys.h"
#include "check.h"
#include "engine.h"
#include "stand_in.h"

static uint64_t state;

static uint32_t any(uint32_t below) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)((state >> 16) % below);
}

/* A value that is right, to begin with. */
static void put_any(cu_buffer *into, unsigned depth) {
  char bytes[40];
  uint32_t length = any(sizeof bytes);
  for (uint32_t i = 0; i < length; i++) bytes[i] = (char)any(256);
  switch (any(depth < 6 ? 10 : 8)) {
    case 0: cu_put_nil(into); break;
    case 1: cu_put_boolean(into, any(2)); break;
    case 2: cu_put_integer(into, any(5)); break;
    case 3: cu_put_float(into, any(3) * 0.5); break;
    case 4: cu_put_external(into, any(9)); break;
    case 5: cu_put_library(into, "math.floor"); break;
    case 6: cu_put_big_integer(into, any(2), bytes, length); break;
    case 7: cu_put_string(into, bytes, length % 4); break;
    default: {
      size_t begun = cu_begin_table(into);
      for (uint32_t pairs = any(6); pairs > 0; pairs--) {
        if (any(2)) cu_put_integer(into, any(4));
        else cu_put_boolean(into, any(2));
        put_any(into, depth + 1);
      }
      cu_end_table(into, begun);
    }
  }
}

/* A copy in a block of its size, a little changed. */
static cu_bytes damaged(const cu_buffer *right, uint32_t changes) {
  size_t length = right->length > 0 && any(3) == 0 ? any((uint32_t)right->length + 1) : right->length;
  uint8_t *copy = malloc(length > 0 ? length : 1);
  if (length > 0) memcpy(copy, right->at, length);
  for (; changes > 0 && length > 0; changes--) copy[any((uint32_t)length)] = (uint8_t)(any(3) == 0 ? any(256) : any(14));
  return (cu_bytes){ copy, length };
}

/* Reads all of a value; how many there are. */
static uint64_t walk(cu_bytes rest) {
  uint64_t values = 0;
  for (cu_value value; cu_next(&rest, &value); values++) {
    if (value.tag == CU_TAG_TABLE) values += walk(value.bytes);
    else for (size_t i = 0; i < value.bytes.length; i++) values += value.bytes.at[i] & 0u;
  }
  return values;
}

static void fuzz_values(void) {
  cu_buffer right = { 0 }, one = { 0 }, two = { 0 };
  size_t at = 0;
  for (uint32_t values = 1 + any(3); values > 0; values--) put_any(&right, 0);
  CHECK(right.failed == CU_OK && cu_check(cu_view(&right), 0, &at) == CU_OK, "byte %zu", at);
  cu_bytes bytes = damaged(&right, any(4));
  if (cu_check(bytes, 0, &at) == CU_OK) {
    walk(bytes);
    CHECK(cu_canonical(bytes, 0, &one, NULL) == CU_OK && cu_canonical(cu_view(&one), 0, &two, &at) == CU_OK, "byte %zu", at);
    CHECK(one.length == two.length && (one.length == 0 || memcmp(one.at, two.at, one.length) == 0), "the one form has another");
    walk(cu_view(&one));
  } else {
    CHECK(at <= bytes.length, "byte %zu of %zu", at, bytes.length);
  }
  cu_buffer_end(&one);
  if (cu_key_decode(bytes, &one) == CU_OK) {
    cu_value value;
    cu_bytes rest = cu_view(&one);
    cu_buffer_end(&two);
    CHECK(cu_next(&rest, &value) && cu_key(value, &two) == CU_OK && two.length == bytes.length && memcmp(two.at, bytes.at, two.length) == 0, "a key");
  }
  free((void *)bytes.at);
  cu_buffer_end(&right), cu_buffer_end(&one), cu_buffer_end(&two);
}

static void fuzz_section(void) {
  static const char *const words[] = { "{", "}", "[", "]", ",", ":", "\"abi\"", "1", "\"version\"", "\"x\\u00e9\\ud83d\\ude00\"", "\"features\"", "null", "true", "-1.5e3", "\"", "\\", " ", "\xc3\xa9", "\xff" };
  cu_buffer text = { 0 }, wasm = { 0 };
  cu_module *module;
  cu_error error;
  uint32_t style = any(3);
  if (style < 2) cu_put_encoded(&text, cu_text("{\"version\":\"1\\u0041\",\"abi\":1,\"features\":[\"a\",\"b\"],\"flags\":[],\"x\":[{\"y\":-1.5e3},null,true]}"));
  else for (uint32_t i = any(30); i > 0; i--) cu_put_encoded(&text, cu_text(words[any(sizeof words / sizeof *words)]));
  cu_bytes content = style == 0 ? cu_view(&text) : damaged(&text, any(3));
  cu_put_encoded(&wasm, (cu_bytes){ stand_in_file, 9 });
  uint8_t head[] = { (uint8_t)((content.length + 3) | 0x80), (uint8_t)((content.length + 3) >> 7), 2, 'c', 'u' };
  cu_put_encoded(&wasm, (cu_bytes){ head, sizeof head });
  cu_put_encoded(&wasm, content);
  cu_bytes bytes = damaged(&wasm, style == 0 ? any(4) : 0);
  cu_engine engine = stand_in_engine;
  engine.builtin = bytes;
  CHECK(cu_module_open(&stand_in_engine, bytes, &module, &error) != CU_OK || bytes.length == 0, "imports and exports were not looked at");
  if (bytes.length == 0) cu_module_close(module);
  cu_status status = cu_module_open(&engine, (cu_bytes){ 0 }, &module, &error);
  CHECK((status == CU_OK) == (module != NULL) && (status == CU_OK || status == CU_BAD_MODULE || status == CU_OTHER_VERSION || bytes.length == 0), "%d", status);
  cu_module_close(module);
  if (style != 0) free((void *)content.at);
  free((void *)bytes.at);
  cu_buffer_end(&text), cu_buffer_end(&wasm);
}

static int echo(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context;
  walk(arguments);
  cu_put_encoded(answer, arguments);
  return (int)any(5);
}

static void on_event(void *context, cu_value event) { (void)context, walk(event.whole); }

/* While the module "runs", it calls imports with any words; then its answer is any. */
static void any_imports(void *context, cu_export which) {
  static const char *const keys[] = { "config", "now", "tick", "answer", "event", "\x1b" "Cu\1\0\4\0\0\0echo\0\4\1\0\0\0x" };
  if (which != CU_EXPORT_COMPUTE) return;
  for (uint32_t calls = any(8); calls > 0; calls--) {
    uint32_t words[5] = { any(4), STAND_IN_FREE + any(512), any(64), STAND_IN_FREE + 1024 + any(512), any(256) };
    if (any(12) == 0) words[1 + any(4)] = 0u - any(100);
    if (any(2) == 0) {
      uint32_t key = any(6);
      size_t length = key == 5 ? 20 : strlen(keys[key]);
      memcpy(stand_in.memory + STAND_IN_FREE, keys[key], length);
      words[0] = 0, words[1] = STAND_IN_FREE, words[2] = (uint32_t)length - (any(8) == 0);
    }
    if (any(2) == 0) {
      cu_buffer value = { 0 };
      put_any(&value, 0);
      if (value.length < 1000) memcpy(stand_in.memory + STAND_IN_FREE + 1024, value.at, value.length), words[3] = STAND_IN_FREE + 1024, words[4] = (uint32_t)value.length;
      cu_buffer_end(&value);
    }
    cu_imported(context, (cu_import)any(CU_IMPORTS), words);
  }
  cu_buffer response = { 0 };
  cu_put_encoded(&response, (cu_bytes){ (uint8_t[4]){ (uint8_t)any(3) }, 4 });
  cu_put_encoded(&response, (cu_bytes){ (const uint8_t *)"\x0c\1\0\0\0\0\0\0\0\x1b" "Cu\1\0\1\0\0\0f\0\0", any(3) == 0 ? 21 : 0 });
  put_any(&response, 0);
  cu_bytes bytes = damaged(&response, any(3));
  if (bytes.length < CU_IO_BUFFER_BYTES) memcpy(stand_in.memory + STAND_IN_BUFFER, bytes.at, bytes.length);
  stand_in.answers[CU_EXPORT_COMPUTE] = any(4) == 0 ? ~(uint32_t)bytes.length : any(20) == 0 ? any(0x20000) : (uint32_t)bytes.length;
  free((void *)bytes.at);
  cu_buffer_end(&response);
}

static void fuzz_module(void) {
  static const cu_function functions[] = { { "echo", CU_EITHER, echo, NULL } };
  cu_module *module;
  cu_instance *instance;
  cu_store *store = cu_memory_store();
  cu_response response;
  stand_in_reset();
  CHECK(cu_module_open(&stand_in_engine, (cu_bytes){ 0 }, &module, NULL) == CU_OK, "stand-in");
  CHECK(cu_instance_open(module, store, &(cu_options){ .functions = functions, .function_count = 1, .events = 31, .on_event = on_event, .now = cu_clock }, &instance, NULL) == CU_OK, "stand-in");
  stand_in.during = any_imports;
  cu_status status = CU_OK;
  for (int calls = 0; calls < 10 && status != CU_PROTOCOL; calls++) {
    status = cu_run(instance, "x", &response);
    if (status == CU_OK || status == CU_WAITS) walk(response.values);
    CHECK(status == CU_OK || status == CU_WAITS || status == CU_LUA_ERROR || status == CU_HOST_ERROR || status == CU_STORE_ERROR || status == CU_PROTOCOL || status == CU_MALFORMED, "%d", status);
  }
  cu_instance_close(instance);
  cu_store_close(store);
  cu_module_close(module);
}

int main(void) {
  long rounds = getenv("CU_ROUNDS") != NULL ? atol(getenv("CU_ROUNDS")) : 20000;
  uint64_t seed = getenv("CU_SEED") != NULL ? strtoull(getenv("CU_SEED"), NULL, 10) : (uint64_t)time(NULL);
  printf("fuzz: seed %llu\n", (unsigned long long)seed);
  state = seed * 0x9e3779b97f4a7c15 + 1;
  for (long round = 0; round < rounds && failures < 10; round++) {
    fuzz_values();
    fuzz_section();
    if (round % 10 == 0) fuzz_module();
  }
  return finish("fuzz");
}
