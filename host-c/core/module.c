/*
 * A module's description of itself, and its code: a part of the core.
 *
 * Invariant: an engine sees only bytes whose section `cu` says the host's version of the contract.
 */
enum { SECTION_CUSTOM };
#define JSON_SPACE " \t\r\n"

static bool take_byte(cu_bytes *rest, unsigned *byte) {
  if (rest->length == 0) return false;
  *byte = *rest->at++;
  return rest->length--, true;
}

/* A number in LEB128, of at most 35 bits. */
static bool take_number(cu_bytes *rest, uint64_t *number) {
  unsigned byte = 0x80;
  *number = 0;
  for (unsigned shift = 0; byte >= 0x80 && shift < 35 && take_byte(rest, &byte); shift += 7) *number |= (uint64_t)(byte & 0x7f) << shift;
  return byte < 0x80;
}

/* A number of bytes, and these. */
static bool take(cu_bytes *rest, cu_bytes *content) {
  uint64_t length;
  if (!take_number(rest, &length) || length > rest->length) return false;
  *content = (cu_bytes){ rest->at, (size_t)length };
  *rest = (cu_bytes){ rest->at + length, rest->length - (size_t)length };
  return true;
}

static bool take_section(cu_bytes *rest, unsigned *id, cu_bytes *content) { return take_byte(rest, id) && take(rest, content); }

/* Where the value of an object's last field of this name begins, in a text of JSON with a zero behind it; NULL if there is none. */
static const char *field_of(const char *json, const char *name) {
  const char *found = NULL, *begin;
  size_t length = strlen(name);
  int depth = 0;
  for (const char *at = json + strspn(json, JSON_SPACE); *at != 0; at++) {
    depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    if (depth == 0) break;
    if (*at != '"') continue;
    for (begin = ++at; *at != '"' && *at != 0; at++) at += *at == '\\' && at[1] != 0;
    if (*at == 0) break;
    const char *colon = at + 1 + strspn(at + 1, JSON_SPACE);
    if (depth == 1 && *colon == ':' && at == begin + length && memcmp(begin, name, length) == 0) found = colon + 1 + strspn(colon + 1, JSON_SPACE);
  }
  return found;
}

/* Whether a description is that of a module of this version of the contract. */
static cu_status check_version(const char *description, cu_error *error) {
  const char *abi = field_of(description, "abi");
  char *end;
  double version = abi != NULL && *abi >= '0' && *abi <= '9' ? strtod(abi, &end) : -1;
  if (version < 0 || version >= 0x1p53 || version != floor(version) || strchr(JSON_SPACE ",}", *end) == NULL) {
    return fail(error, CU_BAD_MODULE, "not a cu module: its section '%s' has no version of the contract, 'abi'", CU_SECTION);
  }
  if (version == CU_ABI_VERSION) return CU_OK;
  return fail(error, CU_OTHER_VERSION, "this host speaks version %u of the contract, the module version %.0f", CU_ABI_VERSION, version);
}

/* Copies what the file says of itself, with a zero behind it. */
static cu_status find_description(cu_bytes wasm, cu_module *module, cu_error *error) {
  static const char head[] = "\0asm\x01\0\0";
  if (wasm.length < sizeof head || memcmp(wasm.at, head, sizeof head) != 0) return fail(error, CU_BAD_MODULE, "not a cu module: it is no WebAssembly");
  cu_bytes rest = { wasm.at + sizeof head, wasm.length - sizeof head }, content, name, said = { 0 };
  unsigned sections = 0, id;
  while (rest.length > 0) {
    bool whole = take_section(&rest, &id, &content), custom = whole && id == SECTION_CUSTOM;
    if (!whole || (custom && !take(&content, &name))) return fail(error, CU_BAD_MODULE, "not a cu module: it is no WebAssembly: a section is cut off");
    if (custom && same(name, cu_text(CU_SECTION))) said = content, sections++;
  }
  if (sections != 1) return fail(error, CU_BAD_MODULE, "not a cu module: it has %u sections '%s'; one is wanted, which says the version of the contract", sections, CU_SECTION);
  put(&module->description, said.at, said.length), put_little(&module->description, 0, 1);
  return module->description.failed != CU_OK ? no_memory(error) : CU_OK;
}

/* Compiles it; without bytes, what the engine has built in. */
static cu_status load_module(cu_bytes wasm, cu_module *module, void *code, cu_error *error) {
  char problem[CU_PROBLEM_BYTES] = "there is no memory for the module";
  module->code = code;
  return module->engine->load(code, wasm, problem) ? CU_OK : fail(error, CU_BAD_MODULE, "%s: %s", module->engine->name, problem);
}

void cu_module_close(cu_module *module) {
  if (module == NULL) return;
  if (module->code != NULL) module->engine->unload(module->code);
  cu_buffer_end(&module->description), cu_buffer_end(&module->version), cu_buffer_end(&module->features), cu_buffer_end(&module->flags);
  release(module);
}
