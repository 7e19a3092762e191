/* The golden vectors of abi/vectors. The core is included, for its reader of JSON and the records that it makes. */
#include "../cu_host.c"

#include "../add_ons/cu_keys.h"
#include "check.h"
#include "engine.h"
#include "stand_in.h"

static char name[256];
static cu_buffer files[16];
static int file_count;

typedef const char *json;

static json read_json(const char *file) {
  char path[256];
  snprintf(path, sizeof path, "abi/vectors/%s.json", file);
  cu_buffer *text = &files[file_count++];
  cu_bytes bytes = read_file(path);
  put(text, bytes.at, bytes.length), put_little(text, 0, 1);
  cu_allocate((void *)bytes.at, 0);
  json all = json_space((json)text->at);
  CHECK(json_end(all, 0) != NULL, "%s", path);
  return all;
}

/* The next element of a list; begins behind its bracket. */
static bool each(json *list, json *element) {
  if (*list == NULL || (**list != '[' && **list != ',')) return false;
  *list = json_space(*list + 1);
  if (**list == ']') return false;
  *element = *list;
  *list = json_space(json_end(*list, 0));
  return true;
}

static json get(json object, const char *field) { return field_of(object, field); }

static bool has(json object, const char *field) { return get(object, field) != NULL; }

static bool is_null(json value) { return value != NULL && *value == 'n'; }

static void text_of(json value, cu_buffer *text) {
  text->length = 0;
  if (value == NULL || !json_text(value, text)) put_little(text, 0, 1);
  text->length--;
}

static long long number_of(json value) { return strtoll(value, NULL, 10); }

static void unhex(cu_buffer *digits) {
  size_t length = digits->length / 2;
  for (size_t i = 0; i < length; i++) {
    unsigned byte = 0;
    sscanf((char *)digits->at + 2 * i, "%2x", &byte);
    digits->at[i] = (uint8_t)byte;
  }
  digits->length = length;
}

static void hex_of(json value, cu_buffer *bytes) {
  text_of(value, bytes);
  unhex(bytes);
}

/* Elements of a test's list, named. */
static bool each_case(json *list, json *element) {
  cu_buffer text = { 0 };
  if (!each(list, element)) return false;
  text_of(get(*element, "name"), &text);
  snprintf(name, sizeof name, "%s", (char *)text.at);
  cu_buffer_end(&text);
  return true;
}

static void put_decimal(cu_buffer *into, const char *digits) {
  uint8_t magnitude[64] = { 0 };
  bool negative = *digits == '-';
  for (digits += negative; *digits != 0; digits++) {
    unsigned carry = (unsigned)(*digits - '0');
    for (size_t i = 0; i < sizeof magnitude; i++) carry += magnitude[i] * 10u, magnitude[i] = (uint8_t)carry, carry >>= 8;
  }
  cu_put_big_integer(into, negative, magnitude, sizeof magnitude);
}

/* Writes a tagged value. */
static void put_tagged(cu_buffer *into, json tagged) {
  cu_buffer form = { 0 }, text = { 0 };
  json element, content = NULL, list = tagged, pair, part;
  each(&list, &element);
  text_of(element, &form);
  if (each(&list, &content) && *content == '"') text_of(content, &text);
  const char *kind = (char *)form.at;
  if (strcmp(kind, "nil") == 0) cu_put_nil(into);
  else if (strcmp(kind, "boolean") == 0) cu_put_boolean(into, *content == 't');
  else if (strcmp(kind, "integer") == 0) cu_put_integer(into, strtoll((char *)text.at, NULL, 10));
  else if (strcmp(kind, "string") == 0) unhex(&text), cu_put_string(into, text.at, text.length);
  else if (strcmp(kind, "function") == 0) cu_put_function(into, (uint32_t)number_of(content));
  else if (strcmp(kind, "library") == 0) cu_put_library(into, (char *)text.at);
  else if (strcmp(kind, "external") == 0) cu_put_external(into, (uint32_t)number_of(content));
  else if (strcmp(kind, "biginteger") == 0) put_decimal(into, (char *)text.at);
  else if (strcmp(kind, "float") == 0) {
    uint64_t bits = strtoull((char *)text.at, NULL, 16);
    double number;
    memcpy(&number, &bits, sizeof number);
    cu_put_float(into, number);
  } else if (strcmp(kind, "table") == 0) {
    size_t begun = cu_begin_table(into);
    while (each(&content, &pair)) while (each(&pair, &part)) put_tagged(into, part);
    cu_end_table(into, begun);
  } else if (strcmp(kind, "nested") == 0) {
    size_t begun[CU_VALUE_DEPTH];
    int depth = (int)number_of(content);
    for (int i = 0; i < depth; i++) begun[i] = cu_begin_table(into), i + 1 < depth ? cu_put_integer(into, 1) : (void)0;
    while (depth-- > 0) cu_end_table(into, begun[depth]);
  } else {
    CHECK(false, "%s: %s", name, kind);
  }
  cu_buffer_end(&form);
  cu_buffer_end(&text);
}

/* Writes a value from what cu_next tells of it. */
static void put_again(cu_buffer *into, cu_value value) {
  switch (value.tag) {
    case CU_TAG_NIL: cu_put_nil(into); break;
    case CU_TAG_BOOLEAN: cu_put_boolean(into, value.boolean); break;
    case CU_TAG_INTEGER: cu_put_integer(into, value.integer); break;
    case CU_TAG_FLOAT: cu_put_float(into, value.number); break;
    case CU_TAG_STRING: cu_put_string(into, value.bytes.at, value.bytes.length); break;
    case CU_TAG_FUNCTION: cu_put_function(into, value.id); break;
    case CU_TAG_EXTERNAL: cu_put_external(into, value.id); break;
    case CU_TAG_BIG_INTEGER: cu_put_big_integer(into, value.boolean, value.bytes.at, value.bytes.length); break;
    case CU_TAG_LIBRARY: {
      char text[256] = "";
      memcpy(text, value.bytes.at, value.bytes.length);
      cu_put_library(into, text);
      break;
    }
    default: {
      cu_value part;
      uint32_t parts = 0;
      size_t begun = cu_begin_table(into);
      for (cu_bytes rest = value.bytes; cu_next(&rest, &part); parts++) put_again(into, part);
      CHECK(parts == 2 * value.id, "%s: %u of %u pairs", name, parts, value.id);
      cu_end_table(into, begun);
    }
  }
}

static void test_values(void) {
  cu_buffer bytes = { 0 }, made = { 0 }, other = { 0 };
  cu_value value;
  json element, accepted, list = read_json("values");
  while (each_case(&list, &element)) {
    hex_of(get(element, "bytes"), &bytes);
    restart(&made), put_tagged(&made, get(element, "value"));
    CHECK(made.failed == CU_OK && same(cu_view(&made), cu_view(&bytes)), "%s", name);
    CHECK(cu_check(cu_view(&bytes), CU_ONE | CU_ALONE, NULL) == CU_OK, "%s", name);
    restart(&made);
    CHECK(cu_canonical(cu_view(&bytes), CU_ONE | CU_ALONE, &made, NULL) == CU_OK && same(cu_view(&made), cu_view(&bytes)), "%s", name);
    cu_bytes rest = cu_view(&bytes);
    restart(&made);
    CHECK(cu_next(&rest, &value) && rest.length == 0, "%s", name);
    put_again(&made, value);
    CHECK(same(cu_view(&made), cu_view(&bytes)), "%s", name);
    for (json all = get(element, "accepts"); all != NULL && each(&all, &accepted);) {
      hex_of(accepted, &other);
      restart(&made);
      CHECK(cu_canonical(cu_view(&other), CU_ONE, &made, NULL) == CU_OK && same(cu_view(&made), cu_view(&bytes)), "%s", name);
    }
  }
  list = read_json("malformed");
  while (each_case(&list, &element)) {
    size_t at = 0;
    hex_of(get(element, "bytes"), &bytes);
    CHECK(cu_check(cu_view(&bytes), CU_ONE | CU_ALONE, &at) == CU_MALFORMED && (long long)at == number_of(get(element, "at")), "%s: byte %zu", name, at);
  }
  cu_buffer_end(&bytes), cu_buffer_end(&made), cu_buffer_end(&other);
}

/* The only value in a buffer. */
static cu_value only(const cu_buffer *buffer) {
  cu_value value;
  cu_bytes rest = cu_view(buffer);
  cu_next(&rest, &value);
  return value;
}

static void test_keys(void) {
  cu_buffer bytes = { 0 }, value = { 0 }, made = { 0 }, before = { 0 };
  json element, equal, all = read_json("keys"), list = get(all, "accepted");
  cu_store *store = cu_memory_store();
  while (each_case(&list, &element)) {
    hex_of(get(element, "bytes"), &bytes);
    restart(&value), put_tagged(&value, get(element, "key"));
    restart(&made);
    CHECK(cu_key(only(&value), &made) == CU_OK && same(cu_view(&made), cu_view(&bytes)), "%s", name);
    restart(&made);
    CHECK(cu_key_decode(cu_view(&bytes), &made) == CU_OK && same(cu_view(&made), cu_view(&value)), "%s", name);
    for (json others = get(element, "equal"); others != NULL && each(&others, &equal);) {
      restart(&value), restart(&made), put_tagged(&value, equal);
      CHECK(cu_key(only(&value), &made) == CU_OK && same(cu_view(&made), cu_view(&bytes)), "%s", name);
    }
    cu_bytes last = cu_view(&before), next;
    store->set(store, 1, cu_view(&bytes), cu_view(&value));
    CHECK(store->next(store, 1, NULL, true, &next) == 1 && same(next, cu_view(&bytes)), "%s is not behind the one before", name);
    if (last.length > 0) CHECK(store->next(store, 1, &last, false, &next) == 1 && same(next, cu_view(&bytes)), "%s", name);
    restart(&before), put(&before, bytes.at, bytes.length);
  }
  for (list = get(all, "refused"); each_case(&list, &element);) {
    hex_of(get(element, "bytes"), &bytes);
    restart(&made);
    CHECK(cu_key_decode(cu_view(&bytes), &made) == CU_MALFORMED && made.length == 0, "%s", name);
  }
  for (list = get(all, "none"); each_case(&list, &element);) {
    restart(&value), restart(&made), put_tagged(&value, get(element, "value"));
    CHECK(cu_key(only(&value), &made) == CU_ARGUMENT && made.length == 0, "%s", name);
  }
  uint8_t longest[CU_KEY_BYTES];
  memset(longest, 'x', sizeof longest);
  cu_value key = { .tag = CU_TAG_STRING, .bytes = { longest, CU_KEY_BYTES - 2 } };
  restart(&made);
  CHECK(cu_key(key, &made) == CU_OK && made.length == CU_KEY_BYTES, "the longest key");
  key.bytes.length++;
  CHECK(cu_key(key, &made) == CU_ARGUMENT, "a key that is too long");
  cu_store_close(store);
  cu_buffer_end(&bytes), cu_buffer_end(&value), cu_buffer_end(&made), cu_buffer_end(&before);
}

static cu_module *stand_in_module(void) {
  cu_module *module;
  stand_in_reset();
  CHECK(cu_module_open(&stand_in_engine, (cu_bytes){ 0 }, &module, NULL) == CU_OK, "stand-in");
  return module;
}

static void test_pages(void) {
  cu_buffer bytes = { 0 };
  cu_module *module = stand_in_module();
  json element, key, list = get(read_json("pages"), "answers");
  while (each_case(&list, &element)) {
    cu_store *store = cu_memory_store();
    cu_instance *instance;
    CHECK(cu_instance_open(module, store, NULL, &instance, NULL) == CU_OK, "%s", name);
    for (json keys = get(element, "keys"); each(&keys, &key);) hex_of(key, &bytes), cu_store_set(store, 7, cu_view(&bytes), cu_text("x"), NULL);
    uint32_t words[3] = { 7, STAND_IN_FREE, (uint32_t)number_of(get(element, "room")) };
    memset(stand_in.memory + STAND_IN_FREE, 0xee, 8192);
    hex_of(get(element, "request"), &bytes);
    memcpy(stand_in.memory + STAND_IN_FREE, bytes.at, bytes.length);
    int32_t answer = cu_imported(instance, CU_IMPORT_KEYS, words);
    if (is_null(get(element, "answer"))) {
      CHECK(answer < CU_ABSENT, "%s: %d", name, answer);
    } else {
      hex_of(get(element, "answer"), &bytes);
      CHECK(answer >= 0 && same((cu_bytes){ stand_in.memory + STAND_IN_FREE, (size_t)answer }, cu_view(&bytes)), "%s: %d", name, answer);
    }
    CHECK(stand_in.memory[STAND_IN_FREE + words[2]] == 0xee, "%s writes behind its room", name);
    cu_instance_close(instance);
    cu_store_close(store);
  }
  cu_module_close(module);
  cu_buffer_end(&bytes);
}

/* What the module says of records that no host would write. */
static void test_refused(cu_instance *instance, json list) {
  cu_buffer bytes = { 0 };
  for (json element; each_case(&list, &element);) {
    hex_of(get(element, "bytes"), &bytes);
    if (bytes.length < 3 || memcmp(bytes.at, CU_CALL_SIGNATURE, 3) != 0) continue; /* source */
    char end[40];
    snprintf(end, sizeof end, "byte %lld", number_of(get(element, "at")));
    CHECK(cu_compute(instance, bytes.at, bytes.length, NULL) == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_INPUT) == 0, "%s: %s", name, cu_failure(instance)->what);
    CHECK(strstr(cu_failure(instance)->what, end) != NULL, "%s: %s, wanted %s", name, cu_failure(instance)->what, end);
  }
  cu_buffer_end(&bytes);
}

static void test_calls(cu_instance *instance) {
  cu_buffer bytes = { 0 }, made = { 0 }, text = { 0 };
  json element, argument, all = read_json("calls"), list = get(all, "accepted");
  while (each_case(&list, &element)) {
    hex_of(get(element, "bytes"), &bytes);
    text_of(get(element, "way"), &text);
    cu_call_begin(&made, (char *)text.at, *get(element, "content") == 't' ? CU_CALL_CONTENT : 0);
    for (json arguments = get(element, "arguments"); each(&arguments, &argument);) {
      json form, content;
      each(&argument, &form), each(&argument, &content);
      text_of(form, &text);
      if (strcmp((char *)text.at, "value") == 0) cu_call_value(&made), put_tagged(&made, content);
      else text_of(content, &text), cu_call_way(&made, (char *)text.at);
    }
    CHECK(made.failed == CU_OK && same(cu_view(&made), cu_view(&bytes)), "%s", name);
  }
  test_refused(instance, get(all, "refused"));
  cu_buffer_end(&bytes), cu_buffer_end(&made), cu_buffer_end(&text);
}

static void test_pending(cu_instance *instance) {
  cu_buffer bytes = { 0 }, call = { 0 }, record = { 0 };
  cu_response response;
  cu_module *module = stand_in_module();
  cu_store *store = cu_memory_store();
  cu_instance *stand;
  CHECK(cu_instance_open(module, store, NULL, &stand, NULL) == CU_OK, "stand-in");
  json element, all = read_json("pending"), list = get(all, "asked");
  while (each_case(&list, &element)) {
    hex_of(get(element, "bytes"), &bytes);
    memset(stand_in.memory + STAND_IN_BUFFER, 0, 4);
    /* The stand-in leaves this response; its code is placed first. */
    stand_in.answers[CU_EXPORT_COMPUTE] = (uint32_t)bytes.length + 4;
    memcpy(stand_in.memory + STAND_IN_BUFFER + 4, bytes.at, bytes.length);
    CHECK(cu_compute(stand, "", 0, &response) == CU_WAITS && response.ticket == strtoll(get(element, "ticket") + 1, NULL, 10), "%s", name);
    hex_of(get(element, "call"), &call);
    char way[64] = "";
    memcpy(way, response.name.at, response.name.length);
    cu_call_begin(&record, way, 0);
    for (cu_value value; cu_next(&response.values, &value);) cu_call_value(&record), cu_put_encoded(&record, value.whole);
    CHECK(same(cu_view(&record), cu_view(&call)), "%s", name);
  }
  for (list = get(all, "accepted"); each_case(&list, &element);) {
    hex_of(get(element, "bytes"), &bytes);
    int64_t ticket = strtoll(get(element, "ticket") + 1, NULL, 10);
    cu_bytes values = { bytes.at + CU_PENDING_ANSWER_AT + 1, bytes.length - CU_PENDING_ANSWER_AT - 1 };
    char kind = get(element, "kind")[1];
    stand_in.answers[CU_EXPORT_COMPUTE] = (uint32_t)-1;
    if (kind == 'c') cu_cancel(stand, ticket, NULL);
    else cu_resume(stand, ticket, kind == 'e', values, NULL);
    CHECK(same(cu_view(&extended_of(stand)->record), cu_view(&bytes)), "%s", name);
  }
  test_refused(instance, get(all, "refused"));
  cu_instance_close(stand);
  cu_store_close(store);
  cu_module_close(module);
  cu_buffer_end(&bytes), cu_buffer_end(&call), cu_buffer_end(&record);
}

static void check_texts(json list, const cu_buffer *texts) {
  cu_buffer wanted = { 0 };
  if (list != NULL) json_texts(list, &wanted);
  CHECK(same(cu_view(&wanted), cu_view(texts)), "%s", name);
  cu_buffer_end(&wanted);
}

static void test_section(void) {
  cu_buffer content = { 0 }, wasm = { 0 }, wanted = { 0 };
  json element, list = read_json("section");
  stand_in_reset();
  while (each_case(&list, &element)) {
    cu_module *module;
    cu_error error;
    if (has(element, "hex")) hex_of(get(element, "hex"), &content);
    else text_of(get(element, "text"), &content);
    restart(&wasm);
    put(&wasm, "\0asm\1\0\0", 8), put(&wasm, "", 1);
    size_t length = content.length + 3;
    put_little(&wasm, (length & 0x7f) | 0x80, 1), put_little(&wasm, length >> 7, 1), put(&wasm, "\2cu", 3), put(&wasm, content.at, content.length);
    cu_engine engine = stand_in_engine; /* a file with nothing but the section is one that is built in */
    engine.builtin = cu_view(&wasm);
    cu_status status = cu_module_open(&engine, (cu_bytes){ 0 }, &module, &error);
    json says = get(element, "says");
    if (says != NULL) {
      CHECK(status == CU_OK, "%s: %s", name, error.what);
      if (status != CU_OK) continue;
      text_of(get(says, "version"), &wanted);
      CHECK(strcmp((char *)module->version.at, (char *)wanted.at) == 0, "%s: %s", name, module->version.at);
      check_texts(get(says, "features"), &module->features);
      check_texts(get(says, "flags"), &module->flags);
      cu_module_close(module);
    } else if (has(element, "abi")) {
      char end[64];
      snprintf(end, sizeof end, "the module version %lld", number_of(get(element, "abi")));
      CHECK(status == CU_OTHER_VERSION && strstr(error.what, end) != NULL && strstr(error.what, "version 1 ") != NULL, "%s: %s", name, error.what);
    } else {
      text_of(get(element, "problem"), &wanted);
      CHECK(status == CU_BAD_MODULE && strlen(error.what) > wanted.length && strcmp(error.what + strlen(error.what) - wanted.length, (char *)wanted.at) == 0, "%s: %s", name, error.what);
    }
  }
  cu_buffer_end(&content), cu_buffer_end(&wasm), cu_buffer_end(&wanted);
}

/* A text with U+FFFD for each part that is no UTF-8, as decoders of browsers have it. */
static void put_clean(cu_buffer *into, cu_bytes text) {
  for (size_t at = 0; at < text.length;) {
    size_t length = 1;
    while (length < 4 && length < text.length - at && !is_utf8((cu_bytes){ text.at + at, length })) length++;
    if (is_utf8((cu_bytes){ text.at + at, length })) { put(into, text.at + at, length), at += length; continue; }
    put(into, "\xef\xbf\xbd", 3);
    /* A part that could begin a character counts as one with its beginning. */
    uint8_t first = text.at[at++];
    unsigned more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xc2 && first < 0xe0 ? 1 : 0;
    for (; more > 0 && at < text.length && (text.at[at] & 0xc0) == 0x80 && !(first == 0xf0 && text.at[at] < 0x90); more--) at++;
  }
}

static void test_errors(cu_module *module) {
  cu_buffer text = { 0 }, clean = { 0 }, more = { 0 };
  json element, list = read_json("errors");
  while (each_case(&list, &element)) {
    cu_store *store = cu_memory_store();
    cu_instance *instance;
    json config = get(element, "config"), value;
    restart(&more);
    if (config != NULL) {
      value = get(config, CU_CONFIG_INSTRUCTIONS);
      CHECK(value != NULL, "%s has another option", name);
      cu_put_text(&more, CU_CONFIG_INSTRUCTIONS), cu_put_integer(&more, number_of(value));
    }
    cu_options options = { .more = cu_view(&more) };
    CHECK(cu_instance_open(module, store, &options, &instance, NULL) == CU_OK, "%s", name);
    text_of(get(element, "lua"), &text);
    cu_status status = cu_compute(instance, text.at, text.length, NULL);
    const cu_error *error = cu_failure(instance);
    text_of(get(element, "class"), &text);
    CHECK(status == CU_LUA_ERROR && strcmp(error->class_name, (char *)text.at) == 0, "%s: %d %s", name, status, error->class_name);
    text_of(get(element, "message"), &text);
    restart(&clean), put_clean(&clean, error->message);
    CHECK(same(cu_view(&clean), cu_view(&text)), "%s: %.*s", name, (int)clean.length, clean.at);
    text_of(get(element, "traceback"), &text);
    restart(&clean), put_clean(&clean, error->traceback);
    CHECK(same(cu_view(&clean), cu_view(&text)), "%s: %.*s", name, (int)clean.length, clean.at);
    cu_instance_close(instance);
    cu_store_close(store);
  }
  cu_buffer_end(&text), cu_buffer_end(&clean), cu_buffer_end(&more);
}

/* A store that fails for all tables in the calls named. */
static cu_store *kept;
static bool fails_in[5];
static int32_t f_set(cu_store *s, uint32_t t, cu_bytes k, cu_bytes v) { return (void)s, fails_in[0] ? -7 : kept->set(kept, t, k, v); }
static int32_t f_get(cu_store *s, uint32_t t, cu_bytes k, cu_bytes *v) { return (void)s, fails_in[1] ? -7 : kept->get(kept, t, k, v); }
static int32_t f_remove(cu_store *s, uint32_t t, cu_bytes k) { return (void)s, fails_in[2] ? -7 : kept->remove(kept, t, k); }
static int32_t f_size(cu_store *s, uint32_t t, uint64_t *n) { return (void)s, fails_in[3] ? -7 : kept->size(kept, t, n); }
static int32_t f_next(cu_store *s, uint32_t t, const cu_bytes *a, bool d, cu_bytes *k) { return (void)s, fails_in[4] ? -7 : kept->next(kept, t, a, d, k); }

static void test_host_failures(cu_module *module) {
  static const char *const calls[] = { "set", "get", "delete", "size", "keys" };
  cu_buffer text = { 0 };
  json element, call, list = read_json("host_failures");
  while (each_case(&list, &element)) {
    cu_store store = { f_set, f_get, f_remove, f_size, f_next, NULL, NULL, NULL, NULL, NULL, false, 0 };
    cu_instance *instance;
    kept = cu_memory_store();
    CHECK(cu_instance_open(module, &store, NULL, &instance, NULL) == CU_OK, "%s", name);
    CHECK(cu_run(instance, "_home.a = 1\nlocal n = 0\nfunction _home.count() n = n + 1 return n end", NULL) == CU_OK, "%s", name);
    for (json fails = get(element, "fails"); each(&fails, &call);) {
      text_of(call, &text);
      for (int i = 0; i < 5; i++) fails_in[i] = fails_in[i] || strcmp(calls[i], (char *)text.at) == 0;
    }
    text_of(get(element, "lua"), &text);
    cu_status status = cu_compute(instance, text.at, text.length, NULL), wanted = CU_OK;
    memset(fails_in, 0, sizeof fails_in);
    if (!is_null(get(element, "error"))) wanted = get(element, "error")[1] == 'h' ? CU_HOST_ERROR : CU_LUA_ERROR;
    CHECK(status == wanted, "%s: %d %s", name, status, status != CU_OK ? cu_failure(instance)->what : "");
    if (wanted == CU_HOST_ERROR) CHECK(cu_failure(instance)->answered == -7, "%s: %d", name, cu_failure(instance)->answered);
    CHECK(cu_run(instance, "return 1", NULL) == CU_OK, "%s", name);
    cu_instance_close(instance);
    cu_store_close(kept);
  }
  cu_buffer_end(&text);
}

static void test_deep(cu_module *module) {
  cu_buffer text = { 0 };
  json element, list = read_json("deep");
  while (each_case(&list, &element)) {
    cu_store *store = cu_memory_store();
    cu_instance *instance;
    CHECK(cu_instance_open(module, store, &(cu_options){ .instructions = 100000000 }, &instance, NULL) == CU_OK, "%s", name);
    text_of(get(element, "lua"), &text);
    cu_status status = cu_compute(instance, text.at, text.length, NULL);
    CHECK(status == CU_OK || status == CU_LUA_ERROR, "%s: %s", name, cu_failure(instance)->what);
    CHECK(cu_run(instance, "return 1", NULL) == CU_OK, "%s", name);
    cu_instance_close(instance);
    cu_store_close(store);
  }
  cu_buffer_end(&text);
}

int main(void) {
  cu_module *module = open_module();
  cu_store *store = cu_memory_store();
  cu_instance *instance;
  CHECK(cu_instance_open(module, store, NULL, &instance, NULL) == CU_OK, "an instance");
  test_values();
  test_keys();
  test_pages();
  test_calls(instance);
  test_pending(instance);
  test_section();
  test_errors(module);
  test_host_failures(module);
  test_deep(module);
  cu_instance_close(instance);
  cu_store_close(store);
  cu_module_close(module);
  for (int i = 0; i < file_count; i++) cu_buffer_end(&files[i]);
  return finish("vectors");
}
