/* Keys of external tables, `_io`, and the names of classes. Invariant: a key has one encoding, and cu_key_decode takes no other. */
#include "cu_keys.h"

#include <math.h>
#include <string.h>

enum { KEY_STRING = 0x01, KEY_ZERO = 0x14, KEY_FLOAT = 0x21, KEY_FALSE = 0x26 };

static void put(cu_buffer *into, const void *bytes, size_t length) { cu_put_encoded(into, (cu_bytes){ bytes, length }); }

static void put_byte(cu_buffer *into, unsigned byte) { put(into, &(uint8_t){ (uint8_t)byte }, 1); }

/* A tag, and the lowest bytes of a number, most significant first. */
static void put_number(cu_buffer *into, unsigned tag, uint64_t number, unsigned bytes) {
  put_byte(into, tag);
  while (bytes-- > 0) put_byte(into, (unsigned)(number >> 8 * bytes & 0xff));
}

static unsigned bytes_of(uint64_t number) {
  unsigned bytes = 0;
  for (; number > 0; number >>= 8) bytes++;
  return bytes;
}

cu_status cu_key(cu_value key, cu_buffer *into) {
  size_t begun = into->length;
  if (key.tag == CU_TAG_FLOAT && key.number >= -0x1p63 && key.number < 0x1p63 && key.number == floor(key.number)) {
    key.tag = CU_TAG_INTEGER;
    key.integer = (int64_t)key.number;
  }
  uint64_t bits = (uint64_t)key.integer;
  if (key.tag == CU_TAG_STRING) {
    put_byte(into, KEY_STRING);
    for (size_t at = 0; at < key.bytes.length && into->length - begun <= CU_KEY_BYTES; at++) {
      put_byte(into, key.bytes.at[at]);
      if (key.bytes.at[at] == 0) put_byte(into, 0xff);
    }
    put_byte(into, 0);
  } else if (key.tag == CU_TAG_INTEGER) {
    unsigned bytes = bytes_of(key.integer < 0 ? 0 - bits : bits);
    put_number(into, key.integer < 0 ? KEY_ZERO - bytes : KEY_ZERO + bytes, key.integer < 0 ? bits - 1 : bits, bytes);
  } else if (key.tag == CU_TAG_FLOAT && !isnan(key.number)) {
    memcpy(&bits, &key.number, sizeof bits);
    put_number(into, KEY_FLOAT, bits >> 63 ? ~bits : bits | (uint64_t)1 << 63, 8);
  } else if (key.tag == CU_TAG_BOOLEAN) {
    put_byte(into, (unsigned)KEY_FALSE + key.boolean);
  } else {
    return CU_ARGUMENT;
  }
  if (into->failed != CU_OK || into->length - begun <= CU_KEY_BYTES) return into->failed;
  into->length = begun;
  return CU_ARGUMENT;
}

cu_status cu_key_text(const char *key, cu_buffer *into) { return cu_key((cu_value){ .tag = CU_TAG_STRING, .bytes = cu_text(key) }, into); }

/* The value that a key seems to be; it is right if it encodes to the same bytes. */
static bool guess(cu_bytes key, cu_buffer *string, cu_value *value) {
  unsigned tag = key.length > 0 ? key.at[0] : 0;
  uint64_t bits = tag < KEY_ZERO ? UINT64_MAX : 0;
  for (size_t at = 1; at < key.length && at <= 8; at++) bits = bits << 8 | key.at[at];
  *value = (cu_value){ .tag = CU_TAG_STRING };
  if (tag == KEY_STRING) {
    for (size_t at = 1; at + 1 < key.length; at++) {
      put_byte(string, key.at[at]);
      if (key.at[at] == 0) at++;
    }
    value->bytes = cu_view(string);
  } else if (tag >= KEY_ZERO - 8 && tag <= KEY_ZERO + 8) {
    value->tag = CU_TAG_INTEGER;
    value->integer = (int64_t)(tag < KEY_ZERO ? bits + 1 : bits);
  } else if (tag == KEY_FLOAT) {
    value->tag = CU_TAG_FLOAT;
    bits = bits >> 63 ? bits & INT64_MAX : ~bits;
    memcpy(&value->number, &bits, sizeof bits);
  } else if (tag == KEY_FALSE || tag == KEY_FALSE + 1) {
    value->tag = CU_TAG_BOOLEAN;
    value->boolean = tag != KEY_FALSE;
  } else {
    return false;
  }
  return true;
}

cu_status cu_key_decode(cu_bytes key, cu_buffer *into) {
  cu_buffer string = { 0 }, again = { 0 };
  cu_value value;
  bool guessed = key.length <= CU_KEY_BYTES && guess(key, &string, &value);
  cu_status status = string.failed;
  if (status == CU_OK) status = guessed ? cu_key(value, &again) : CU_MALFORMED;
  if (status == CU_ARGUMENT || (status == CU_OK && (again.length != key.length || memcmp(again.at, key.at, key.length) != 0))) status = CU_MALFORMED;
  if (status == CU_OK) {
    if (value.tag == CU_TAG_STRING) cu_put_string(into, value.bytes.at, value.bytes.length);
    if (value.tag == CU_TAG_INTEGER) cu_put_integer(into, value.integer);
    if (value.tag == CU_TAG_FLOAT) cu_put_float(into, value.number);
    if (value.tag == CU_TAG_BOOLEAN) cu_put_boolean(into, value.boolean);
    status = into->failed;
  }
  cu_buffer_end(&string);
  cu_buffer_end(&again);
  return status;
}

cu_status cu_io_set(cu_store *store, const char *name, cu_bytes value, int32_t *answered) {
  cu_buffer key = { 0 };
  cu_status status = cu_check(value, CU_ONE, NULL) == CU_OK ? cu_key_text(name, &key) : CU_MALFORMED;
  if (status == CU_OK) status = cu_store_set(store, CU_TABLE_IO, cu_view(&key), value, answered);
  cu_buffer_end(&key);
  return status;
}

/* The bytes under a key. */
static cu_status stored(cu_store *store, uint32_t table, cu_value under, cu_bytes *bytes, bool *found, int32_t *answered) {
  cu_buffer key = { 0 };
  cu_status status = cu_key(under, &key);
  if (status == CU_OK) status = cu_store_get(store, table, cu_view(&key), bytes, found, answered);
  cu_buffer_end(&key);
  return status;
}

static bool read_one(cu_bytes bytes, cu_value *value) { return cu_check(bytes, CU_ONE | CU_ALONE, NULL) == CU_OK && cu_next(&bytes, value); }

cu_status cu_io_get(cu_store *store, const char *name, cu_value *value, int32_t *answered) {
  cu_bytes bytes = { 0 };
  bool found = false;
  memset(value, 0, sizeof *value);
  cu_status status = stored(store, CU_TABLE_IO, (cu_value){ .tag = CU_TAG_STRING, .bytes = cu_text(name) }, &bytes, &found, answered);
  return status == CU_OK && found && !read_one(bytes, value) ? CU_MALFORMED : status;
}

cu_status cu_class_name(cu_store *store, uint32_t table, cu_value *name, int32_t *answered) {
  cu_bytes bytes = { 0 };
  cu_value class = { 0 };
  bool found = false;
  memset(name, 0, sizeof *name);
  cu_status status = stored(store, CU_TABLE_METATABLES, (cu_value){ .tag = CU_TAG_INTEGER, .integer = table }, &bytes, &found, answered);
  if (status != CU_OK || !found) return status;
  if (!read_one(bytes, &class) || class.tag != CU_TAG_EXTERNAL) return CU_MALFORMED;
  status = stored(store, class.id, (cu_value){ .tag = CU_TAG_STRING, .bytes = cu_text(CU_CLASS_NAME) }, &bytes, &found, answered);
  if (status != CU_OK || !found || bytes.length == 0 || bytes.at[0] != CU_TAG_STRING) return status;
  return read_one(bytes, name) ? CU_OK : CU_MALFORMED;
}

/* One turn and one unit, so that no other call sees a part of it, or uses the store meanwhile. Nobody remembers what is in `_io`, so nobody is told. */
cu_status cu_io_clear(cu_store *store, int32_t *answered) {
  cu_buffer copy = { 0 }; /* the view of a key is good until the next call of the store */
  cu_bytes key;
  if (atomic_exchange(&store->turn, true)) return CU_BUSY;
  int32_t answer = store->begin != NULL ? store->begin(store) : CU_OK;
  bool begun = answer >= 0;
  while (answer >= 0 && (answer = store->next(store, CU_TABLE_IO, NULL, false, &key)) > 0) {
    copy.length = 0;
    put(&copy, key.at, key.length);
    answer = copy.failed == CU_OK ? store->remove(store, CU_TABLE_IO, cu_view(&copy)) : CU_STORE_NO_MEMORY;
  }
  bool undo = answer < 0 && store->rollback != NULL;
  int32_t ended = !begun ? CU_OK : undo ? store->rollback(store) : store->commit != NULL ? store->commit(store) : CU_OK;
  if (answer >= 0) answer = ended;
  atomic_store(&store->turn, false);
  cu_status status = copy.failed != CU_OK ? copy.failed : answer < 0 ? CU_STORE_ERROR : CU_OK;
  cu_buffer_end(&copy);
  if (answered != NULL) *answered = answer;
  return status;
}
