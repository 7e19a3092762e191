/* What the host does besides the kit: options, waiting, stopping, turns, epochs, units, errors, damaged files, answers that no module gives. */
#include <pthread.h>
#include <time.h>

#include "../add_ons/cu_keys.h"
#include "check.h"
#include "engine.h"
#include "instance.h"
#include "stand_in.h"

static bool is(cu_bytes bytes, const char *text) { return bytes.length == strlen(text) && (bytes.length == 0 || memcmp(bytes.at, text, bytes.length) == 0); }

static void test_results(void) {
  begin(NULL);
  CHECK(run("print('hello') return 6 * 7, { 1, 2, name = 'cu' }, nil, 0.5, true") == CU_OK && is(response.output, "hello\n"), "%s", what());
  cu_value value, field;
  cu_bytes rest = response.values;
  CHECK(cu_next(&rest, &value) && value.integer == 42, "%lld", (long long)value.integer);
  CHECK(cu_next(&rest, &value) && cu_field(value, "name", &field) && cu_is_text(field, "cu"), "name");
  CHECK(cu_element(value, 2, &field) && field.integer == 2 && !cu_element(value, 3, &field) && !cu_field(value, "x", &field), "elements");
  CHECK(cu_next(&rest, &value) && value.tag == CU_TAG_NIL && cu_next(&rest, &value) && value.number == 0.5, "nil, 0.5");
  CHECK(cu_next(&rest, &value) && value.boolean && !cu_next(&rest, &value), "true, the end");
  CHECK(run("") == CU_OK && result().tag == CU_TAG_NIL, "no code");
  char *code = malloc(65538);
  memset(code, ' ', 65537), code[65537] = 0;
  CHECK(cu_compute(instance, code, 65536, NULL) == CU_OK && cu_compute(instance, code, 65537, NULL) == CU_OK, "%s", what());
  free(code);
  code = calloc(1, 64u << 20);
  CHECK(cu_compute(instance, code, 64u << 20, NULL) == CU_NO_CODE_ROOM, "%s", what());
  free(code);
  for (int i = 0; i < 2; i++) CHECK(run("print(('o'):rep(60000)) return ('x'):rep(100000), 7") == CU_OK && result().bytes.length == 100000 && response.output.length == 60001, "%s", what());
  cu_bytes stored;
  bool found;
  CHECK(cu_store_get(store, CU_TABLE_IO, (cu_bytes){ (const uint8_t *)CU_KEY_RESULT, 8 }, &stored, &found, NULL) == CU_OK && !found, "a spilled result stays");
  end();
}

static void test_memory_and_long_code(void) {
  cu_memory first = { 0 }, last = { 0 };
  char *code = malloc(200001);
  memset(code, '-', 200000), code[200000] = 0;
  begin(NULL);
  cu_run(instance, code, NULL), cu_collect(instance), cu_memory_stats(instance, &first);
  for (int i = 0; i < 100; i++) CHECK(cu_run(instance, code, NULL) == CU_OK, "%s", what());
  CHECK(cu_collect(instance) == CU_OK && cu_memory_stats(instance, &last) == CU_OK, "%s", what());
  CHECK(first.lua_bytes == last.lua_bytes && last.io_buffer_bytes == 65536 && last.wasm_pages > 32, "%u, then %u", first.lua_bytes, last.lua_bytes);
  free(code);
  end();
}

static void test_spilled_of_the_dead(void) {
  store = cu_memory_store();
  cu_bytes key = { (const uint8_t *)CU_KEY_RESULT, 8 }, stored;
  bool found = true;
  cu_store_set(store, CU_TABLE_IO, key, cu_text("left"), NULL);
  CHECK(cu_instance_open(module, store, NULL, &instance, NULL) == CU_OK, "open");
  CHECK(cu_store_get(store, CU_TABLE_IO, key, &stored, &found, NULL) == CU_OK && !found, "what a dead instance left is there");
  end();
}

static void test_errors(void) {
  cu_value field;
  cu_bytes rest;
  begin(NULL);
  CHECK(run("\n\nerror({ code = 7 })") == CU_LUA_ERROR, "%s", what());
  rest = cu_failure(instance)->value;
  CHECK(cu_next(&rest, &field) && cu_field(field, "code", &field) && field.integer == 7, "the value of an error");
  CHECK(run("\nlocal t = nil; t.x = 1") == CU_LUA_ERROR && cu_failure(instance)->line == 2, "%u", cu_failure(instance)->line);
  CHECK(is(cu_failure(instance)->message, "compute:2: attempt to index a nil value (local 't')") && strncmp((char *)cu_failure(instance)->traceback.at, "stack traceback:", 16) == 0, "%s", what());
  CHECK(strcmp(cu_failure(instance)->class_name, CU_CLASS_RUNTIME) == 0 && run("return 1 +") == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_SYNTAX) == 0, "%s", cu_failure(instance)->class_name);
  CHECK(run("error(('x'):rep(70000))") == CU_LUA_ERROR && cu_failure(instance)->text.length == 65536, "%zu", cu_failure(instance)->text.length);
  CHECK(number("return 1") == 1, "goes on");
  cu_bytes bad = { (const uint8_t *)"\x01\x02", 2 };
  CHECK(cu_call(instance, "print", bad, 0, NULL) == CU_MALFORMED && cu_failure(instance)->at == 1, "%s", what());
  CHECK(cu_configure(instance, &(cu_options){ .time_limit = -5 }) == CU_ARGUMENT && strstr(what(), "-5") != NULL, "%s", what());
  CHECK(cu_configure(instance, &(cu_options){ .more = bad }) == CU_ARGUMENT && cu_configure(instance, &(cu_options){ .permissions = bad }) == CU_ARGUMENT, "%s", what());
  cu_function wrong = { "f", CU_SYNC, NULL, NULL };
  CHECK(cu_configure(instance, &(cu_options){ .functions = &wrong, .function_count = 1 }) == CU_ARGUMENT, "%s", what());
  CHECK(cu_resume(instance, 77, false, (cu_bytes){ 0 }, NULL) == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_INPUT) == 0, "%s", what());
  end();
}

static unsigned kinds_seen;

static void on_event(void *context, cu_value event) {
  cu_value kind;
  (void)context;
  if (!cu_field(event, CU_FIELD_KIND, &kind)) return;
  kinds_seen |= (cu_is_text(kind, "output") ? 1u : 0) | (cu_is_text(kind, "error") ? 2u : 0) | (cu_is_text(kind, "audit") ? 4u : 0) | (cu_is_text(kind, "usage") ? 8u : 0);
}

static void test_options(void) {
  cu_buffer permissions = { 0 };
  size_t table = cu_begin_table(&permissions);
  cu_put_text(&permissions, CU_PERMISSION_WRITE), cu_put_boolean(&permissions, false), cu_end_table(&permissions, table);
  begin(&(cu_options){ .instructions = 100000, .seed = &(int64_t){ 7 }, .output = 10, .now = cu_clock, .events = CU_WANT_AUDIT | CU_WANT_OUTPUT, .on_event = on_event });
  CHECK(run("while true do end") == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_BUDGET) == 0, "%s", what());
  CHECK(kinds_seen == CU_WANT_AUDIT, "%x", kinds_seen);
  CHECK(run("print(('y'):rep(100)) return os.time()") == CU_OK && response.output.length < 60 && result().integer > 1700000000, "%s", what());
  CHECK((kinds_seen & CU_WANT_OUTPUT) != 0, "%x", kinds_seen);
  int64_t random = number("return math.random(1 << 40)");
  end();
  begin(&(cu_options){ .seed = &(int64_t){ 7 }, .home = "ada" });
  CHECK(number("return math.random(1 << 40)") == random && number("return os.time()") == 0, "the seed, no clock: %lld, %lld", (long long)random, (long long)number("return os.time()"));
  CHECK(cu_configure(instance, &(cu_options){ .home = "ada", .permissions = cu_view(&permissions) }) == CU_OK && run("_home.x = 1") == CU_LUA_ERROR, "writes though it may not");
  CHECK(cu_configure(instance, &(cu_options){ .home = "ada", .memory = 200000, .output = CU_NONE }) == CU_OK && run("_home.x = 1") == CU_OK, "%s", what());
  CHECK(run("return ('x'):rep(500000)") == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_MEMORY) == 0, "%s", what());
  CHECK(run("print('x')") == CU_OK && response.output.length < 60 && strstr((char *)response.output.at, "output cut") != NULL, "%zu", response.output.length);
  CHECK(cu_configure(instance, &(cu_options){ .home = "bob" }) == CU_OK && run("return _home.x") == CU_OK && result().tag == CU_TAG_NIL, "another home");
  end();
  cu_buffer_end(&permissions);
}

static void test_calls(void) {
  cu_buffer arguments = { 0 }, record = { 0 };
  begin(NULL);
  CHECK(run("_home.orders = { { sum = 30 }, { sum = 12 } } function _home.total(orders, less) local sum = 0 for _, o in ipairs(orders) do sum = sum + o.sum end return sum - less end "
            "function _home.list() return _home.orders end") == CU_OK, "%s", what());
  cu_call_begin(&record, "_home.total", 0), cu_call_way(&record, "_home.orders"), cu_call_value(&record), cu_put_integer(&record, 2);
  CHECK(cu_compute(instance, record.at, record.length, &response) == CU_OK && result().integer == 40, "%s", what());
  size_t list = cu_begin_table(&arguments), order;
  cu_put_integer(&arguments, 1), order = cu_begin_table(&arguments), cu_put_text(&arguments, "sum"), cu_put_integer(&arguments, 5);
  cu_end_table(&arguments, order), cu_end_table(&arguments, list), cu_put_float(&arguments, 0.5);
  CHECK(arguments.failed == CU_OK && cu_call(instance, "_home.total", cu_view(&arguments), 0, &response) == CU_OK && result().number == 4.5, "%s", what());
  CHECK(cu_call(instance, "_home.list", (cu_bytes){ 0 }, 0, &response) == CU_OK && result().tag == CU_TAG_EXTERNAL && result().id > 2, "a reference");
  CHECK(cu_call(instance, "_home.list", (cu_bytes){ 0 }, CU_CALL_CONTENT, &response) == CU_OK && result().tag == CU_TAG_TABLE && result().id == 2, "content");
  CHECK(cu_call(instance, "_home.orders.total", (cu_bytes){ 0 }, 0, &response) == CU_LUA_ERROR && strcmp(what(), "the way '_home.orders.total' leads to nothing") == 0, "%s", what());
  cu_buffer_end(&arguments);
  cu_put_library(&arguments, "a b");
  CHECK(arguments.failed == CU_ARGUMENT, "a name that is none");
  cu_buffer_end(&arguments);
  for (int i = 0; i <= (int)CU_VALUE_DEPTH; i++) cu_begin_table(&arguments);
  CHECK(arguments.failed == CU_ARGUMENT, "129 deep");
  cu_buffer_end(&arguments);
  list = cu_begin_table(&arguments), cu_put_nil(&arguments), cu_put_nil(&arguments), cu_end_table(&arguments, list);
  CHECK(arguments.failed == CU_ARGUMENT, "nil as a key");
  cu_buffer_end(&arguments), cu_buffer_end(&record);
  end();
}

/* ---- functions ---- */

static int add_calls;

static int add(void *context, cu_bytes arguments, cu_buffer *answer) {
  cu_value one, other;
  if (!cu_next(&arguments, &one) || !cu_next(&arguments, &other) || one.tag != CU_TAG_INTEGER) {
    cu_put_text(answer, "add wants two integers");
    return CU_ANSWER_ERROR;
  }
  ++*(int *)context;
  cu_put_integer(answer, one.integer + other.integer);
  return CU_ANSWER_RESULTS;
}

static int large(void *context, cu_bytes arguments, cu_buffer *answer) {
  char *bytes = calloc(1, 100000);
  (void)arguments;
  ++*(int *)context;
  cu_put_string(answer, bytes, 100000);
  free(bytes);
  return CU_ANSWER_RESULTS;
}

static int from_inside(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context, (void)arguments;
  cu_memory memory;
  CHECK(cu_run(instance, "return 1", NULL) == CU_BUSY, "computes from inside");
  CHECK(cu_collect(instance) == CU_BUSY && cu_memory_stats(instance, &memory) == CU_BUSY && cu_configure(instance, NULL) == CU_BUSY, "from inside");
  CHECK(cu_store_set(store, 1, cu_text("k"), cu_text("v"), NULL) == CU_BUSY && cu_call(instance, "print", (cu_bytes){ 0 }, 0, NULL) == CU_BUSY, "from inside");
  cu_put_nil(answer);
  return CU_ANSWER_RESULTS;
}

static int strange(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context, (void)arguments, (void)answer;
  return 99;
}

static void test_functions(void) {
  int calls = 0;
  cu_function functions[] = { { "math.add", CU_SYNC, add, &add_calls }, { "large", CU_EITHER, large, &calls }, { "inside", CU_SYNC, from_inside, NULL },
    { "ask", CU_ASYNC, NULL, NULL }, { "strange", CU_SYNC, strange, NULL } };
  cu_buffer value = { 0 };
  begin(&(cu_options){ .functions = functions, .function_count = 5 });
  CHECK(number("return host.math.add(40, 2)") == 42 && add_calls == 1, "%s", what());
  CHECK(run("return host.math.add('x')") == CU_LUA_ERROR && strstr(what(), "compute:1: add wants two integers") != NULL, "%s", what());
  CHECK(number("return #host.large()") == 100000 && calls == 1, "ran %d times", calls);
  CHECK(run("host.inside()") == CU_OK, "%s", what());
  CHECK(run("return pcall(host.strange)") == CU_OK && !result().boolean, "%s", what());
  CHECK(run("host.missing()") == CU_LUA_ERROR, "%s", what());

  /* Two that wait go on in the other order; a ticket is good once; one is cancelled. */
  CHECK(run("print('one') return 'A' .. host.ask('first', 1)") == CU_WAITS && is(response.name, "ask") && is(response.output, "one\n"), "%s", what());
  cu_bytes rest = response.values;
  cu_value argument;
  CHECK(cu_next(&rest, &argument) && cu_is_text(argument, "first") && cu_next(&rest, &argument) && argument.integer == 1 && !cu_next(&rest, &argument), "arguments");
  int64_t first = response.ticket, second;
  CHECK(run("return 'B' .. host.ask()") == CU_WAITS && response.values.length == 0, "%s", what());
  second = response.ticket;
  cu_put_text(&value, "!");
  CHECK(cu_resume(instance, second, false, cu_view(&value), &response) == CU_OK && cu_is_text(result(), "B!"), "%s", what());
  CHECK(cu_resume(instance, first, false, cu_view(&value), &response) == CU_OK && cu_is_text(result(), "A!"), "%s", what());
  CHECK(cu_resume(instance, first, false, cu_view(&value), &response) == CU_LUA_ERROR, "a ticket that was used");
  CHECK(run("return select(2, pcall(host.ask))") == CU_WAITS && cu_resume(instance, response.ticket, true, cu_view(&value), &response) == CU_OK && cu_is_text(result(), "!"), "%s", what());
  CHECK(run("local x <close> = setmetatable({}, { __close = function() _home.closed = true end }) host.ask()") == CU_WAITS, "%s", what());
  CHECK(cu_cancel(instance, response.ticket, &response) == CU_OK && run("return _home.closed") == CU_OK && result().boolean, "%s", what());
  CHECK(run("return host.ask(('x'):rep(100000))") == CU_WAITS && response.values.length == 100005, "%zu", response.values.length);
  CHECK(cu_resume(instance, response.ticket, false, cu_view(&value), &response) == CU_OK, "%s", what());
  CHECK(cu_configure(instance, &(cu_options){ .functions = functions, .function_count = 5, .pending = CU_NONE }) == CU_OK && run("host.ask()") == CU_LUA_ERROR, "none may wait");
  cu_buffer_end(&value);
  end();
}

/* ---- stopping ---- */

static void *stop_later(void *given) {
  nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
  cu_stop(given);
  return NULL;
}

static void test_stopping(void) {
  pthread_t thread;
  begin(&(cu_options){ .time_limit = 50 });
  CHECK(run("while true do pcall(function() while true do end end) end") == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_INTERRUPTED) == 0, "%s", what());
  CHECK(strstr(what(), "the time limit of 50 ms is over") != NULL && number("return 1") == 1, "%s", what());
  CHECK(cu_configure(instance, NULL) == CU_OK, "%s", what());
  pthread_create(&thread, NULL, stop_later, instance);
  CHECK(run("while true do end") == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_INTERRUPTED) == 0 && strstr(what(), "stopped") != NULL, "%s", what());
  pthread_join(thread, NULL);
  CHECK(number("local n = 0 for i = 1, 1000000 do n = n + 1 end return n") == 1000000, "one stop ends one script");
  end();
}

/* ---- several instances ---- */

/* Each thread has a store and an instance; the module is shared. */
static void *work(void *answer) {
  cu_store *own = cu_memory_store();
  cu_instance *mine = NULL;
  cu_response got;
  cu_value value = { 0 };
  if (cu_instance_open(module, own, NULL, &mine, NULL) != CU_OK) return NULL;
  for (int i = 0; i < 100; i++) {
    if (cu_run(mine, "_home.n = (_home.n or 0) + 1 local ok = pcall(error, 'x') local s = 0 for i = 1, 1000 do s = s + i end return _home.n", &got) != CU_OK) break;
    cu_next(&got.values, &value);
  }
  *(int64_t *)answer = value.integer;
  cu_instance_close(mine);
  cu_store_close(own);
  return NULL;
}

static void test_threads(void) {
  enum { THREADS = 4 };
  pthread_t threads[THREADS];
  int64_t answers[THREADS] = { 0 };
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, &answers[i]);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < THREADS; i++) CHECK(answers[i] == 100, "thread %d: %lld", i, (long long)answers[i]);
}

static void test_epochs(void) {
  cu_instance *other;
  int64_t answered[4];
  cu_buffer key = { 0 };
  begin(NULL);
  CHECK(cu_instance_open(module, store, NULL, &other, NULL) == CU_OK, "open");
  run("local n = 0 function _home.count() n = n + 1 return n end");
  cu_instance *both[] = { instance, other };
  for (int i = 0; i < 4; i++) cu_call(both[i % 2], "_home.count", (cu_bytes){ 0 }, 0, &response), answered[i] = result().integer;
  CHECK(answered[0] == 1 && answered[1] == 2 && answered[2] == 3 && answered[3] == 4, "%lld %lld", (long long)answered[1], (long long)answered[3]);
  run("_home.list = {} for i = 1, 50 do _home.list[i] = i end return _home.list");
  CHECK(cu_run(instance, "local n = 0 for _ in pairs(_home.list) do n = n + 1 end return n, _home.list", &response) == CU_OK && result().integer == 50, "%s", what());
  /* The host takes one away, and the instance sees it. */
  cu_value table;
  cu_bytes rest = response.values;
  cu_next(&rest, &table), cu_next(&rest, &table);
  cu_key((cu_value){ .tag = CU_TAG_INTEGER, .integer = 7 }, &key);
  CHECK(cu_store_remove(store, table.id, cu_view(&key), NULL) == CU_OK, "remove");
  CHECK(number("local n = 0 for _ in pairs(_home.list) do n = n + 1 end return n") == 49, "a change of the host is not seen");
  cu_buffer_end(&key);
  cu_instance_close(other);
  end();
}

/* Every entry that differs from a copy of the store, as the host itself sets it back. */
static unsigned set_back(cu_store *copy) {
  unsigned changed = 0;
  uint32_t table = 0;
  for (uint64_t from = 0; from <= UINT32_MAX && copy->next_table(copy, (uint32_t)from, &table) > 0; from = (uint64_t)table + 1) {
    cu_bytes key, old, now = { 0 }, *after = NULL;
    for (; copy->next(copy, table, after, false, &key) > 0; after = &key) {
      copy->get(copy, table, key, &old);
      bool same_value = store->get(store, table, key, &now) == 1 && now.length == old.length && memcmp(now.at, old.at, old.length) == 0;
      if (!same_value) changed += cu_store_set(store, table, key, old, NULL) == CU_OK;
    }
  }
  return changed;
}

/* A captured variable is remembered between calls, until the host changes the store. */
static void test_changes_of_the_host(void) {
  cu_store *copy = cu_memory_store();
  uint32_t table = 0;
  begin(NULL);
  run("local n = 0 function _home.count() n = n + 1 return n end");
  CHECK(number("return _home.count()") == 1, "%s", what());
  for (uint64_t from = 0; from <= UINT32_MAX && store->next_table(store, (uint32_t)from, &table) > 0; from = (uint64_t)table + 1) {
    cu_bytes key, value, *after = NULL;
    for (; store->next(store, table, after, false, &key) > 0; after = &key) store->get(store, table, key, &value), copy->set(copy, table, key, value);
  }
  CHECK(number("return _home.count()") == 2 && number("return _home.count()") == 3, "%s", what());
  CHECK(set_back(copy) > 0 && number("return _home.count()") == 2, "a change of the host is not seen");
  cu_store_close(copy);
  end();
}

static void test_io(void) {
  cu_buffer value = { 0 };
  cu_value got;
  cu_put_integer(&value, 21);
  begin(NULL);
  CHECK(cu_io_set(store, "input", cu_view(&value), NULL) == CU_OK && run("_io.output = { double = _io.input * 2 }") == CU_OK, "%s", what());
  CHECK(cu_io_get(store, "output", &got, NULL) == CU_OK && cu_field(got, "double", &got) && got.integer == 42, "output");
  CHECK(cu_io_clear(store, NULL) == CU_OK && run("return _io.input") == CU_OK && result().tag == CU_TAG_NIL, "cleared");
  CHECK(cu_io_get(store, "output", &got, NULL) == CU_OK && got.tag == CU_TAG_NIL, "cleared");
  cu_buffer_end(&value);
  end();
}

static void test_class_names(void) {
  cu_buffer key = { 0 }, wrong = { 0 };
  cu_value name;
  begin(NULL);
  const struct { const char *made, *name; } all[] = {
    { "return _home", NULL }, { "_home.a = setmetatable({}, { __name = 'Account' }) return _home.a", "Account" },
    { "_home.a = setmetatable({}, { __name = 7 }) return _home.a", NULL }, { "_home.a = setmetatable({}, {}) return _home.a", NULL },
    { "_home.a = setmetatable({}, { __name = ('x'):rep(5000) }) return _home.a", NULL },
    { "_home.a = setmetatable({}, { __name = '', __metatable = false }) return _home.a", "" },
  };
  for (size_t at = 0; at < sizeof all / sizeof *all; at++) {
    CHECK(run(all[at].made) == CU_OK && cu_class_name(store, result().id, &name, NULL) == CU_OK, "%s", all[at].made);
    CHECK(all[at].name == NULL ? name.tag == CU_TAG_NIL : name.tag == CU_TAG_STRING && name.bytes.length == strlen(all[at].name), "%s", all[at].made);
    CHECK(all[at].name == NULL || memcmp(name.bytes.at, all[at].name, name.bytes.length) == 0, "%s", all[at].made);
  }
  uint32_t table = result().id;
  cu_put_integer(&wrong, 7);
  CHECK(cu_key((cu_value){ .tag = CU_TAG_INTEGER, .integer = table }, &key) == CU_OK, "key");
  CHECK(cu_store_set(store, CU_TABLE_METATABLES, cu_view(&key), cu_view(&wrong), NULL) == CU_OK, "damage");
  CHECK(cu_class_name(store, table, &name, NULL) == CU_MALFORMED && name.tag == CU_TAG_NIL, "damage");
  cu_buffer_end(&key);
  cu_buffer_end(&wrong);
  end();
}

/* ---- units ---- */

static void test_atomic(void) {
  for (int atomic = CU_BY_MODULE; atomic <= CU_BY_STORE; atomic++) {
    begin(&(cu_options){ .atomic = (cu_atomic)atomic });
    CHECK(run("_home.a = 1 _home.list = { 1, 2 } function _home.f() return 1 end") == CU_OK, "%s", what());
    CHECK(run("_home.a = 2 _home.b = 3 _home.list[1] = nil _home.list = nil function _home.f() return 2 end _home.f() error('no')") == CU_LUA_ERROR, "%s", what());
    CHECK(number("return _home.a") == 1 && number("return _home.b or 0") == 0 && number("return _home.list[1]") == 1 && number("return _home.f()") == 1, "atomic %d", atomic);
    end();
  }
  begin(NULL);
  run("_home.a = 2 error('no')");
  CHECK(number("return _home.a") == 2, "kept if not atomic");
  store->rollback = NULL;
  CHECK(cu_configure(instance, &(cu_options){ .atomic = CU_BY_STORE }) == CU_ARGUMENT && strstr(what(), "cannot roll back") != NULL, "%s", what());
  end();
}

static int32_t no(cu_store *self) { return (void)self, -77; }
static int32_t no_with_rollback(cu_store *self) { return self->rollback(self), -77; }

static void test_units_that_fail(void) {
  begin(NULL);
  run("_home.a = 1");
  int32_t (*begins)(cu_store *) = store->begin, (*commits)(cu_store *) = store->commit;
  store->begin = no;
  CHECK(run("_home.a = 2") == CU_STORE_ERROR && cu_failure(instance)->answered == -77, "%s", what());
  store->begin = begins;
  CHECK(number("return _home.a") == 1, "goes on after a unit that did not begin");
  store->commit = no_with_rollback;
  CHECK(run("_home.a = 3") == CU_COMMIT_ERROR && cu_failure(instance)->answered == -77, "%s", what());
  store->commit = commits;
  CHECK(run("return 1") == CU_OVER && strstr(what(), "the store did not keep the changes: it answered -77") != NULL, "%s", what());
  CHECK(run("return 1") == CU_OVER && cu_collect(instance) == CU_OVER && cu_call(instance, "print", (cu_bytes){ 0 }, 0, NULL) == CU_OVER && strncmp(what(), "the instance is over: the store", 30) == 0, "%s", what());
  cu_instance_close(instance);
  CHECK(cu_instance_open(module, store, NULL, &instance, NULL) == CU_OK && number("return _home.a") == 1, "what a commit did not keep is there");
  end();
}

/* ---- files that are no module ---- */

static void test_files(void) {
  const char *path = getenv("CU_WASM") != NULL ? getenv("CU_WASM") : "dist/cu.wasm";
  cu_bytes whole = read_file(path);
  uint8_t *copy = malloc(whole.length);
  cu_module *opened;
  cu_error error;
  memcpy(copy, whole.at, whole.length);
  for (size_t length = 1; length < whole.length; length += length < 200 ? 1 : 9973) {
    CHECK(cu_module_open(&ENGINE, (cu_bytes){ copy, length }, &opened, &error) == CU_BAD_MODULE && opened == NULL, "%zu bytes: %d", length, error.status);
  }
  CHECK(cu_module_open(&ENGINE, cu_text("no wasm at all, but long enough"), &opened, &error) == CU_BAD_MODULE && strstr(error.what, "no WebAssembly") != NULL, "%s", error.what);
  /* Another version, a section that stands twice, and a foreign module that says that it is cu. */
  cu_buffer foreign = { 0 };
  cu_put_encoded(&foreign, (cu_bytes){ stand_in_file, sizeof stand_in_file - 1 });
  cu_status status = cu_module_open(&ENGINE, cu_view(&foreign), &opened, &error);
  if (status == CU_OK) {
    cu_store *none = cu_memory_store();
    cu_instance *never = NULL;
    status = cu_instance_open(opened, none, NULL, &never, &error);
    cu_store_close(none);
    cu_module_close(opened);
  }
  CHECK(status == CU_BAD_MODULE, "a foreign module: %d", status);
  cu_put_encoded(&foreign, (cu_bytes){ stand_in_file + 8, sizeof stand_in_file - 9 });
  CHECK(cu_module_open(&ENGINE, cu_view(&foreign), &opened, &error) == CU_BAD_MODULE && strstr(error.what, "it has 2 sections 'cu'") != NULL, "%s", error.what);
  uint8_t *abi = memmem(copy + whole.length - 200, 200, "\"abi\":1", 7); /* the section is the last one */
  CHECK(abi != NULL, "no section");
  if (abi != NULL) abi[6] = '2';
  CHECK(cu_module_open(&ENGINE, (cu_bytes){ copy, whole.length }, &opened, &error) == CU_OTHER_VERSION && strstr(error.what, "version 1 of the contract, the module version 2") != NULL, "%s", error.what);
  /* A byte of the code that is not what it was: refused, or some module, but no crash and no leak. */
  if (abi != NULL) abi[6] = '1';
  for (size_t at = 20; at < whole.length; at += whole.length / 6) {
    copy[at] ^= 0xff;
    if (cu_module_open(&ENGINE, (cu_bytes){ copy, whole.length }, &opened, &error) == CU_OK) cu_module_close(opened);
    copy[at] ^= 0xff;
  }
  cu_buffer_end(&foreign);
  free(copy);
  cu_allocate((void *)whole.at, 0);
}

/* Files that say that they are cu and are not: each engine would find out in its own way and words, or not at all. */
static void test_lying_files(void) {
  const char *path = getenv("CU_WASM") != NULL ? getenv("CU_WASM") : "dist/cu.wasm";
  static const struct { const char *from, *to; const char *words; } lies[] = {
    { "\x04init", "\x04inix", "no export init" }, { "\x06memory\x02", "\x06memorx\x02", "exports no memory" }, { "\x07" "compute\0", "\x07" "compute\1", "no export compute" },
    { "\x03" "env", "\x03" "enx", "import 0" }, { "js_ext_table_keys", "js_ext_table_keyx", "is none of the contract" }, { "js_ext_table_size\0", "js_ext_table_size\2", "is none of the contract" } };
  cu_bytes whole = read_file(path);
  uint8_t *copy = malloc(whole.length + 100);
  cu_module *opened;
  cu_error error;
  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
    size_t length = strlen(lies[i].from) + (strchr(lies[i].from, '_') != NULL ? strstr(lies[i].from, "size") != NULL : strstr(lies[i].from, "compute") != NULL);
    memcpy(copy, whole.at, whole.length);
    uint8_t *at = memmem(copy, whole.length, lies[i].from, length);
    CHECK(at != NULL, "%s is not there", lies[i].from);
    if (at != NULL) memcpy(at, lies[i].to, length);
    CHECK(cu_module_open(&ENGINE, (cu_bytes){ copy, whole.length }, &opened, &error) == CU_BAD_MODULE && opened == NULL && strstr(error.what, lies[i].words) != NULL, "%zu: %s", i, error.what);
  }
  /* An export that is another function. */
  memcpy(copy, whole.at, whole.length);
  uint8_t *init = memmem(copy, whole.length, "\x04init\0", 6), *collect = memmem(copy, whole.length, "\x06run_gc\0", 8);
  CHECK(init != NULL && collect != NULL, "no exports");
  if (init != NULL && collect != NULL) memcpy(init + 6, collect + 8, 2);
  CHECK(cu_module_open(&ENGINE, (cu_bytes){ copy, whole.length }, &opened, &error) == CU_BAD_MODULE && strstr(error.what, "no export init, or one of another type") != NULL, "%s", error.what);
  /* Any byte of the sections in front of the code: refused, or a module, but no crash. An engine would only compile what is left. */
  memcpy(copy, whole.at, whole.length);
  stand_in_reset();
  for (size_t at = 8; at < 1200; at++) {
    copy[at] ^= 0x41;
    if (cu_module_open(&stand_in_engine, (cu_bytes){ copy, whole.length }, &opened, &error) == CU_OK) cu_module_close(opened);
    copy[at] ^= 0x41;
  }
  /* A section that stands twice. */
  memcpy(copy + whole.length, "\3\1\0", 3);
  CHECK(cu_module_open(&ENGINE, (cu_bytes){ copy, whole.length + 3 }, &opened, &error) == CU_BAD_MODULE && strstr(error.what, "section 3 stands twice") != NULL, "%s", error.what);
  free(copy);
  cu_allocate((void *)whole.at, 0);
}

/* ---- answers that no module gives ---- */

static cu_instance *stand;
static cu_store *stand_store;

static void begin_stand_in(void) {
  cu_module *opened;
  static cu_module *last;
  if (last != NULL) cu_module_close(last);
  stand_in_reset();
  CHECK(cu_module_open(&stand_in_engine, (cu_bytes){ 0 }, &opened, NULL) == CU_OK, "stand-in");
  stand_store = cu_memory_store();
  CHECK(cu_instance_open(last = opened, stand_store, NULL, &stand, NULL) == CU_OK, "stand-in");
  stand_in.answers[CU_EXPORT_COMPUTE] = 5;
}

static void end_stand_in(void) {
  cu_instance_close(stand);
  cu_store_close(stand_store);
}

static void change_and_trap(void *context, cu_export which) {
  const uint32_t words[5] = { 1, STAND_IN_FREE, 3, STAND_IN_FREE, 3 };
  if (which == CU_EXPORT_COMPUTE) cu_imported(context, CU_IMPORT_SET, words);
}

static void test_hostile_answers(void) {
  cu_response got;
  begin_stand_in();
  CHECK(cu_run(stand, "", &got) == CU_OK && got.values.length == 1, "%s", cu_failure(stand)->what);
  stand_in.memory[STAND_IN_BUFFER + 4] = 0x7f; /* an unknown tag */
  CHECK(cu_run(stand, "", &got) == CU_MALFORMED && cu_failure(stand)->at == 0 && got.values.length == 0, "%s", cu_failure(stand)->what);
  stand_in.memory[STAND_IN_BUFFER + 4] = CU_TAG_SPILLED; /* and nothing is spilled */
  CHECK(cu_run(stand, "", &got) == CU_STORE_ERROR, "%s", cu_failure(stand)->what);
  stand_in.memory[STAND_IN_BUFFER + 4] = CU_TAG_PENDING; /* cut off */
  CHECK(cu_run(stand, "", &got) == CU_MALFORMED, "%s", cu_failure(stand)->what);
  stand_in.answers[CU_EXPORT_COMPUTE] = (uint32_t)-1;
  CHECK(cu_run(stand, "", &got) == CU_LUA_ERROR && cu_failure(stand)->text.length == 0, "%s", cu_failure(stand)->what);
  stand_in.memory[STAND_IN_BUFFER] = 0;
  end_stand_in();
  const uint32_t lengths[] = { 4, 65537, 0x7fffffff, 0x80000000, 0x80000001, 0xfffeffff };
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    begin_stand_in();
    stand_in.answers[CU_EXPORT_COMPUTE] = lengths[i];
    CHECK(cu_run(stand, "", &got) == (lengths[i] == 0xfffeffff ? CU_LUA_ERROR : CU_PROTOCOL), "%x: %s", lengths[i], cu_failure(stand)->what);
    if (lengths[i] != 0xfffeffff) CHECK(cu_run(stand, "", &got) == CU_OVER, "%x", lengths[i]);
    end_stand_in();
  }
  begin_stand_in();
  stand_in.memory[STAND_IN_BUFFER] = 1; /* the output is longer than the response */
  CHECK(cu_run(stand, "", &got) == CU_PROTOCOL, "%s", cu_failure(stand)->what);
  end_stand_in();
  begin_stand_in();
  stand_in.size = 100; /* memory has shrunk */
  CHECK(cu_run(stand, "x", &got) == CU_PROTOCOL, "%s", cu_failure(stand)->what);
  end_stand_in();
  begin_stand_in();
  char *code = calloc(1, 70000);
  stand_in.answers[CU_EXPORT_ALLOCATE] = STAND_IN_BYTES - 5; /* a block that leads outside */
  CHECK(cu_compute(stand, code, 70000, &got) == CU_PROTOCOL, "%s", cu_failure(stand)->what);
  free(code);
  end_stand_in();

  /* A trap ends the instance and undoes what it changed. */
  begin_stand_in();
  cu_bytes value;
  bool found;
  stand_in.during = change_and_trap;
  CHECK(cu_run(stand, "", &got) == CU_OK && cu_store_get(stand_store, 1, (cu_bytes){ (uint8_t *)"\0\0", 3 }, &value, &found, NULL) == CU_OK && found, "changed");
  cu_store_remove(stand_store, 1, (cu_bytes){ (uint8_t *)"\0\0", 3 }, NULL);
  stand_in.traps = true;
  CHECK(cu_run(stand, "", &got) == CU_TRAPPED && strcmp(cu_failure(stand)->what, "the module trapped: unreachable") == 0, "%s", cu_failure(stand)->what);
  CHECK(cu_store_get(stand_store, 1, (cu_bytes){ (uint8_t *)"\0\0", 3 }, &value, &found, NULL) == CU_OK && !found, "not undone");
  CHECK(cu_run(stand, "", &got) == CU_OVER && strcmp(cu_failure(stand)->what, "the instance is over: the module trapped: unreachable") == 0, "%s", cu_failure(stand)->what);
  end_stand_in();

  /* Pointers of imports that lead outside. */
  begin_stand_in();
  const uint32_t outside[][5] = { { 1, STAND_IN_BYTES, 1, 0, 0 }, { 1, 0xffffffff, 0xffffffff, 0, 0 }, { 1, STAND_IN_BYTES - 1, 2, 0, 0 }, { 1, 0, 1, STAND_IN_BYTES - 1, 2 },
    { 1, 0, 1, 0xffffffff, 2 }, { 0, 0xfffffff0, 100, 0, 0 }, { 1, STAND_IN_FREE, 0xffffffff, 0, 0 }, { 1, 0, 1, STAND_IN_FREE, 0xffffffff } };
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    for (int which = CU_IMPORT_SET; which <= CU_IMPORT_DELETE; which++) {
      if (which == CU_IMPORT_DELETE && outside[i][3] >= STAND_IN_FREE) continue;
      CHECK(cu_imported(stand, (cu_import)which, outside[i]) < CU_ABSENT, "%zu %d", i, which);
    }
    if (outside[i][3] < STAND_IN_FREE) CHECK(cu_imported(stand, CU_IMPORT_KEYS, outside[i]) < CU_ABSENT, "%zu", i);
  }
  memset(stand_in.memory + STAND_IN_FREE, 0xff, 4); /* the last key seen is longer than the page */
  CHECK(cu_imported(stand, CU_IMPORT_KEYS, (uint32_t[]){ 1, STAND_IN_FREE, 512 }) < CU_ABSENT && cu_imported(stand, CU_IMPORT_KEYS, (uint32_t[]){ 1, STAND_IN_FREE, 3 }) < CU_ABSENT, "a page");
  end_stand_in();
  begin_stand_in();
  cu_module *last = NULL;
  stand_in.is_loaded_never = true;
  cu_error error;
  CHECK(cu_module_open(&stand_in_engine, (cu_bytes){ 0 }, &last, &error) == CU_BAD_MODULE && strcmp(error.what, "stand-in: this engine takes nothing") == 0, "%s", error.what);
  stand_in.is_loaded_never = false;
  cu_module_open(&stand_in_engine, (cu_bytes){ 0 }, &last, &error);
  cu_instance *never;
  stand_in.answers[CU_EXPORT_INIT] = (uint32_t)-1;
  CHECK(cu_instance_open(last, stand_store, NULL, &never, &error) == CU_BAD_MODULE && never == NULL && strstr(error.what, "init answered -1") != NULL, "%s", error.what);
  stand_in.answers[CU_EXPORT_INIT] = 0, stand_in.answers[CU_EXPORT_BUFFER_SIZE] = 65535;
  CHECK(cu_instance_open(last, stand_store, NULL, &never, &error) == CU_PROTOCOL && strstr(error.what, "65535") != NULL, "%s", error.what);
  cu_module_close(last);
  end_stand_in();
}

/* ---- the store in memory, against a plain model ---- */

enum { KEYS = 64, TABLES = 3 };

static void test_store(unsigned seed) {
  uint8_t model[TABLES][KEYS] = { { 0 } }, before[TABLES][KEYS] = { { 0 } };
  cu_store *all = cu_memory_store();
  printf("host: seed %u\n", seed);
  srand(seed);
  all->begin(all);
  for (int step = 0; step < 20000; step++) {
    uint32_t table = (uint32_t)rand() % TABLES;
    uint8_t key = (uint8_t)((unsigned)rand() % KEYS), what = (uint8_t)(rand() % 16), value = (uint8_t)(1 + rand() % 255);
    cu_bytes at = { &key, 1 }, got = { 0 }, *after = NULL;
    if (what < 8) all->set(all, table, at, (cu_bytes){ &value, 1 }), model[table][key] = value;
    else if (what < 14) all->remove(all, table, at), model[table][key] = 0;
    else if (what == 14) all->commit(all), memcpy(before, model, sizeof model);
    else all->rollback(all), memcpy(model, before, sizeof model);
    uint64_t size, wanted = 0;
    all->size(all, table, &size);
    int down = rand() % 2;
    for (int i = 0; i < KEYS; i++) wanted += model[table][i] != 0;
    CHECK(size == wanted, "step %d: %llu of %llu", step, (unsigned long long)size, (unsigned long long)wanted);
    if (step % 16 != 0) continue;
    uint64_t seen = 0;
    int last = down ? KEYS : -1;
    for (cu_bytes next; all->next(all, table, after, down, &next) > 0; after = &got, seen++) {
      int here = next.at[0];
      got = next;
      CHECK((down ? here < last : here > last) && model[table][here] != 0 && all->get(all, table, next, &at) == 1 && at.at[0] == model[table][here], "step %d: key %d", step, here);
      last = here;
    }
    CHECK(seen == wanted, "step %d: saw %llu", step, (unsigned long long)seen);
  }
  cu_store_close(all);
  /* In order, the worst for a tree that is not balanced. */
  all = cu_memory_store();
  for (uint32_t i = 0; i < 200000; i++) {
    uint8_t key[4] = { (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };
    all->set(all, 1, (cu_bytes){ key, 4 }, (cu_bytes){ key, 4 });
  }
  uint64_t size;
  CHECK(all->size(all, 1, &size) == CU_OK && size == 200000, "%llu", (unsigned long long)size);
  cu_store_close(all);
}

int main(void) {
  module = open_module();
  test_results();
  test_memory_and_long_code();
  test_spilled_of_the_dead();
  test_errors();
  test_options();
  test_calls();
  test_functions();
  test_stopping();
  test_threads();
  test_epochs();
  test_changes_of_the_host();
  test_io();
  test_class_names();
  test_atomic();
  test_units_that_fail();
  test_files();
  test_lying_files();
  test_hostile_answers();
  test_store(getenv("CU_SEED") != NULL ? (unsigned)atol(getenv("CU_SEED")) : 1);
  cu_module_close(module);
  return finish("host");
}
