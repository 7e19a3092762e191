/*
 * What a module says of itself, and opening one: a part of cu_host.c.
 *
 * Invariant: an engine sees only a file whose description, imports and exports are those of the contract.
 */
static cu_status damaged(cu_error *error, const char *problem) {
  return fail(error, CU_BAD_MODULE, "not a cu module: its section '%s' %s", CU_SECTION, problem);
}

/* The version of the contract comes first: in another one, all else may be otherwise. */
static cu_status describe(cu_module *module, cu_error *error) {
  cu_bytes all = { module->description.at, module->description.length - 1 };
  const char *text = json_space((char *)all.at), *end = json_end(text, 0);
  if (!is_utf8(all) || end == NULL || json_space(end) != (char *)all.at + all.length) return damaged(error, "is no JSON");
  if (*text != '{') return damaged(error, "is no object");
  cu_status status = check_version(text, error);
  if (status != CU_OK) return status;
  const char *version = field_of(text, "version"), *features = field_of(text, "features"), *flags = field_of(text, "flags");
  if (version == NULL || !json_text(version, &module->version)) return damaged(error, "has no text 'version'");
  if (features == NULL || !json_texts(features, &module->features)) return damaged(error, "has no list of texts 'features'");
  if (flags != NULL && !json_texts(flags, &module->flags)) return damaged(error, "has 'flags' that are no list of texts");
  return module->version.failed || module->features.failed || module->flags.failed ? no_memory(error) : CU_OK;
}

/* A module, with room for the engine's code, and for a copy of the bytes if it keeps them. */
typedef struct described {
  cu_module module; /* first */
  max_align_t code[];
} described;

cu_status cu_module_open(const cu_engine *engine, cu_bytes wasm, cu_module **opened, cu_error *error) {
  size_t kept = engine->keeps_bytes ? wasm.length : 0;
  described *self = cu_allocate(NULL, sizeof *self + engine->code_bytes + kept);
  *opened = NULL;
  if (self == NULL) return no_memory(error);
  memset(self, 0, sizeof *self + engine->code_bytes);
  cu_module *module = &self->module;
  module->engine = engine;
  bool nothing = wasm.length == 0 && engine->builtin.length == 0;
  cu_status status = nothing ? fail(error, CU_BAD_MODULE, "%s: it has no module built in, and no bytes were given", engine->name) : CU_OK;
  if (status == CU_OK) status = find_description(wasm.length > 0 ? wasm : engine->builtin, module, error);
  if (status == CU_OK) status = describe(module, error);
  if (status == CU_OK && wasm.length > 0) status = check_signatures(wasm, error);
  if (kept > 0) wasm.at = memcpy((uint8_t *)self->code + engine->code_bytes, wasm.at, kept);
  if (status == CU_OK) status = load_module(wasm, module, self->code, error);
  if (status == CU_OK) *opened = module;
  else cu_module_close(module);
  return status;
}
