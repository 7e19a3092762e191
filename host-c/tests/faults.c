/*
 * Every allocation fails in turn, and every call of the store: an error that says so, the instance goes on or says that it is over, nothing is leaked.
 *
 * What is counted is what cu_allocate gives; the engines have allocations of their own.
 */
#include "../add_ons/cu_file_store.h"
#include "../add_ons/cu_keys.h"
#include "check.h"
#include "engine.h"
#include <unistd.h>

/* ---- an allocator that fails ---- */

static long blocks, asked, fails_at;
static bool fails_on;

static void *failing(void *block, size_t size) {
  if (size == 0) {
    if (block != NULL) blocks--;
    free(block);
    return NULL;
  }
  if (++asked == fails_at || (fails_on && fails_at > 0 && asked > fails_at)) return NULL;
  void *got = realloc(block, size);
  if (block == NULL && got != NULL) blocks++;
  return got;
}

/* ---- a store that fails ---- */

static cu_store *kept;
static long uses, use_fails;

static bool use(void) { return ++uses == use_fails; }
static int32_t s_set(cu_store *s, uint32_t t, cu_bytes k, cu_bytes v) { return (void)s, use() ? -9 : kept->set(kept, t, k, v); }
static int32_t s_get(cu_store *s, uint32_t t, cu_bytes k, cu_bytes *v) { return (void)s, use() ? -9 : kept->get(kept, t, k, v); }
static int32_t s_remove(cu_store *s, uint32_t t, cu_bytes k) { return (void)s, use() ? -9 : kept->remove(kept, t, k); }
static int32_t s_size(cu_store *s, uint32_t t, uint64_t *n) { return (void)s, use() ? -9 : kept->size(kept, t, n); }
static int32_t s_next(cu_store *s, uint32_t t, const cu_bytes *a, bool d, cu_bytes *k) { return (void)s, use() ? -9 : kept->next(kept, t, a, d, k); }
static int32_t s_next_table(cu_store *s, uint32_t f, uint32_t *t) { return (void)s, use() ? -9 : kept->next_table(kept, f, t); }
static int32_t s_begin(cu_store *s) { return (void)s, use() ? -9 : kept->begin(kept); }
static int32_t s_commit(cu_store *s) { return (void)s, use() ? (kept->rollback(kept), -9) : kept->commit(kept); }
static int32_t s_rollback(cu_store *s) { return (void)s, use() ? -9 : kept->rollback(kept); }
static void s_close(cu_store *s) { (void)s, kept->close(kept); }

static cu_store *failing_store(void) {
  static cu_store store;
  store = (cu_store){ s_set, s_get, s_remove, s_size, s_next, s_next_table, s_begin, s_commit, s_rollback, s_close, false, 0 };
  kept = cu_memory_store();
  return kept != NULL ? &store : NULL;
}

/* ---- what is done ---- */

static int echo(void *context, cu_bytes arguments, cu_buffer *answer) {
  (void)context;
  cu_put_encoded(answer, arguments);
  return CU_ANSWER_RESULTS;
}

static const char *path;
static cu_module *module;
static cu_error error;

/* A failure has to have words; which one it is shows only that something did fail. */
static bool fine(cu_instance *instance, cu_status status) {
  if (status == CU_OK || status == CU_WAITS) return true;
  CHECK(cu_failure(instance)->what[0] != 0 && cu_failure(instance)->status == status, "status %d, and its words are of %d", status, cu_failure(instance)->status);
  return false;
}

/* All operations, over this store; whether none failed. Each may fail, and those behind it are done all the same. */
static bool all_operations(cu_store *store) {
  static const cu_function functions[] = { { "echo", CU_SYNC, echo, NULL }, { "ask", CU_ASYNC, NULL, NULL } };
  cu_options options = { .functions = functions, .function_count = 2, .home = "ada", .atomic = CU_BY_STORE, .seed = &(int64_t){ 1 } }, waiting = options;
  cu_instance *instance = NULL;
  cu_buffer arguments = { 0 };
  cu_response response;
  cu_memory memory;
  cu_value value;
  bool all = true;
  if (store == NULL) return false;
  cu_status opened = cu_instance_open(module, store, &options, &instance, &error);
  CHECK((opened == CU_OK) == (instance != NULL) && (opened == CU_OK || error.what[0] != 0), "%d", opened);
  if (instance == NULL) return cu_store_close(store), false;
  cu_put_integer(&arguments, 20);
  waiting.atomic = CU_NOT_ATOMIC, waiting.time_limit = 600000;
  all &= fine(instance, cu_run(instance, "_home.a = { 1, 2, { x = 3 } } function _home.add(n) _home.n = (_home.n or 0) + n return _home.n end print('x') return host.echo(7, 'x')", &response));
  all &= fine(instance, cu_call(instance, "_home.add", cu_view(&arguments), 0, &response));
  all &= fine(instance, cu_run(instance, "return ('x'):rep(100000), _home.a[3].x", &response));
  all &= cu_run(instance, "_home.a[1] = 5 _home.b = {} error({ code = 1 })", &response) == CU_LUA_ERROR && cu_failure(instance)->value.length > 0;
  all &= fine(instance, cu_configure(instance, &waiting));
  cu_status waits = cu_run(instance, "local x = host.ask(1, 'why') return x", &response);
  all &= waits == CU_WAITS;
  if (response.ticket != 0) all &= fine(instance, cu_resume(instance, response.ticket, false, cu_view(&arguments), &response));
  if (cu_run(instance, "host.ask()", &response) == CU_WAITS || response.ticket != 0) all &= fine(instance, cu_cancel(instance, response.ticket, &response));
  else all = false;
  all &= cu_io_set(store, "input", cu_view(&arguments), NULL) == CU_OK;
  all &= fine(instance, cu_run(instance, "_io.output = _io.input + 1 for k in pairs(_home) do end", NULL));
  all &= cu_io_get(store, "output", &value, NULL) == CU_OK && value.integer == 21;
  all &= cu_io_clear(store, NULL) == CU_OK;
  all &= fine(instance, cu_collect(instance)) && fine(instance, cu_memory_stats(instance, &memory));
  cu_status last = cu_run(instance, "return 1", NULL);
  all &= last == CU_OK;
  CHECK(last == CU_OK || last == CU_NO_MEMORY || last == CU_OVER || last == CU_STORE_ERROR || last == CU_COMMIT_ERROR || last == CU_HOST_ERROR || last == CU_LUA_ERROR, "%d %s", last, cu_failure(instance)->what);
  cu_instance_close(instance);
  cu_buffer_end(&arguments);
  cu_store_close(store);
  return all;
}

static cu_store *file_store(void) {
  cu_store *store;
  if (cu_file_store_open(path, &store, &error) != CU_OK) CHECK(error.what[0] != 0 && store == NULL, "no words");
  return store;
}

static bool open_and_do(bool in_file) {
  long wanted = fails_at;
  fails_at = 0; /* reading the file is no operation of the host */
  cu_bytes wasm = { 0 };
  if (ENGINE.builtin.length == 0) wasm = read_file("dist/cu.wasm");
  asked = 0, fails_at = wanted;
  cu_status status = cu_module_open(&ENGINE, wasm, &module, &error);
  if (wasm.at != NULL) cu_allocate((void *)wasm.at, 0);
  CHECK(status == CU_OK || status == CU_NO_MEMORY, "%d %s", status, error.what);
  if (status != CU_OK) return false;
  bool all = all_operations(in_file ? file_store() : cu_memory_store());
  cu_module_close(module);
  return all;
}

int main(void) {
  char name[64], lock[80];
  /* Interpreters take long: they test each seventh allocation. */
  int step = ENGINE.builtin.length > 0 ? 1 : 7;
  snprintf(name, sizeof name, "/tmp/cu-faults-%d", (int)getpid());
  snprintf(lock, sizeof lock, "%s.lock", path = name);
  cu_allocate = failing;
  for (int in_file = 0; in_file < 2; in_file++) {
    unlink(path);
    asked = fails_at = 0;
    CHECK(open_and_do(in_file) && blocks == 0, "without a failure: %s, %ld blocks", error.what, blocks);
    long count = asked;
    printf("faults: %ld allocations, each fails once, and with all behind it\n", count);
    for (fails_at = 1; fails_at <= count; fails_at += step) {
      for (int on = 0; on < 2; on++) {
        unlink(path);
        asked = 0;
        fails_on = on;
        bool all = open_and_do(in_file);
        CHECK(!all || !on, "allocation %ld: nothing failed", fails_at);
        CHECK(blocks == 0, "allocation %ld: %ld blocks are leaked", fails_at, blocks);
        blocks = 0;
      }
    }
  }
  cu_allocate = failing, fails_at = 0;
  module = open_module();
  long module_blocks = blocks;
  use_fails = uses = 0;
  CHECK(all_operations(failing_store()), "without a failure");
  long count = uses;
  printf("faults: %ld uses of the store, each fails once\n", count);
  for (use_fails = 1; use_fails <= count; use_fails++) {
    uses = 0;
    all_operations(failing_store());
    CHECK(blocks == module_blocks, "use %ld: %ld blocks are leaked", use_fails, blocks - module_blocks);
  }
  cu_module_close(module);
  unlink(path), unlink(lock);
  return finish("faults");
}
