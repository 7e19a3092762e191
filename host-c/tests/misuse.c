/* What programs in C do with the host that they should not, or that looks as if they should not: an error that says so, or the right result. */
#include <time.h>

#include "../add_ons/cu_keys.h"
#include "check.h"
#include "engine.h"
#include "instance.h"

static const cu_function asking[] = { { "ask", CU_ASYNC, NULL, NULL } };

static void wait_for(int milliseconds) { nanosleep(&(struct timespec){ milliseconds / 1000, milliseconds % 1000 * 1000000 }, NULL); }

/* A compute that waited was given its own arguments back. The record of the answer was written over them, and read what was freed. */
static void test_what_an_answer_is_made_of(void) {
  cu_value value;
  begin(&(cu_options){ .functions = asking, .function_count = 1 });
  CHECK(run("return host.ask(1, { 2, 3 }, ('four'):rep(1000))") == CU_WAITS, "%s", what());
  CHECK(cu_resume(instance, response.ticket, false, response.values, &response) == CU_OK && cu_next(&response.values, &value) && value.integer == 1, "%s", what());
  CHECK(cu_next(&response.values, &value) && value.id == 2 && cu_next(&response.values, &value) && value.bytes.length == 4000, "arguments");
  CHECK(run("return 'error', 7, ('x'):rep(3000)") == CU_OK && cu_call(instance, "select", response.values, 0, &response) == CU_LUA_ERROR, "%s", what());
  CHECK(run("return 2, 7, ('x'):rep(3000)") == CU_OK && cu_call(instance, "select", response.values, 0, &response) == CU_OK, "%s", what());
  CHECK(cu_next(&response.values, &value) && value.bytes.length == 3000, "values of a response");
  CHECK(run("return 'return 6 * 7 ' .. ('-'):rep(100)") == CU_OK && cu_next(&response.values, &value), "%s", what());
  CHECK(cu_compute(instance, value.bytes.at, value.bytes.length, &response) == CU_OK && cu_next(&response.values, &value) && value.integer == 42, "%s", what());
  CHECK(run("error({ 5 })") == CU_LUA_ERROR && cu_call(instance, "next", cu_failure(instance)->value, 0, &response) == CU_OK && cu_next(&response.values, &value) && value.integer == 1, "%s", what());
  end();
}

/* A call that failed before the module was asked left what was in the response. */
static void test_response_of_a_failure(void) {
  const cu_bytes bad = { (const uint8_t *)"\x7f", 1 };
  char *large = calloc(1, 64u << 20);
  begin(NULL);
  for (int which = 0; which < 3; which++) {
    memset(&response, 0xff, sizeof response);
    cu_status status = which == 0 ? cu_call(instance, "print", bad, 0, &response) : which == 1 ? cu_resume(instance, 1, false, bad, &response) : cu_compute(instance, large, 64u << 20, &response);
    CHECK(status != CU_OK && response.values.length == 0 && response.output.length == 0 && response.ticket == 0, "%d: %lld", which, (long long)response.ticket);
  }
  free(large);
  end();
}

static void test_null(void) {
  cu_error error;
  cu_instance *never = (cu_instance *)&error;
  store = cu_memory_store();
  CHECK(cu_instance_open(NULL, store, NULL, &never, &error) == CU_ARGUMENT && never == NULL && strstr(error.what, "the module is NULL") != NULL, "%s", error.what);
  CHECK(cu_instance_open(module, NULL, NULL, &never, &error) == CU_ARGUMENT && never == NULL && strstr(error.what, "the store is NULL") != NULL, "%s", error.what);
  CHECK(cu_instance_open(module, NULL, NULL, &never, NULL) == CU_ARGUMENT, "no error");
  cu_instance_close(NULL), cu_store_close(NULL), cu_module_close(NULL);
  cu_store_close(store);
}

static void test_options(void) {
  const cu_function nameless = { NULL, CU_ASYNC, NULL, NULL }, modeless = { "f", (cu_mode)7, NULL, NULL };
  const struct { cu_options options; const char *words; } wrong[] = {
    { { .tick = -5 }, "tick is -5" }, { { .memory = INT64_MIN }, "memory is -9223372036854775808" }, { { .instructions = -2 }, "instructions is -2" }, { { .pending = -9 }, "pending is -9" },
    { { .time_limit = 10, .tick = CU_NONE }, "nobody looks at the time_limit of 10 ms" }, { { .atomic = (cu_atomic)9 }, "atomic is 9" },
    { { .function_count = 1 }, "function_count is 1, and functions is NULL" }, { { .functions = &nameless, .function_count = 1 }, "function 0" },
    { { .functions = &modeless, .function_count = 1 }, "function 0, 'f'" } };
  begin(&(cu_options){ .seed = &(int64_t){ INT64_MIN }, .time_limit = INT64_MAX, .events = ~0u });
  CHECK(run("return 1") == CU_OK, "%s", what());
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    CHECK(cu_configure(instance, &wrong[i].options) == CU_ARGUMENT && says(wrong[i].words), "%zu: %s", i, what());
    CHECK(run("return 1") == CU_OK, "%zu: an option that was refused is used: %s", i, what());
  }
  /* What only the module knows is an error of each call. */
  CHECK(cu_configure(instance, &(cu_options){ .tick = INT64_MAX }) == CU_OK && run("return 1") == CU_LUA_ERROR && says("config.tick is 9223372036854775807") &&
    strcmp(cu_failure(instance)->class_name, CU_CLASS_CONFIG) == 0, "%s", what());
  CHECK(cu_configure(instance, NULL) == CU_OK && run("return 1") == CU_OK, "%s", what());
  end();
}

/* ---- functions ---- */

static int ends_its_answer(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context, (void)arguments;
  cu_put_text(answer, "x");
  cu_buffer_end(answer);
  return CU_ANSWER_RESULTS;
}

static int puts_bytes(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)arguments;
  if (context == NULL) cu_put_library(answer, "a b");
  else cu_put_encoded(answer, cu_text(context));
  return CU_ANSWER_RESULTS;
}

static int begins_a_table(void *context, cu_bytes arguments, cu_buffer *answer) { return (void)context, (void)arguments, (void)cu_begin_table(answer), CU_ANSWER_RESULTS; }

static int answers_too_many(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context, (void)arguments;
  for (int i = 0; i < 201; i++) cu_put_nil(answer);
  return CU_ANSWER_RESULTS;
}

static int answers(void *context, cu_bytes arguments, cu_buffer *answer) { return (void)arguments, (void)answer, *(int *)context; }

/* Fails with the text that it was given, and whatever else. */
static int fails(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context;
  cu_put_encoded(answer, arguments);
  return CU_FAILURE;
}

static int fails_badly(void *context, cu_bytes arguments, cu_buffer *answer) { return (void)context, (void)arguments, cu_put_library(answer, "a b"), CU_FAILURE; }

/* The error of a function that failed says whose it is, and a script that catches it gets a text. */
static void test_failures(void) {
  const cu_function functions[] = { { "shop.price", CU_SYNC, fails, NULL }, { "late", CU_EITHER, fails, NULL }, { "bad", CU_SYNC, fails_badly, NULL } };
  static const struct { const char *code, *message; } cases[] = { { "host.shop.price('no plum here')", "compute:1: host.shop.price: no plum here" }, { "host.late('no')", "compute:1: host.late: no" },
    { "host.late('')", "compute:1: host.late: " }, { "host.late()", "compute:1: host.late: it failed, and put no text" }, { "host.late(5)", "compute:1: host.late: it failed, and put no text" },
    { "host.late('a', 'b')", "compute:1: host.late: it failed, and put no text" }, { "host.bad()", "compute:1: host.bad: it put what is no value" },
    { "host.late(('x'):rep(300))", NULL } };
  begin(&(cu_options){ .functions = functions, .function_count = 3 });
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CHECK(run(cases[i].code) == CU_LUA_ERROR && (cases[i].message == NULL || strcmp(what(), cases[i].message) == 0), "%s: %s", cases[i].code, what());
  }
  CHECK(cu_failure(instance)->message.length == strlen("compute:1: host.late: ") + 300, "%zu", cu_failure(instance)->message.length);
  CHECK(run("local ok, text = pcall(host.shop.price, 'a\\0b') return text") == CU_OK && result().bytes.length == strlen("host.shop.price: ") + 3, "%s", what());
  end();
}

static void test_functions(void) {
  int strange = 99, later = CU_ANSWER_LATER, error = CU_ANSWER_ERROR;
  const cu_function functions[] = { { "ends", CU_SYNC, ends_its_answer, NULL }, { "library", CU_SYNC, puts_bytes, NULL }, { "garbage", CU_SYNC, puts_bytes, "\x7f" }, { "table", CU_SYNC, begins_a_table, NULL },
    { "many", CU_SYNC, answers_too_many, NULL }, { "strange", CU_SYNC, answers, &strange }, { "later", CU_SYNC, answers, &later }, { "error", CU_EITHER, answers, &error } };
  static const char *const words[] = { "put what is no value", "put what is no value", "the tag is unknown", "malformed", "more than 200 results", "answered 99", "answered 3", "malformed" };
  char code[40];
  begin(&(cu_options){ .functions = functions, .function_count = 8 });
  for (size_t i = 0; i < 8; i++) {
    snprintf(code, sizeof code, "host.%s()", functions[i].name);
    CHECK(run(code) == CU_LUA_ERROR && says(words[i]) && cu_failure(instance)->line == 1, "%s: %s", code, what());
  }
  CHECK(run("return 1") == CU_OK, "%s", what());
  end();
}

/* ---- a time limit is one of all parts of a compute ---- */

static bool interrupted(const char *words) { return strcmp(cu_failure(instance)->class_name, CU_CLASS_INTERRUPTED) == 0 && says(words); }

static void *(*usual_allocator)(void *block, size_t size);
static unsigned asked;

static void *counting(void *block, size_t size) { return asked += size > 0, usual_allocator(block, size); }

static void test_time_limit(void) {
  cu_options limited = { .functions = asking, .function_count = 1, .time_limit = 60 };
  int64_t first, second;
  begin(&limited);
  /* Each part took less than the limit, and both together more. */
  CHECK(run("host.ask() while true do end") == CU_WAITS, "%s", what());
  first = response.ticket;
  CHECK(run("local t <close> = setmetatable({}, { __close = function() _home.closed = 1 end }) host.ask() return 'went on'") == CU_WAITS, "%s", what());
  second = response.ticket;
  wait_for(40);
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  CHECK(cu_resume(instance, first, false, (cu_bytes){ 0 }, &response) == CU_LUA_ERROR && interrupted("the time limit of 60 ms is over"), "%s", what());
  clock_gettime(CLOCK_MONOTONIC, &after);
  CHECK((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 < 55, "the second part had a time of its own");
  /* What waited too long does not go on, and is closed. */
  wait_for(30);
  CHECK(cu_resume(instance, second, false, (cu_bytes){ 0 }, &response) == CU_LUA_ERROR && interrupted("interrupted by the host: 'the time limit of 60 ms is over', while it waited"), "%s", what());
  CHECK(cu_failure(instance)->message.length == strlen(what()) && response.values.length == 0, "%zu", cu_failure(instance)->message.length);
  CHECK(run("return _home.closed") == CU_OK && response.values.length == 9, "not closed");
  CHECK(cu_resume(instance, second, false, (cu_bytes){ 0 }, &response) == CU_LUA_ERROR && strcmp(cu_failure(instance)->class_name, CU_CLASS_INPUT) == 0, "%s", what());
  /* The limit is that of the beginning, also if it waits again; one that began without a limit has none. A cancellation is none too late. */
  limited.time_limit = 30;
  CHECK(run("host.ask() host.ask()") == CU_WAITS && cu_configure(instance, &limited) == CU_OK && cu_resume(instance, response.ticket, false, (cu_bytes){ 0 }, &response) == CU_WAITS, "%s", what());
  wait_for(65);
  CHECK(cu_resume(instance, response.ticket, false, (cu_bytes){ 0 }, &response) == CU_LUA_ERROR && interrupted("60 ms"), "%s", what());
  CHECK(run("host.ask()") == CU_WAITS, "%s", what());
  wait_for(35);
  CHECK(cu_cancel(instance, response.ticket, &response) == CU_OK, "%s", what());
  limited.time_limit = 0;
  CHECK(cu_configure(instance, &limited) == CU_OK && run("return host.ask()") == CU_WAITS, "%s", what());
  limited.time_limit = 20;
  wait_for(25);
  CHECK(cu_configure(instance, &limited) == CU_OK && cu_resume(instance, response.ticket, false, (cu_bytes){ 0 }, &response) == CU_OK, "%s", what());
  /* Many that wait at once. */
  int64_t tickets[50];
  limited.time_limit = 100000, limited.pending = 50;
  cu_configure(instance, &limited);
  for (int i = 0; i < 50; i++) {
    CHECK(run("return host.ask()") == CU_WAITS, "%d: %s", i, what());
    tickets[i] = response.ticket;
  }
  for (int i = 49; i >= 0; i -= 2) CHECK(cu_resume(instance, tickets[i], false, (cu_bytes){ 0 }, &response) == CU_OK, "%d: %s", i, what());
  for (int i = 0; i < 50; i += 2) CHECK(cu_cancel(instance, tickets[i], &response) == CU_OK, "%d: %s", i, what());
  /* What has ended is forgotten. */
  usual_allocator = cu_allocate, cu_allocate = counting;
  for (int i = 0; i < 200; i++) CHECK(run("host.ask()") == CU_WAITS && cu_resume(instance, response.ticket, false, (cu_bytes){ 0 }, NULL) == CU_OK, "%d: %s", i, what());
  cu_allocate = usual_allocator;
  CHECK(asked == 0, "%u allocations for 200 computes that waited", asked);
  end();
}

/* ---- `_io` and units of a store ---- */

static int units, begins, ends;
static int32_t counted_begin(cu_store *self) { return (void)self, begins++, ++units == 1 ? CU_OK : -9; }
static int32_t counted_commit(cu_store *self) { return (void)self, ends++, units--, CU_OK; }
static int32_t refused(cu_store *self, uint32_t table, cu_bytes key, cu_bytes value) { return (void)self, (void)table, (void)key, (void)value, -9; }

static int clears(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context, (void)arguments;
  cu_put_boolean(answer, cu_io_clear(store, NULL) == CU_BUSY);
  return CU_ANSWER_RESULTS;
}

/* To clear `_io` was as many units as keys, and read the store while another call used it. A change that failed left its unit open, in a store that cannot roll back. */
static void test_units(void) {
  const cu_function functions[] = { { "clear", CU_SYNC, clears, NULL } };
  cu_value value;
  int32_t answered = 0;
  begin(&(cu_options){ .functions = functions, .function_count = 1 });
  CHECK(run("_io.a = 1 _io.b = 2 _io.c = { 3 } return host.clear(), _io.b") == CU_OK && cu_next(&response.values, &value) && value.boolean, "%s", what());
  CHECK(cu_next(&response.values, &value) && value.integer == 2, "cleared by a function of the host");
  int32_t (*begin_unit)(cu_store *) = store->begin, (*commit)(cu_store *) = store->commit, (*rollback)(cu_store *) = store->rollback;
  store->begin = counted_begin, store->commit = counted_commit, store->rollback = NULL;
  uint64_t keys;
  CHECK(cu_io_clear(store, &answered) == CU_OK && answered == CU_OK && begins == 1 && ends == 1 && store->size(store, CU_TABLE_IO, &keys) == CU_OK && keys == 0, "%d units", begins);
  int32_t (*set)(cu_store *, uint32_t, cu_bytes, cu_bytes) = store->set;
  store->set = refused;
  CHECK(cu_store_set(store, 1, cu_text("k"), cu_text("v"), &answered) == CU_STORE_ERROR && answered == -9 && units == 0, "%d units are open", units);
  store->set = set;
  CHECK(cu_store_remove(store, 1, cu_text("k"), &answered) == CU_OK && units == 0, "%d", answered);
  store->begin = begin_unit, store->commit = commit, store->rollback = rollback;
  end();
}

int main(void) {
  module = open_module();
  test_what_an_answer_is_made_of();
  test_response_of_a_failure();
  test_null();
  test_options();
  test_failures();
  test_functions();
  test_time_limit();
  test_units();
  cu_module_close(module);
  return finish("misuse");
}
