/*
 * The five functions that the module imports, over a store: a part of the core.
 *
 * Invariant: a pointer or length that leads outside linear memory is a failure, and changes nothing. Table 0 never reaches the store.
 */
enum { PAGE_TOO_SMALL = -3, OUTSIDE_MEMORY = -4, TOO_LARGE = -6 };

/* The bytes of linear memory that a pointer and a length name. */
static bool bytes_at(cu_instance *instance, uint32_t pointer, uint32_t length, uint8_t **at) {
  size_t size = 0;
  uint8_t *memory = instance->machine != NULL ? instance->module->engine->memory(instance->machine, &size) : NULL;
  if (memory == NULL || pointer > size || length > size - pointer) return false;
  return *at = memory + pointer, true;
}

/* The failure of a store as the answer of an import, where -1 is an absence, and -3 here a page without room, which is no failure. */
static int32_t failure(int32_t answer) { return answer == CU_ABSENT || answer == PAGE_TOO_SMALL ? CU_STORE_FAILED : answer; }

/* A page of keys in place of the request for it. */
static int32_t page(cu_store *store, uint32_t table, uint8_t *at, uint32_t room) {
  uint32_t request = room >= 4 ? u32(at) : 0, length = request & ~CU_PAGE_DESCENDING, used = 0;
  bool descending = (request & CU_PAGE_DESCENDING) != 0;
  uint8_t last[CU_KEY_BYTES];
  if (room < 4 || length > room - 4 || length > sizeof last) return OUTSIDE_MEMORY;
  memcpy(last, at + 4, length);
  cu_bytes after = { last, length }, key;
  for (const cu_bytes *from = length > 0 ? &after : NULL;; from = &after) {
    int32_t answer = store->next(store, table, from, descending, &key);
    if (answer < 0) return failure(answer);
    if (answer == 0) return (int32_t)used;
    if (key.length > room - used || room - used - key.length < 4) return used > 0 ? (int32_t)used : PAGE_TOO_SMALL;
    write_little(at + used, key.length, 4), memcpy(at + used + 4, key.at, key.length);
    after = (cu_bytes){ at + used + 4, key.length };
    used += 4 + (uint32_t)key.length;
  }
}

static int32_t answer_import(cu_instance *instance, cu_import which, const uint32_t *words) {
  uint8_t *at, *more = NULL;
  uint32_t table = words[0];
  cu_store *store = table == CU_TABLE_CONTROL ? instance->control : instance->store;
  if (store == NULL) return which == CU_IMPORT_GET ? CU_ABSENT : CU_OK;
  if (which == CU_IMPORT_SIZE) {
    uint64_t keys = 0;
    int32_t sized = store->size(store, table, &keys);
    return sized < 0 ? failure(sized) : keys > INT32_MAX ? TOO_LARGE : (int32_t)keys;
  }
  if (!bytes_at(instance, words[1], words[2], &at)) return OUTSIDE_MEMORY;
  if (which == CU_IMPORT_KEYS) return page(store, table, at, words[2]);
  if (which != CU_IMPORT_DELETE && !bytes_at(instance, words[3], words[4], &more)) return OUTSIDE_MEMORY;
  cu_bytes key = { at, words[2] }, value = { more, which == CU_IMPORT_SET ? words[4] : 0 };
  if (which == CU_IMPORT_GET) {
    int32_t got = store->get(store, table, key, &value);
    if (got <= 0) return got == 0 ? CU_ABSENT : failure(got);
    if (value.length > INT32_MAX) return TOO_LARGE;
    if (value.length <= words[4] && value.length > 0) memcpy(more, value.at, value.length);
    return (int32_t)value.length;
  }
  int32_t changed = which == CU_IMPORT_SET ? store->set(store, table, key, value) : store->remove(store, table, key);
  if (changed < 0) return failure(changed);
  store->changes++;
  return CU_OK;
}

int32_t cu_imported(void *context, cu_import which, const uint32_t *words) {
  cu_instance *instance = context;
  int32_t answer = answer_import(instance, which, words);
  /* A page that is too small is no failure: the module asks again with a larger one. */
  if (answer < CU_ABSENT && answer != PAGE_TOO_SMALL) instance->failures[instance->failure_count++ % (sizeof instance->failures / sizeof answer)] = answer;
  return answer;
}
