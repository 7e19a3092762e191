/* Values in their one form. Invariant: what is read was checked, so every length fits. */
#include <stdlib.h>
#include <string.h>

#include "cu_keys.h"

typedef struct pair {
  cu_value key, value;
} pair;

/* Keys in the order of their bytes, equal ones in that in which they stand. */
static int by_key(const void *one, const void *other) {
  cu_bytes a = ((const pair *)one)->key.whole, b = ((const pair *)other)->key.whole;
  int order = memcmp(a.at, b.at, a.length < b.length ? a.length : b.length);
  if (order != 0) return order;
  return a.length != b.length ? (a.length > b.length) - (a.length < b.length) : (a.at > b.at) - (a.at < b.at);
}

static int by_place(const void *one, const void *other) {
  const uint8_t *a = ((const pair *)one)->key.whole.at, *b = ((const pair *)other)->key.whole.at;
  return (a > b) - (a < b);
}

/* A table as a key equals only itself. */
static bool same_key(const pair *one, const pair *other) {
  cu_bytes a = one->key.whole, b = other->key.whole;
  return one->key.tag != CU_TAG_TABLE && a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static bool is_sequence(const pair *pairs, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (pairs[i].key.tag != CU_TAG_INTEGER || pairs[i].key.integer != (int64_t)i + 1 || pairs[i].value.tag == CU_TAG_NIL) return false;
  }
  return true;
}

static void rewrite(cu_value value, cu_buffer *into);

/* NaNs in different forms are no keys, and big integers, as keys, may have two forms: they are rewritten before they are compared. */
static void rewrite_table(cu_value table, cu_buffer *into) {
  cu_buffer keys = { 0 };
  size_t count = 0, begun = cu_begin_table(into);
  cu_value key, value;
  for (cu_bytes rest = table.bytes; cu_next(&rest, &key) && cu_next(&rest, &value); count++) rewrite(key, &keys);
  pair *pairs = keys.failed == CU_OK ? cu_allocate(NULL, (count + 1) * sizeof *pairs) : NULL;
  if (pairs == NULL) {
    into->failed = CU_NO_MEMORY;
  } else {
    cu_bytes rest = table.bytes, rewritten = cu_view(&keys);
    for (size_t i = 0; i < count; i++) cu_next(&rest, &key), cu_next(&rest, &pairs[i].value), cu_next(&rewritten, &pairs[i].key);
    if (!is_sequence(pairs, count)) {
      size_t kept = 0;
      qsort(pairs, count, sizeof *pairs, by_key);
      for (size_t i = 0; i < count; i++) {
        bool again = i + 1 < count && same_key(&pairs[i], &pairs[i + 1]);
        if (!again && pairs[i].value.tag != CU_TAG_NIL) pairs[kept++] = pairs[i];
      }
      qsort(pairs, count = kept, sizeof *pairs, by_place);
    }
    for (size_t i = 0; i < count; i++) cu_put_encoded(into, pairs[i].key.whole), rewrite(pairs[i].value, into);
    cu_allocate(pairs, 0);
  }
  cu_buffer_end(&keys);
  cu_end_table(into, begun);
}

static void rewrite(cu_value value, cu_buffer *into) {
  if (value.tag == CU_TAG_TABLE) rewrite_table(value, into);
  else if (value.tag == CU_TAG_FLOAT) cu_put_float(into, value.number);
  else if (value.tag == CU_TAG_BIG_INTEGER) cu_put_big_integer(into, value.boolean, value.bytes.at, value.bytes.length);
  else cu_put_encoded(into, value.whole);
}

cu_status cu_canonical(cu_bytes encoded, int flags, cu_buffer *into, size_t *at) {
  size_t length = into->length;
  cu_status status = cu_check(encoded, flags, at);
  if (status != CU_OK) return status;
  for (cu_value value; into->failed == CU_OK && cu_next(&encoded, &value);) rewrite(value, into);
  if (into->failed != CU_OK) into->length = length;
  return into->failed;
}
