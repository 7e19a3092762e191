/*
 * The types of what a module imports and exports: a part of cu_host.c.
 *
 * Invariant: an engine sees only modules whose imports and exports are those of the contract, so an adapter looks them up by name, and no more.
 */
const cu_signature cu_exports[CU_EXPORTS] = { { "init", 0, 1 }, { "compute", 2, 1 }, { "get_buffer_ptr", 0, 1 }, { "get_buffer_size", 0, 1 },
  { "get_memory_stats", 1, 0 }, { "run_gc", 0, 0 }, { "lua_alloc", 4, 1 } };
const cu_signature cu_imports[CU_IMPORTS] = { { "js_ext_table_set", 5, 1 }, { "js_ext_table_get", 5, 1 }, { "js_ext_table_delete", 3, 1 },
  { "js_ext_table_size", 1, 1 }, { "js_ext_table_keys", 3, 1 } };

enum { SECTION_TYPE = 1, SECTION_IMPORT, SECTION_FUNCTION, SECTION_EXPORT = 7, FUNCTION_TYPE = 0x60, TYPE_I32 = 0x7f, KIND_FUNCTION = 0, KIND_MEMORY = 2 };

static bool all_i32(cu_bytes types, unsigned count) {
  for (size_t i = 0; i < types.length; i++) if (types.at[i] != TYPE_I32) return false;
  return types.length == count;
}

static bool has_type(cu_bytes types, uint64_t index, const cu_signature *wanted) {
  cu_bytes words, answers;
  unsigned form;
  uint64_t count;
  if (!take_number(&types, &count)) return false;
  do {
    if (!take_byte(&types, &form) || form != FUNCTION_TYPE || !take(&types, &words) || !take(&types, &answers)) return false;
  } while (index-- > 0);
  return all_i32(words, wanted->words) && all_i32(answers, wanted->answers);
}

/* Whether this name is exported: a memory if `wanted` is NULL, otherwise a function of this type, which is behind so many imported ones. */
static bool exports_it(const cu_bytes *sections, uint64_t imported, const char *wanted_name, const cu_signature *wanted) {
  cu_bytes exports = sections[SECTION_EXPORT], functions = sections[SECTION_FUNCTION], name;
  uint64_t count, index, type = 0;
  unsigned kind;
  if (!take_number(&exports, &count)) return false;
  do {
    if (!take(&exports, &name) || !take_byte(&exports, &kind) || !take_number(&exports, &index)) return false;
  } while (!same(name, cu_text(wanted_name)));
  if (wanted == NULL) return kind == KIND_MEMORY;
  if (kind != KIND_FUNCTION || index < imported || !take_number(&functions, &count)) return false;
  for (index -= imported; take_number(&functions, &type) && index > 0;) index--;
  return index == 0 && has_type(sections[SECTION_TYPE], type, wanted);
}

static cu_status check_signatures(cu_bytes wasm, cu_error *error) {
  cu_bytes rest = { wasm.at + 8, wasm.length - 8 }, content, sections[SECTION_EXPORT + 1] = { { 0 } }, module, name;
  uint64_t imported = 0, type;
  for (unsigned id, kind; take_section(&rest, &id, &content);) {
    if (id > SECTION_EXPORT || id == SECTION_CUSTOM) continue;
    if (sections[id].at != NULL) return fail(error, CU_BAD_MODULE, "not a cu module: section %u stands twice", id);
    sections[id] = content;
    if (id != SECTION_IMPORT || !take_number(&content, &imported)) continue;
    for (uint64_t i = 0; i < imported; i++) {
      bool whole = take(&content, &module) && take(&content, &name) && take_byte(&content, &kind) && kind == KIND_FUNCTION && take_number(&content, &type);
      unsigned which = 0;
      while (whole && which < CU_IMPORTS && !same(name, cu_text(cu_imports[which].name))) which++;
      bool fits = whole && which < CU_IMPORTS && same(module, cu_text("env")) && has_type(sections[SECTION_TYPE], type, &cu_imports[which]);
      if (!fits) return fail(error, CU_BAD_MODULE, "not a cu module: import %llu is none of the contract", (unsigned long long)i);
    }
  }
  if (!exports_it(sections, imported, "memory", NULL)) return fail(error, CU_BAD_MODULE, "not a cu module: it exports no memory");
  for (unsigned i = 0; i < CU_EXPORTS; i++) {
    if (exports_it(sections, imported, cu_exports[i].name, &cu_exports[i])) continue;
    return fail(error, CU_BAD_MODULE, "not a cu module: it has no export %s, or one of another type", cu_exports[i].name);
  }
  return CU_OK;
}
