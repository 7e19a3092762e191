/*
 * Values as bytes (abi/README.md, "Values"): a part of the core.
 *
 * Invariant: what reads values without looking at lengths reads only bytes that cu_check has taken.
 */
static void put_number(cu_buffer *buffer, uint8_t tag, uint64_t number, unsigned bytes) {
  put(buffer, &tag, 1);
  put_little(buffer, number, bytes);
}

static void put_sized(cu_buffer *buffer, uint8_t tag, const void *bytes, size_t length) {
  if (length > UINT32_MAX) buffer->failed = CU_ARGUMENT;
  put_number(buffer, tag, length, 4);
  put(buffer, bytes, length);
}

void cu_put_nil(cu_buffer *buffer) { put_number(buffer, CU_TAG_NIL, 0, 0); }
void cu_put_boolean(cu_buffer *buffer, bool boolean) { put_number(buffer, CU_TAG_BOOLEAN, boolean, 1); }
void cu_put_integer(cu_buffer *buffer, int64_t integer) { put_number(buffer, CU_TAG_INTEGER, (uint64_t)integer, 8); }
void cu_put_string(cu_buffer *buffer, const void *bytes, size_t length) { put_sized(buffer, CU_TAG_STRING, bytes, length); }
void cu_put_text(cu_buffer *buffer, const char *text) { cu_put_string(buffer, text, strlen(text)); }
void cu_put_external(cu_buffer *buffer, uint32_t id) { put_number(buffer, CU_TAG_EXTERNAL, id, 4); }
void cu_put_encoded(cu_buffer *buffer, cu_bytes encoded) { put(buffer, encoded.at, encoded.length); }

void cu_put_float(cu_buffer *buffer, double number) {
  uint64_t bits = 0x7ff8000000000000; /* the one NaN */
  if (!isnan(number)) memcpy(&bits, &number, sizeof bits);
  put_number(buffer, CU_TAG_FLOAT, bits, 8);
}

void cu_put_function(cu_buffer *buffer, uint32_t id) {
  if (buffer->depth > 0) buffer->failed = CU_ARGUMENT;
  put_number(buffer, CU_TAG_FUNCTION, (uint64_t)id << 32 | sizeof id, 8);
}

/* Where the first byte is that no library's name has; `length` if there is none. */
static size_t wrong_in_name(const uint8_t *name, size_t length) {
  size_t at = 0;
  while (at < length && name[at] >= 0x21 && name[at] <= 0x7e) at++;
  return at;
}

void cu_put_library(cu_buffer *buffer, const char *name) {
  cu_bytes bytes = cu_text(name);
  if (bytes.length == 0 || wrong_in_name(bytes.at, bytes.length) < bytes.length) buffer->failed = CU_ARGUMENT;
  put_sized(buffer, CU_TAG_LIBRARY, bytes.at, bytes.length);
}

void cu_put_big_integer(cu_buffer *buffer, bool negative, const void *magnitude, size_t length) {
  while (length > 0 && ((const uint8_t *)magnitude)[length - 1] == 0) length--;
  put_number(buffer, CU_TAG_BIG_INTEGER, length + 1, 4);
  put_little(buffer, negative && length > 0, 1);
  put(buffer, magnitude, length);
}

size_t cu_begin_table(cu_buffer *buffer) {
  if (++buffer->depth > CU_VALUE_DEPTH && buffer->failed == CU_OK) buffer->failed = CU_ARGUMENT;
  put_number(buffer, CU_TAG_TABLE, 0, 8);
  return buffer->failed == CU_OK ? buffer->length - 9 : 0;
}

/* nil, or any NaN. */
static bool is_no_key(const uint8_t *at) { return at[0] == CU_TAG_NIL || (at[0] == CU_TAG_FLOAT && (little(at + 1, 8) & INT64_MAX) > 0x7ff0000000000000); }

/* Bytes of an encoded value that was checked. */
static size_t size_of(const uint8_t *at) {
  static const uint8_t fixed[CU_TAG_TABLE + 1] = { 1, 2, 9, 9, 0, 0, 0, 5, 0, 0 };
  return at[0] <= CU_TAG_TABLE && fixed[at[0]] > 0 ? fixed[at[0]] : 5 + (size_t)u32(at + 1);
}

void cu_end_table(cu_buffer *buffer, size_t begun) {
  buffer->depth--;
  if (buffer->failed != CU_OK) return;
  uint32_t values = 0;
  for (size_t at = begun + 9; at < buffer->length; at += size_of(buffer->at + at), values++) {
    if (values % 2 == 0 && is_no_key(buffer->at + at)) buffer->failed = CU_ARGUMENT;
  }
  if (values % 2 != 0 || buffer->length - begun > UINT32_MAX) buffer->failed = CU_ARGUMENT;
  write_little(buffer->at + begun + 1, buffer->length - begun - 5, 4), write_little(buffer->at + begun + 5, values / 2, 4);
}

/* Reading. */

bool cu_next(cu_bytes *rest, cu_value *value) {
  const uint8_t *at = rest->at;
  if (rest->length == 0) return *value = (cu_value){ 0 }, false;
  size_t size = size_of(at), head = 5;
  *value = (cu_value){ .tag = at[0], .whole = { at, size } };
  switch (value->tag) {
    case CU_TAG_BOOLEAN: value->boolean = at[1] != 0; break;
    case CU_TAG_INTEGER: value->integer = (int64_t)little(at + 1, 8); break;
    case CU_TAG_FLOAT: memcpy(&value->number, &(uint64_t){ little(at + 1, 8) }, sizeof value->number); break;
    case CU_TAG_EXTERNAL: value->id = u32(at + 1); break;
    case CU_TAG_BIG_INTEGER: value->boolean = at[5] != 0; head = 6; break;
    case CU_TAG_FUNCTION: case CU_TAG_TABLE: value->id = u32(at + 5); head = 9; break;
    default: break;
  }
  if (size > head) value->bytes = (cu_bytes){ at + head, size - head };
  *rest = (cu_bytes){ at + size, rest->length - size };
  return true;
}

/* After a failure `at` is the byte that cannot be right. */
static bool wrong(size_t *at, size_t offset) { return *at = offset, false; }

static bool read_value(const uint8_t *bytes, size_t *at, size_t end, unsigned depth, bool alone) {
  /* Of what has a length the least that it can be. */
  static const uint8_t least[CU_TAG_BIG_INTEGER + 1] = { [CU_TAG_TABLE] = 4, [CU_TAG_FUNCTION] = 4, [CU_TAG_LIBRARY] = 1, [CU_TAG_BIG_INTEGER] = 1 };
  size_t start = *at, left = end - start;
  if (left == 0) return wrong(at, end);
  uint8_t tag = bytes[start];
  bool sized = tag == CU_TAG_STRING || (tag == CU_TAG_FUNCTION && alone) || tag == CU_TAG_LIBRARY || tag == CU_TAG_TABLE || tag == CU_TAG_BIG_INTEGER;
  if ((!sized && tag > CU_TAG_FLOAT && tag != CU_TAG_EXTERNAL) || (tag == CU_TAG_TABLE && depth == CU_VALUE_DEPTH)) return wrong(at, start);
  if (left < (sized ? 5 : size_of(bytes + start))) return wrong(at, end);
  size_t size = size_of(bytes + start), content = size - 5, sign = tag == CU_TAG_BOOLEAN ? start + 1 : start + 5;
  if (size > left || (sized && content < least[tag]) || (tag == CU_TAG_FUNCTION && content > 4)) return wrong(at, start + 1);
  *at = start + size;
  if (tag == CU_TAG_BOOLEAN || tag == CU_TAG_BIG_INTEGER) return bytes[sign] <= 1 || wrong(at, sign);
  if (tag == CU_TAG_LIBRARY) {
    size_t name = wrong_in_name(bytes + start + 5, content);
    return name == content || wrong(at, start + 5 + name);
  }
  if (tag != CU_TAG_TABLE) return true;
  uint64_t pairs = u32(bytes + start + 5);
  if (2 * pairs > content - 4) return wrong(at, start + 5);
  *at = start + 9;
  for (uint64_t value = 0; value < 2 * pairs; value++) {
    size_t key = *at;
    if (!read_value(bytes, at, start + size, depth + 1, false)) return false;
    if (value % 2 == 0 && is_no_key(bytes + key)) return wrong(at, key);
  }
  return *at == start + size || wrong(at, start + 1);
}

cu_status cu_check(cu_bytes encoded, int flags, size_t *at) {
  size_t here = 0;
  bool fine = true, one = flags & CU_ONE;
  while (fine && (here < encoded.length || (here == 0 && one))) fine = (here == 0 || !one) && read_value(encoded.at, &here, encoded.length, 0, flags & CU_ALONE);
  if (at != NULL) *at = here;
  return fine ? CU_OK : CU_MALFORMED;
}
