/*
 * Memory, failures in words, bytes that grow: a part of the core.
 *
 * Invariant: a buffer that failed does not change any more.
 */
static void *usual_allocate(void *block, size_t size) { return size > 0 ? realloc(block, size) : (free(block), NULL); }

void *(*cu_allocate)(void *block, size_t size) = usual_allocate;

static void release(const void *block) { if (block != NULL) cu_allocate((void *)block, 0); }

static cu_status fail(cu_error *error, cu_status status, const char *format, ...) {
  if (error == NULL) return status;
  va_list words;
  *error = (cu_error){ .status = status };
  va_start(words, format);
  vsnprintf(error->what, sizeof error->what, format, words);
  va_end(words);
  return status;
}

static cu_status no_memory(cu_error *error) { return fail(error, CU_NO_MEMORY, "the host has no memory left"); }

cu_bytes cu_text(const char *text) { return (cu_bytes){ (const uint8_t *)text, strlen(text) }; }

cu_bytes cu_view(const cu_buffer *buffer) { return (cu_bytes){ buffer->at, buffer->length }; }

static bool same(cu_bytes one, cu_bytes other) { return one.length == other.length && (one.length == 0 || memcmp(one.at, other.at, one.length) == 0); }

static uint64_t little(const uint8_t *at, unsigned bytes) {
  uint64_t number = 0;
  while (bytes-- > 0) number = number << 8 | at[bytes];
  return number;
}

static uint32_t u32(const uint8_t *at) { return (uint32_t)little(at, 4); }

static void write_little(uint8_t *at, uint64_t number, unsigned bytes) { for (; bytes-- > 0; number >>= 8) *at++ = (uint8_t)number; }

/* Room for so many bytes at the end, or NULL. */
static uint8_t *grow(cu_buffer *buffer, size_t length) {
  if (buffer->failed != CU_OK) return NULL;
  if (length > buffer->room - buffer->length) {
    size_t room = buffer->room * 2 > buffer->length + length ? buffer->room * 2 : buffer->length + length + 64;
    void *at = room > length ? cu_allocate(buffer->at, room) : NULL;
    if (at == NULL) return buffer->failed = CU_NO_MEMORY, NULL;
    buffer->at = at, buffer->room = room;
  }
  return buffer->at + (buffer->length += length) - length;
}

static void put(cu_buffer *buffer, const void *bytes, size_t length) {
  uint8_t *at = length > 0 ? grow(buffer, length) : NULL;
  if (at != NULL) memcpy(at, bytes, length);
}

static void put_little(cu_buffer *buffer, uint64_t number, unsigned bytes) {
  uint8_t *at = grow(buffer, bytes);
  if (at != NULL) write_little(at, number, bytes);
}

void cu_buffer_end(cu_buffer *buffer) { release(buffer->at), *buffer = (cu_buffer){ 0 }; }

/* Empties a buffer and keeps its bytes for what comes next. */
static void restart(cu_buffer *buffer) { *buffer = (cu_buffer){ .at = buffer->at, .room = buffer->room }; }
