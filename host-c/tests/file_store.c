/* The store in a file: cut at each byte, damaged at each byte, killed, full, compacted, and against the store in memory. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../add_ons/cu_file_store.h"
#include "../add_ons/cu_keys.h"
#include "check.h"
#include "engine.h"

static char path[64], second[80];
static cu_error error;

static cu_store *opened(const char *at) {
  cu_store *store;
  cu_status status = cu_file_store_open(at, &store, &error);
  CHECK(status == CU_OK, "%s", error.what);
  return store;
}

static void write_file(const char *at, const uint8_t *bytes, size_t length) {
  FILE *file = fopen(at, "wb");
  fwrite(bytes, 1, length, file);
  fclose(file);
}

static void put(cu_store *store, int key, const char *value) {
  uint8_t byte = (uint8_t)key;
  CHECK(cu_store_set(store, 5, (cu_bytes){ &byte, 1 }, cu_text(value), NULL) == CU_OK, "set %d", key);
}

static uint64_t size_of_table(cu_store *store) {
  uint64_t size = 0;
  store->size(store, 5, &size);
  return size;
}

/* Closes a store, and looks with how many keys another one is opened over its file. The file is deleted. */
static void close_with(cu_store *store, uint64_t keys, const char *test) {
  cu_store_close(store);
  store = opened(path);
  CHECK(store != NULL && size_of_table(store) == keys, "%s: %llu keys, not %llu", test, store != NULL ? (unsigned long long)size_of_table(store) : 0, (unsigned long long)keys);
  cu_store_close(store);
  unlink(path);
}

/* All entries, as one number. */
static uint64_t sum_of(cu_store *store) {
  uint64_t sum = 0xcbf29ce484222325;
  cu_bytes key, value, *after = NULL;
  for (; store->next(store, 5, after, false, &key) > 0; after = &key) {
    store->get(store, 5, key, &value);
    for (size_t i = 0; i < key.length; i++) sum = (sum ^ key.at[i]) * 0x100000001b3;
    for (size_t i = 0; i < value.length; i++) sum = (sum ^ value.at[i]) * 0x100000001b3;
  }
  return sum;
}

static void test_cut_and_damaged(void) {
  enum { UNITS = 6 };
  size_t ends[UNITS + 1];
  uint64_t sums[UNITS + 1];
  struct stat about;
  cu_store *store = opened(path);
  for (int i = 0; i <= UNITS; i++) {
    if (i > 0) {
      CHECK(store->begin(store) == CU_OK, "begin");
      for (int n = 0; n < 3; n++) store->set(store, 5, (cu_bytes){ (uint8_t[]){ (uint8_t)(i * 3 + n) }, 1 }, cu_text("some value"));
      if (i == 4) store->remove(store, 5, (cu_bytes){ (uint8_t[]){ 3 }, 1 }), store->set(store, 5, (cu_bytes){ (uint8_t[]){ 4 }, 1 }, (cu_bytes){ 0 });
      CHECK(store->commit(store) == CU_OK, "commit");
    }
    stat(path, &about);
    ends[i] = (size_t)about.st_size;
    sums[i] = sum_of(store);
  }
  cu_store_close(store);
  cu_bytes whole = read_file(path);
  for (size_t length = 0; length <= whole.length; length++) {
    write_file(second, whole.at, length);
    store = opened(second);
    int units = 0;
    while (units < UNITS && ends[units + 1] <= length) units++;
    CHECK(store != NULL && sum_of(store) == sums[units], "cut at %zu: not %d units", length, units);
    if (store == NULL) continue;
    CHECK(stat(second, &about) == 0 && (size_t)about.st_size == (units > 0 ? ends[units] : 8), "cut at %zu: a torn end of %lld bytes stays", length, (long long)about.st_size);
    put(store, 99, "behind the cut");
    uint64_t sum = sum_of(store);
    cu_store_close(store);
    store = opened(second);
    CHECK(store != NULL && sum_of(store) == sum, "cut at %zu: what was written behind it is lost", length);
    cu_store_close(store);
  }
  uint8_t *copy = malloc(whole.length + 100);
  for (size_t at = 0; at < whole.length; at++) {
    memcpy(copy, whole.at, whole.length);
    copy[at] ^= 0x10;
    write_file(second, copy, whole.length);
    cu_status status = cu_file_store_open(second, &store, &error);
    /* A damaged last unit cannot be told from a torn one. */
    if (at >= ends[UNITS - 1]) CHECK(status == CU_OK && sum_of(store) == sums[UNITS - 1], "damaged at %zu: %s", at, error.what);
    else CHECK(status == CU_STORE_ERROR && strstr(error.what, at < 8 ? "no log of cu" : "damaged at byte") != NULL, "damaged at %zu: %d %s", at, status, error.what);
    if (store != NULL) cu_store_close(store);
    cu_bytes left = read_file(second);
    if (status != CU_OK) CHECK(left.length == whole.length, "a file that is refused was changed");
    cu_allocate((void *)left.at, 0);
  }
  /* Zeros, and anything else, behind the last unit: a torn end. */
  for (int filler = 0; filler < 256; filler += 85) {
    memcpy(copy, whole.at, whole.length);
    memset(copy + whole.length, filler, 100);
    write_file(second, copy, whole.length + 100);
    store = opened(second);
    CHECK(store != NULL && sum_of(store) == sums[UNITS], "an end of %d", filler);
    cu_store_close(store);
  }
  free(copy);
  cu_allocate((void *)whole.at, 0);
  unlink(path);
}

static void test_one_process(void) {
  cu_store *store = opened(path), *other;
  CHECK(cu_file_store_open(path, &other, &error) == CU_BUSY && other == NULL && strstr(error.what, "another process") != NULL, "%s", error.what);
  cu_store_close(store);
  store = opened(path);
  cu_store_close(store);
  CHECK(cu_file_store_open("/nowhere/at/all", &other, &error) == CU_STORE_ERROR && other == NULL, "%s", error.what);
  CHECK(cu_file_store_open("/tmp", &other, &error) == CU_STORE_ERROR, "%s", error.what);
  unlink(path);
}

static void test_compaction(void) {
  char long_value[20001];
  struct stat about;
  cu_store *store = opened(path);
  memset(long_value, 'v', 20000), long_value[20000] = 0;
  for (int i = 0; i < 300; i++) long_value[0] = (char)('a' + i % 26), put(store, i % 20, long_value);
  stat(path, &about);
  CHECK(about.st_size < 2500000 && size_of_table(store) == 20, "%lld bytes", (long long)about.st_size);
  uint64_t sum = sum_of(store);
  CHECK(cu_file_store_compact(store) == CU_OK, "compact");
  stat(path, &about);
  CHECK(about.st_size < 410000 && sum_of(store) == sum, "%lld bytes", (long long)about.st_size);
  put(store, 200, "behind it");
  sum = sum_of(store);
  cu_store_close(store);
  store = opened(path);
  CHECK(sum_of(store) == sum, "another content after a compaction");
  cu_store_close(store);
  unlink(path);
}

/* A file that may not grow: the commit fails, nothing is changed, and it goes on when there is room. */
static void test_full(void) {
  struct rlimit usual, small;
  struct stat about;
  char value[5001];
  int32_t answered = 0;
  cu_store *store = opened(path);
  memset(value, 'x', 5000), value[5000] = 0;
  put(store, 1, "kept");
  stat(path, &about);
  getrlimit(RLIMIT_FSIZE, &usual);
  small = usual, small.rlim_cur = (rlim_t)about.st_size + 1000;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  CHECK(cu_store_set(store, 5, cu_text("k"), cu_text(value), &answered) == CU_STORE_ERROR && answered == CU_FILE_ERRNO - EFBIG && size_of_table(store) == 1, "%d", answered);
  setrlimit(RLIMIT_FSIZE, &usual);
  put(store, 2, "again");
  close_with(store, 2, __func__);
}

/* A disk that does not sync: the unit is not kept, nor is any later one, and the file has only what was answered. */
static bool sync_fails;
static int folders_synced;
int __real_fsync(int file);
int __wrap_fsync(int file);
int __wrap_fsync(int file) {
  struct stat about;
  if (sync_fails) return errno = EIO, -1;
  folders_synced += fstat(file, &about) == 0 && S_ISDIR(about.st_mode);
  return __real_fsync(file);
}

static void test_not_synced(void) {
  int32_t answered = 0;
  uint8_t key = 2;
  cu_store *store = opened(path);
  put(store, 1, "kept");
  sync_fails = true;
  CHECK(cu_store_set(store, 5, (cu_bytes){ &key, 1 }, cu_text("lost"), &answered) == CU_STORE_ERROR && answered == CU_FILE_ERRNO - EIO && size_of_table(store) == 1, "%d", answered);
  sync_fails = false;
  CHECK(cu_store_set(store, 5, (cu_bytes){ &key, 1 }, cu_text("later"), &answered) == CU_STORE_ERROR && answered == CU_FILE_ERRNO - EIO, "%d", answered);
  CHECK(cu_file_store_compact(store) == CU_FILE_ERRNO - EIO, "a broken file is written anew");
  cu_store_close(store);
  store = opened(path);
  CHECK(size_of_table(store) == 1, "what was not answered is there");
  /* A log that cannot be written anew leaves the old one. */
  sync_fails = true;
  CHECK(cu_file_store_compact(store) == CU_FILE_ERRNO - EIO, "compact");
  sync_fails = false;
  put(store, 3, "goes on");
  close_with(store, 2, __func__);
}

/* Two links to one file had two locks, so two processes wrote one log; and the first compaction put a file in the place of the link. */
static void test_names(void) {
  char link_path[96];
  struct stat about;
  cu_store *other, *store = opened(path);
  snprintf(link_path, sizeof link_path, "%s-link", path);
  unlink(link_path);
  CHECK(symlink(path, link_path) == 0, "symlink");
  CHECK(cu_file_store_open(link_path, &other, &error) == CU_BUSY, "%s", error.what);
  put(store, 1, "one");
  cu_store_close(store);
  store = opened(link_path);
  put(store, 2, "two");
  CHECK(cu_file_store_compact(store) == CU_OK && lstat(link_path, &about) == 0 && S_ISLNK(about.st_mode), "the link is one no more");
  put(store, 3, "three");
  cu_store_close(store);
  store = opened(path);
  CHECK(size_of_table(store) == 3, "%llu", (unsigned long long)size_of_table(store));
  cu_store_close(store);
  unlink(link_path);
  CHECK(link(path, link_path) == 0 && cu_file_store_open(link_path, &other, &error) == CU_STORE_ERROR && strstr(error.what, "2 names") != NULL, "%s", error.what);
  unlink(link_path);
  strcat(link_path, ".lock"), unlink(link_path);
  CHECK(cu_file_store_open("/dev/null", &other, &error) == CU_STORE_ERROR && strstr(error.what, "no file") != NULL, "%s", error.what);
  unlink(path);
}

/* A process was killed between making the file, or writing it anew, and syncing its folder: the next one has to do it before it answers a unit. */
static void test_folder_of_the_killed(void) {
  char fresh[96];
  snprintf(fresh, sizeof fresh, "%s.new", path);
  write_file(path, (const uint8_t *)"CuLog\0\1\n", 8);
  write_file(fresh, (const uint8_t *)"CuLog", 5);
  folders_synced = 0;
  cu_store *store = opened(path);
  CHECK(folders_synced == 1 && access(fresh, F_OK) != 0, "%d", folders_synced);
  CHECK(cu_file_store_compact(store) == CU_OK && folders_synced == 2, "%d", folders_synced);
  cu_store_close(store);
  unlink(path);
}

/* What was deleted is read by nobody, so a unit may not be answered. A child has the lock of its parent. */
static void test_deleted_and_forked(void) {
  int32_t answered = 0;
  int how = 0;
  cu_store *store = opened(path);
  put(store, 1, "kept");
  fflush(stdout); /* the child has it too */
  pid_t child = fork();
  if (child == 0) {
    uint8_t key = 2;
    bool refused = cu_store_set(store, 5, (cu_bytes){ &key, 1 }, cu_text("x"), &answered) == CU_STORE_ERROR && answered == CU_FILE_ERRNO - EPERM;
    refused = refused && cu_file_store_compact(store) == CU_FILE_ERRNO - EPERM;
    cu_store_close(store);
    _exit(refused ? 0 : 1);
  }
  waitpid(child, &how, 0);
  CHECK(WIFEXITED(how) && WEXITSTATUS(how) == 0, "a child writes");
  put(store, 2, "of the parent");
  cu_store *other;
  CHECK(cu_file_store_open(path, &other, &error) == CU_BUSY, "a child that closed took the lock away");
  unlink(path);
  CHECK(cu_store_set(store, 5, cu_text("k"), cu_text("v"), &answered) == CU_STORE_ERROR && answered == CU_FILE_ERRNO - ENOENT && size_of_table(store) == 2, "%d", answered);
  CHECK(cu_store_set(store, 5, cu_text("k"), cu_text("v"), &answered) == CU_STORE_ERROR && answered == CU_FILE_ERRNO - ENOENT, "%d", answered);
  cu_store_close(store);
}

/* A length of more than 32 bits was cut, and the file could not be read any more. */
static void test_too_long(void) {
  static const uint8_t byte;
  int32_t answered = 0;
  cu_store *store = opened(path);
  if (SIZE_MAX > UINT32_MAX) {
    CHECK(cu_store_set(store, 5, cu_text("k"), (cu_bytes){ &byte, (size_t)UINT32_MAX + 1 }, &answered) == CU_STORE_ERROR && answered == CU_STORE_FAILED, "%d", answered);
  }
  put(store, 1, "goes on");
  close_with(store, 1, __func__);
}

/* A value with the bytes of a unit is none: behind a torn head it does not make a damaged file of a torn one. */
static void test_unit_in_a_value(void) {
  cu_store *store = opened(path);
  uint8_t key = 2;
  put(store, 1, "one");
  cu_bytes log = read_file(path);
  CHECK(cu_store_set(store, 5, (cu_bytes){ &key, 1 }, (cu_bytes){ log.at + 8, log.length - 8 }, NULL) == CU_OK, "set");
  cu_store_close(store);
  cu_bytes whole = read_file(path);
  ((uint8_t *)whole.at)[log.length] ^= 1;
  write_file(path, whole.at, whole.length);
  store = opened(path);
  CHECK(store != NULL && size_of_table(store) == 1, "%s", error.what);
  if (store != NULL) cu_store_close(store);
  cu_allocate((void *)log.at, 0), cu_allocate((void *)whole.at, 0);
  unlink(path);
}

/* A process counts in two places of the store, says each number when it is kept, and is killed at any moment. */
static void test_killed(cu_module *module, int rounds, unsigned seed) {
  long long kept = 0, killed = 0;
  srand(seed);
  printf("file_store: seed %u\n", seed);
  for (int round = 0; round < rounds; round++) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid_t child = fork();
    if (child == 0) {
      cu_store *store = opened(path);
      cu_instance *instance;
      cu_response response;
      cu_value value;
      if (store == NULL || cu_instance_open(module, store, &(cu_options){ .atomic = round % 2 == 0 ? CU_BY_STORE : CU_NOT_ATOMIC }, &instance, NULL) != CU_OK) _exit(3);
      for (int i = 0;; i++) {
        /* In every third round also while the log is written anew. */
        if (round % 3 == 1 && i % 4 == 3 && cu_file_store_compact(store) != CU_OK) _exit(6);
        if (cu_run(instance, "_home.a = (_home.a or 0) + 1 _home.filler = ('x'):rep(_home.a % 700) _home.b = (_home.b or 0) + 1 return _home.a", &response) != CU_OK || !cu_next(&response.values, &value)) _exit(4);
        if (write(ends[1], &value.integer, sizeof value.integer) < 0) _exit(5);
      }
    }
    close(ends[1]);
    nanosleep(&(struct timespec){ 0, 5000000 + rand() % 40000000 }, NULL);
    kill(child, SIGKILL);
    int how = 0;
    waitpid(child, &how, 0);
    CHECK(WIFSIGNALED(how), "round %d: the child ended with %d", round, how);
    for (long long said; read(ends[0], &said, sizeof said) == sizeof said;) kept = said;
    close(ends[0]);
    cu_store *store = opened(path);
    cu_instance *instance = NULL;
    cu_response response = { 0 };
    cu_value a = { 0 }, b = { 0 };
    CHECK(store != NULL && cu_instance_open(module, store, NULL, &instance, NULL) == CU_OK && cu_run(instance, "return _home.a or 0, _home.b or 0", &response) == CU_OK, "round %d: %s", round, error.what);
    cu_next(&response.values, &a), cu_next(&response.values, &b);
    CHECK(a.integer == b.integer && (a.integer == kept || a.integer == kept + 1), "round %d: %lld and %lld are there, %lld was answered", round, (long long)a.integer, (long long)b.integer, kept);
    killed += a.integer > 0;
    kept = a.integer;
    cu_instance_close(instance);
    if (store != NULL) cu_store_close(store);
  }
  printf("file_store: killed %d times, %lld units kept\n", rounds, kept);
  CHECK(killed > 0, "no child came to count");
  unlink(path);
}

int main(void) {
  cu_module *module = open_module();
  snprintf(path, sizeof path, "/tmp/cu-file-%d", (int)getpid());
  snprintf(second, sizeof second, "%s-second", path);
  test_cut_and_damaged();
  test_one_process();
  test_compaction();
  test_full();
  test_not_synced();
  test_names();
  test_folder_of_the_killed();
  test_deleted_and_forked();
  test_too_long();
  test_unit_in_a_value();
  test_killed(module, getenv("CU_ROUNDS") != NULL ? atoi(getenv("CU_ROUNDS")) : 20, getenv("CU_SEED") != NULL ? (unsigned)atol(getenv("CU_SEED")) : (unsigned)time(NULL));
  cu_module_close(module);
  unlink(second);
  strcat(second, ".lock"), unlink(second);
  strcat(path, ".lock"), unlink(path);
  return finish("file_store");
}
