/* What stands in a table under a key, without a copy: a part of cu_host.c. */
bool cu_is_text(cu_value value, const char *text) { return value.tag == CU_TAG_STRING && same(value.bytes, cu_text(text)); }

/* The value under a name, or, if that is NULL, a number. The last pair counts, if a key stands twice. */
static bool pick(cu_value table, const char *name, int64_t number, cu_value *value) {
  cu_value key, each;
  *value = (cu_value){ 0 };
  for (cu_bytes rest = table.tag == CU_TAG_TABLE ? table.bytes : (cu_bytes){ 0 }; cu_next(&rest, &key) && cu_next(&rest, &each);) {
    if (name != NULL ? cu_is_text(key, name) : key.tag == CU_TAG_INTEGER && key.integer == number) *value = each;
  }
  return value->tag != CU_TAG_NIL;
}

bool cu_field(cu_value table, const char *name, cu_value *value) { return pick(table, name, 0, value); }
bool cu_element(cu_value table, int64_t key, cu_value *value) { return pick(table, NULL, key, value); }
