/*
 * A module's description of itself, and its code: a part of cu_host.c.
 *
 * Invariant: an engine sees only bytes whose section `cu` says the host's version of the contract.
 */

static cu_status damaged(cu_error *error, const char *problem) { return fail(error, CU_BAD_MODULE, "not a cu module: its section '%s' %s", CU_SECTION, problem); }

/* Reads the content of the section. */
static cu_status read_section(cu_bytes content, cu_module *module, cu_error *error) {
  json all = { content.at, content.at + content.length }, end = all, abi = { 0 }, version = { 0 }, features = { 0 }, flags = { 0 };
  if (content.length == 0 || !is_utf8(content) || !json_skip(&end, 0) || (skip_space(&end), end.at < end.end)) return damaged(error, "is no JSON");
  skip_space(&all);
  if (*all.at != '{') return damaged(error, "is no object");
  cu_buffer name = { 0 };
  double says = json_field(all, "abi", &abi, &name) ? json_whole(abi) : -1;
  bool versioned = json_field(all, "version", &version, &name), featured = json_field(all, "features", &features, &name);
  bool flagged = json_field(all, "flags", &flags, &name);
  cu_status status = name.failed;
  cu_buffer_end(&name);
  if (status != CU_OK) return no_memory(error);
  if (says < 0) return damaged(error, "has no version of the contract, 'abi'");
  if (says != CU_ABI_VERSION) return fail(error, CU_OTHER_VERSION, "this host speaks version %u of the contract, the module version %.0f", CU_ABI_VERSION, says);
  if (!versioned || !json_string(&version, &module->version)) return damaged(error, "has no text 'version'");
  if (!featured || !json_texts(features, &module->features)) return damaged(error, "has no list of texts 'features'");
  if (flagged && !json_texts(flags, &module->flags)) return damaged(error, "has 'flags' that are no list of texts");
  put_little(&module->version, 0, 1);
  return module->version.failed || module->features.failed || module->flags.failed ? no_memory(error) : CU_OK;
}

static cu_status find_section(cu_bytes wasm, cu_module *module, cu_error *error) {
  static const char head[] = "\0asm\x01\0\0";
  if (wasm.length < sizeof head || memcmp(wasm.at, head, sizeof head) != 0) return fail(error, CU_BAD_MODULE, "not a cu module: it is no WebAssembly");
  cu_bytes rest = { wasm.at + sizeof head, wasm.length - sizeof head }, content, name, said = { 0 };
  unsigned sections = 0, id;
  while (rest.length > 0) {
    bool whole = take_section(&rest, &id, &content), custom = whole && id == SECTION_CUSTOM;
    if (!whole || (custom && !take(&content, &name))) return fail(error, CU_BAD_MODULE, "not a cu module: it is no WebAssembly: a section is cut off");
    if (custom && same(name, cu_text(CU_SECTION))) said = content, sections++;
  }
  if (sections == 1) return read_section(said, module, error);
  if (sections > 1) return fail(error, CU_BAD_MODULE, "not a cu module: it has %u sections '%s'", sections, CU_SECTION);
  return fail(error, CU_BAD_MODULE, "not a cu module: it has no section '%s', in which it says its version; this host speaks version %u of the contract",
    CU_SECTION, CU_ABI_VERSION);
}

cu_status cu_module_open(const cu_engine *engine, cu_bytes wasm, cu_module **opened, cu_error *error) {
  char problem[CU_PROBLEM_BYTES] = "it has no module built in, and no bytes were given";
  cu_module *module = *opened = cu_allocate(NULL, sizeof *module);
  if (module == NULL) return no_memory(error);
  *module = (cu_module){ .engine = engine };
  bool nothing = wasm.length == 0 && engine->builtin.length == 0;
  cu_status status = nothing ? CU_OK : find_section(wasm.length > 0 ? wasm : engine->builtin, module, error);
  if (status == CU_OK && wasm.length > 0) status = check_signatures(wasm, error);
  if (status == CU_OK && !nothing) module->code = engine->load(wasm, problem);
  if (status == CU_OK && module->code == NULL) status = fail(error, CU_BAD_MODULE, "%s: %s", engine->name, problem);
  if (status != CU_OK) cu_module_close(module), *opened = NULL;
  return status;
}

void cu_module_close(cu_module *module) {
  if (module == NULL) return;
  if (module->code != NULL) module->engine->unload(module->code);
  cu_buffer_end(&module->version), cu_buffer_end(&module->features), cu_buffer_end(&module->flags);
  release(module);
}
