/*
 * Keys of external tables as values and back (abi/README.md, "Keys"), values in their one form, and `_io`: what a host needs that reads and writes the store itself.
 */
#ifndef CU_KEYS_H
#define CU_KEYS_H

#include "cu_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends the key under which a table of the store has its entry for `key`. CU_ARGUMENT: strings, integers, floats but NaN, and booleans are keys, nothing
 * else is, and 4,096 bytes are the most. */
cu_status cu_key(cu_value key, cu_buffer *into);
cu_status cu_key_text(const char *key, cu_buffer *into);

/* Appends the value of such a key, encoded. CU_MALFORMED if it is none. */
cu_status cu_key_decode(cu_bytes key, cu_buffer *into);

/* As cu_check, and appends the values in their one form: of equal keys the last, no pairs that are nil, one NaN, big integers without zeros in front. For
 * bytes that come from elsewhere than the module; it never writes another form. `encoded` may not be a part of `into`. */
cu_status cu_canonical(cu_bytes encoded, int flags, cu_buffer *into, size_t *at);

/* `_io.input`, `_io.output`, `_io.meta`: an encoded value, put there before a call or read behind one. What is read belongs to the store until its next
 * change; not found is nil. CU_STORE_ERROR: *answered, which may be NULL, is what the store answered.
 * `_io` stays until it is cleared: clear it before a request of another user. */
cu_status cu_io_set(cu_store *store, const char *name, cu_bytes value, int32_t *answered);
cu_status cu_io_get(cu_store *store, const char *name, cu_value *value, int32_t *answered);
cu_status cu_io_clear(cu_store *store, int32_t *answered);

/* The name of the class of an external table: `__name` of its metatable, a string, which belongs to the store until its next change; nil if it has no
 * metatable, or that has no name or one that is stored compressed, of 1 KiB and more as a rule. CU_MALFORMED: the store is damaged. */
cu_status cu_class_name(cu_store *store, uint32_t table, cu_value *name, int32_t *answered);

#ifdef __cplusplus
}
#endif

#endif
