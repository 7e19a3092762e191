/*
 * The store in a file. The log:
 *
 *   offset 0   8 bytes   "CuLog", a zero, the version 1, \n
 *   offset 8             units to the end, each
 *
 *   offset 0   u64       n, the length of the changes
 *   offset 8   u64       hash of the first 8 bytes and of where the unit is in the file
 *   offset 16  u64       hash of the changes
 *   offset 24  n bytes   changes: u8 SET or REMOVE; u32 table; u32 length, key; of SET u32 length, value
 *
 * A hash is FNV-1a of 64 bits. Invariant: whatever the file ends with, the units in front of the first damaged one are what was committed. A damaged unit with
 * a whole one behind it is no torn end, so such a file is refused rather than cut.
 */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#define _FILE_OFFSET_BITS 64
#include "cu_file_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SET = 1, REMOVE = 2, FILE_HEAD = 8, UNIT_HEAD = 24 };

static const uint8_t signature[FILE_HEAD] = { 'C', 'u', 'L', 'o', 'g', 0, 1, '\n' };
static const uint64_t EMPTY_HASH = 0xcbf29ce484222325, LEAST_TO_COMPACT = 1 << 20;

typedef struct file_store {
  cu_store store;     /* first */
  cu_store *memory;   /* all entries */
  cu_buffer unit;     /* room for a head, and the changes of the unit */
  int file, lock;
  uint64_t end;       /* of the last unit */
  uint64_t compacted; /* `end` when the log was written anew */
  int32_t broken;     /* what every further unit is answered with */
  pid_t process;      /* that opened it; the lock is one of that and of its children */
  char *path;         /* without symbolic links: another way to the file has the same lock, and a new log takes the place of the file, not of a link */
} file_store;

/* ---- bytes ---- */

static uint64_t hash(uint64_t hash, const void *bytes, size_t length) {
  for (const uint8_t *at = bytes; length-- > 0; at++) hash = (hash ^ *at) * 0x100000001b3;
  return hash;
}

static uint64_t little(const uint8_t *at, unsigned bytes) {
  uint64_t number = 0;
  while (bytes-- > 0) number = number << 8 | at[bytes];
  return number;
}

static void write_little(uint8_t *at, uint64_t number, unsigned bytes) {
  for (; bytes-- > 0; number >>= 8) *at++ = (uint8_t)number;
}

static void put_little(cu_buffer *into, uint64_t number, unsigned bytes) {
  uint8_t at[8];
  write_little(at, number, bytes);
  cu_put_encoded(into, (cu_bytes){ at, bytes });
}

static uint64_t hash_of_head(const uint8_t *head, uint64_t at) {
  uint8_t place[8];
  write_little(place, at, sizeof place);
  return hash(hash(EMPTY_HASH, head, 8), place, sizeof place);
}

static void put_change(cu_buffer *into, uint32_t table, cu_bytes key, const cu_bytes *value) {
  put_little(into, value != NULL ? SET : REMOVE, 1);
  put_little(into, table, 4);
  put_little(into, key.length, 4);
  cu_put_encoded(into, key);
  if (value == NULL) return;
  put_little(into, value->length, 4);
  cu_put_encoded(into, *value);
}

/* ---- reading ---- */

/* The changes of the unit at this place, if it is whole. */
static bool read_unit(cu_bytes log, uint64_t at, cu_bytes *changes) {
  if (log.length - at < UNIT_HEAD) return false;
  const uint8_t *head = log.at + at;
  uint64_t length = little(head, 8);
  if (little(head + 8, 8) != hash_of_head(head, at) || length > log.length - at - UNIT_HEAD) return false;
  *changes = (cu_bytes){ head + UNIT_HEAD, (size_t)length };
  return little(head + 16, 8) == hash(EMPTY_HASH, changes->at, changes->length);
}

static bool take(cu_bytes *rest, size_t length, cu_bytes *taken) {
  if (length > rest->length) return false;
  *taken = (cu_bytes){ rest->at, length };
  *rest = (cu_bytes){ rest->at + length, rest->length - length };
  return true;
}

/* Does the changes of a unit; 0, or a failure. */
static int32_t replay(cu_store *memory, cu_bytes changes) {
  cu_bytes head, key, length, value;
  while (changes.length > 0) {
    if (!take(&changes, 9, &head) || !take(&changes, (size_t)little(head.at + 5, 4), &key)) return CU_STORE_FAILED;
    uint32_t table = (uint32_t)little(head.at + 1, 4);
    bool sets = head.at[0] == SET;
    if (!sets && head.at[0] != REMOVE) return CU_STORE_FAILED;
    if (sets && (!take(&changes, 4, &length) || !take(&changes, (size_t)little(length.at, 4), &value))) return CU_STORE_FAILED;
    int32_t done = sets ? memory->set(memory, table, key, value) : memory->remove(memory, table, key);
    if (done < 0) return done;
  }
  return memory->commit(memory);
}

static cu_status fail(cu_error *error, cu_status status, const char *path, const char *what) {
  if (error == NULL) return status;
  memset(error, 0, sizeof *error);
  error->status = status;
  snprintf(error->what, sizeof error->what, "%.200s: %s", path, what);
  return status;
}

/* Does all whole units. Bytes behind them are a torn end, unless a whole unit is among them. */
static cu_status read_log(file_store *store, cu_bytes log, cu_error *error) {
  cu_bytes changes;
  char what[80];
  if (log.length < FILE_HEAD && memcmp(log.at, signature, log.length) == 0) return CU_OK; /* torn when it was made */
  if (log.length < FILE_HEAD || memcmp(log.at, signature, FILE_HEAD) != 0) return fail(error, CU_STORE_ERROR, store->path, "it is no log of cu of version 1");
  for (store->end = FILE_HEAD; read_unit(log, store->end, &changes); store->end += UNIT_HEAD + changes.length) {
    int32_t done = replay(store->memory, changes);
    if (done == CU_STORE_NO_MEMORY) return fail(error, CU_NO_MEMORY, store->path, "the host has no memory left");
    if (done < 0) return fail(error, CU_STORE_ERROR, store->path, "a unit has what no unit has");
  }
  for (uint64_t at = store->end + 1; at < log.length; at++) {
    if (!read_unit(log, at, &changes)) continue;
    snprintf(what, sizeof what, "it is damaged at byte %llu, and whole again at %llu", (unsigned long long)store->end, (unsigned long long)at);
    return fail(error, CU_STORE_ERROR, store->path, what);
  }
  return CU_OK;
}

/* ---- writing ---- */

/* 0, or what a commit answers. */
static int32_t write_at(int file, uint64_t at, const void *bytes, size_t length) {
  for (const uint8_t *from = bytes; length > 0;) {
    ssize_t written = pwrite(file, from, length, (off_t)at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return CU_FILE_ERRNO - (written < 0 ? errno : EIO);
    from += written;
    at += (uint64_t)written;
    length -= (size_t)written;
  }
  return CU_OK;
}

static int32_t synced(int file) { return fsync(file) == 0 ? CU_OK : CU_FILE_ERRNO - errno; }

static void write_head(uint8_t *head, uint64_t at, uint64_t length, uint64_t hash_of_changes) {
  write_little(head, length, 8);
  write_little(head + 8, hash_of_head(head, at), 8);
  write_little(head + 16, hash_of_changes, 8);
}

/* A new name is in its folder for good only when the folder is synced. */
static int32_t sync_folder(const char *path) {
  char folder[4096];
  const char *slash = strrchr(path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path), slash == NULL ? "." : path);
  int file = open(folder, O_RDONLY | O_CLOEXEC);
  int32_t answer = file >= 0 ? synced(file) : CU_FILE_ERRNO - errno;
  if (file >= 0) close(file);
  return answer;
}

/* Writes all entries as one unit. */
static int32_t write_entries(const file_store *store, int file, uint64_t *end) {
  uint8_t head[UNIT_HEAD];
  cu_buffer part = { 0 };
  cu_store *memory = store->memory;
  uint64_t at = FILE_HEAD + UNIT_HEAD, sum = EMPTY_HASH;
  uint32_t table = 0;
  int32_t answer = write_at(file, 0, signature, FILE_HEAD);
  for (uint64_t from = 0; answer == CU_OK && from <= UINT32_MAX && memory->next_table(memory, (uint32_t)from, &table) > 0; from = (uint64_t)table + 1) {
    cu_bytes key, value, *after = NULL;
    for (; answer == CU_OK && memory->next(memory, table, after, false, &key) > 0; after = &key) {
      memory->get(memory, table, key, &value);
      part.length = 0;
      put_change(&part, table, key, &value);
      sum = hash(sum, part.at, part.length);
      answer = part.failed != CU_OK ? CU_STORE_NO_MEMORY : write_at(file, at, part.at, part.length);
      at += part.length;
    }
  }
  write_head(head, FILE_HEAD, at - FILE_HEAD - UNIT_HEAD, sum);
  if (answer == CU_OK) answer = write_at(file, FILE_HEAD, head, UNIT_HEAD);
  if (answer == CU_OK) answer = synced(file);
  cu_buffer_end(&part);
  *end = at;
  return answer;
}

int32_t cu_file_store_compact(cu_store *self) {
  file_store *store = (file_store *)self;
  char path[4096];
  uint64_t end = 0;
  if (store->broken < 0) return store->broken;
  if (snprintf(path, sizeof path, "%s.new", store->path) >= (int)sizeof path) return CU_FILE_ERRNO - ENAMETOOLONG;
  if (store->process != getpid()) return CU_FILE_ERRNO - EPERM;
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return CU_FILE_ERRNO - errno;
  int32_t answer = write_entries(store, file, &end);
  if (answer == CU_OK && rename(path, store->path) < 0) answer = CU_FILE_ERRNO - errno;
  if (answer < 0) {
    close(file);
    unlink(path);
    return answer;
  }
  close(store->file);
  store->file = file;
  store->end = store->compacted = end;
  /* The new file is there; whether its name outlives a loss of power is not sure. */
  return store->broken = sync_folder(store->path);
}

/* ---- the store ---- */

static int32_t file_set(cu_store *self, uint32_t table, cu_bytes key, cu_bytes value) {
  file_store *store = (file_store *)self;
  size_t length = store->unit.length;
  if (key.length > UINT32_MAX || value.length > UINT32_MAX) return CU_STORE_FAILED; /* the log has no room for such a length */
  put_change(&store->unit, table, key, &value);
  int32_t done = store->unit.failed != CU_OK ? CU_STORE_NO_MEMORY : store->memory->set(store->memory, table, key, value);
  if (done < 0) store->unit.length = length, store->unit.failed = CU_OK;
  return done;
}

static int32_t file_get(cu_store *self, uint32_t table, cu_bytes key, cu_bytes *value) {
  cu_store *memory = ((file_store *)self)->memory;
  return memory->get(memory, table, key, value);
}

static int32_t file_remove(cu_store *self, uint32_t table, cu_bytes key) {
  file_store *store = (file_store *)self;
  size_t length = store->unit.length;
  cu_bytes value;
  if (store->memory->get(store->memory, table, key, &value) == 0) return CU_OK;
  put_change(&store->unit, table, key, NULL);
  int32_t done = store->unit.failed != CU_OK ? CU_STORE_NO_MEMORY : store->memory->remove(store->memory, table, key);
  if (done < 0) store->unit.length = length, store->unit.failed = CU_OK;
  return done;
}

static int32_t file_size(cu_store *self, uint32_t table, uint64_t *keys) {
  cu_store *memory = ((file_store *)self)->memory;
  return memory->size(memory, table, keys);
}

static int32_t file_next(cu_store *self, uint32_t table, const cu_bytes *after, bool descending, cu_bytes *key) {
  cu_store *memory = ((file_store *)self)->memory;
  return memory->next(memory, table, after, descending, key);
}

static int32_t file_next_table(cu_store *self, uint32_t from, uint32_t *table) {
  cu_store *memory = ((file_store *)self)->memory;
  return memory->next_table(memory, from, table);
}

static int32_t file_begin(cu_store *self) {
  file_store *store = (file_store *)self;
  store->unit.length = 0;
  if (store->broken < 0) return store->broken;
  if (store->process != getpid()) return CU_FILE_ERRNO - EPERM; /* forked: two would write one log */
  cu_put_encoded(&store->unit, (cu_bytes){ (uint8_t[UNIT_HEAD]){ 0 }, UNIT_HEAD });
  if (store->unit.failed == CU_OK) return store->memory->begin(store->memory);
  store->unit.failed = CU_OK;
  return CU_STORE_NO_MEMORY;
}

static int32_t file_rollback(cu_store *self) {
  file_store *store = (file_store *)self;
  store->unit.length = 0;
  return store->memory->rollback(store->memory);
}

/* Order: 1 the unit is written, 2 it is on the disk, 3 it is kept in memory. A process that ends before 2 leaves it out, or a torn end. */
static int32_t file_commit(cu_store *self) {
  file_store *store = (file_store *)self;
  cu_buffer *unit = &store->unit;
  if (unit->length <= UNIT_HEAD) return store->memory->commit(store->memory);
  struct stat about;
  int32_t answer = fstat(store->file, &about) < 0 ? CU_FILE_ERRNO - errno : about.st_nlink == 0 ? CU_FILE_ERRNO - ENOENT : CU_OK;
  if (answer < 0) return store->broken = answer, file_rollback(self), answer; /* deleted, so nobody would ever read it */
  write_head(unit->at, store->end, unit->length - UNIT_HEAD, hash(EMPTY_HASH, unit->at + UNIT_HEAD, unit->length - UNIT_HEAD));
  answer = write_at(store->file, store->end, unit->at, unit->length);
  bool is_written = answer == CU_OK;
  if (is_written) answer = synced(store->file);
  if (answer < 0) {
    /* What a failed sync has left on the disk is not known; a file that keeps the unit would have it after a restart. */
    if (ftruncate(store->file, (off_t)store->end) < 0 || is_written) store->broken = answer;
    file_rollback(self);
    return answer;
  }
  store->end += unit->length;
  store->memory->commit(store->memory);
  /* If that fails, the old log goes on, and it is tried again when it has grown as much. */
  if (store->end > 2 * store->compacted + LEAST_TO_COMPACT && cu_file_store_compact(self) < 0) store->compacted = store->end;
  return CU_OK;
}

static void file_close(cu_store *self) {
  file_store *store = (file_store *)self;
  if (store->memory != NULL) cu_store_close(store->memory);
  if (store->file >= 0) close(store->file);
  if (store->lock >= 0) close(store->lock);
  cu_buffer_end(&store->unit);
  if (store->path != NULL) cu_allocate(store->path, 0);
  cu_allocate(store, 0);
}

/* The path without links, of a file that is there. */
static cu_status found(file_store *store, const char *given, cu_error *error) {
  int file = open(given, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  if (file < 0) return fail(error, CU_STORE_ERROR, given, strerror(errno));
  struct stat about;
  bool is_file = fstat(file, &about) == 0 && S_ISREG(about.st_mode);
  close(file);
  if (!is_file) return fail(error, CU_STORE_ERROR, given, "it is no file");
  char *path = realpath(given, NULL);
  if (path == NULL) return fail(error, CU_STORE_ERROR, given, strerror(errno));
  store->path = cu_allocate(NULL, strlen(path) + 1);
  if (store->path != NULL) strcpy(store->path, path);
  free(path);
  return store->path != NULL ? CU_OK : fail(error, CU_NO_MEMORY, given, "the host has no memory left");
}

/* Order: 1 the lock, 2 the log is read, 3 a torn end is cut off, 4 the folder is synced: who made the file, or wrote it anew, may have died before that. */
static cu_status opened(file_store *store, cu_error *error) {
  char path[4096], what[80];
  struct stat about;
  if (snprintf(path, sizeof path, "%s.lock", store->path) >= (int)sizeof path) return fail(error, CU_ARGUMENT, store->path, "the path is too long");
  store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (store->lock < 0) return fail(error, CU_STORE_ERROR, path, strerror(errno));
  if (flock(store->lock, LOCK_EX | LOCK_NB) < 0) {
    return errno == EWOULDBLOCK ? fail(error, CU_BUSY, store->path, "another process has it open, or this one") : fail(error, CU_STORE_ERROR, path, strerror(errno));
  }
  if (snprintf(path, sizeof path, "%s.new", store->path) < (int)sizeof path) unlink(path); /* of one that was killed while it wrote the log anew */
  store->file = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (store->file < 0 || fstat(store->file, &about) < 0) return fail(error, CU_STORE_ERROR, store->path, strerror(errno));
  if (about.st_nlink != 1) {
    snprintf(what, sizeof what, "it has %llu names (hard links), and each could be opened: copy it instead", (unsigned long long)about.st_nlink);
    return fail(error, CU_STORE_ERROR, store->path, what);
  }
  cu_bytes log = { NULL, (size_t)about.st_size };
  if (log.length > 0) {
    void *at = mmap(NULL, log.length, PROT_READ, MAP_PRIVATE, store->file, 0);
    if (at == MAP_FAILED) return fail(error, CU_STORE_ERROR, store->path, strerror(errno));
    log.at = at;
    cu_status status = read_log(store, log, error);
    munmap(at, log.length);
    if (status != CU_OK) return status;
  }
  int32_t answer = CU_OK;
  if (store->end == 0) answer = write_at(store->file, 0, signature, store->end = FILE_HEAD);
  if (answer == CU_OK && log.length > store->end && ftruncate(store->file, (off_t)store->end) < 0) answer = CU_FILE_ERRNO - errno;
  if (answer == CU_OK && log.length != store->end) answer = synced(store->file);
  if (answer == CU_OK) answer = sync_folder(store->path);
  store->compacted = store->end;
  return answer == CU_OK ? CU_OK : fail(error, CU_STORE_ERROR, store->path, strerror(CU_FILE_ERRNO - answer));
}

cu_status cu_file_store_open(const char *path, cu_store **open, cu_error *error) {
  *open = NULL;
  file_store *store = cu_allocate(NULL, sizeof *store);
  if (store == NULL) return fail(error, CU_NO_MEMORY, path, "the host has no memory left");
  memset(store, 0, sizeof *store);
  store->file = store->lock = -1;
  store->process = getpid();
  store->store = (cu_store){ file_set, file_get, file_remove, file_size, file_next, file_next_table, file_begin, file_commit, file_rollback, file_close, false, 0 };
  store->memory = cu_memory_store();
  cu_status status = store->memory != NULL ? found(store, path, error) : fail(error, CU_NO_MEMORY, path, "the host has no memory left");
  if (status == CU_OK) status = opened(store, error);
  if (status == CU_OK) *open = &store->store;
  else file_close(&store->store);
  return status;
}
