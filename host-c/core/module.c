/*
 * A module's description of itself, and its code: a part of cu_host.c.
 *
 * Invariant: an engine sees only bytes whose section `cu` says the host's version of the contract.
 */

/* ---- JSON, as much as the section needs: a cursor in a text ---- */

typedef struct json {
  const uint8_t *at, *end;
} json;

static void skip_space(json *j) {
  while (j->at < j->end && memchr(" \t\r\n", *j->at, 4) != NULL) j->at++;
}

static bool eat(json *j, char wanted) {
  skip_space(j);
  bool there = j->at < j->end && *j->at == (uint8_t)wanted;
  j->at += there;
  return there;
}

static bool eat_digits(json *j) {
  const uint8_t *begun = j->at;
  while (j->at < j->end && *j->at >= '0' && *j->at <= '9') j->at++;
  return j->at > begun;
}

static bool json_number(json *j) {
  j->at += *j->at == '-';
  if (j->at + 1 < j->end && *j->at == '0' && j->at[1] >= '0' && j->at[1] <= '9') return false;
  if (!eat_digits(j)) return false;
  if (j->at < j->end && *j->at == '.') { j->at++; if (!eat_digits(j)) return false; }
  if (j->at == j->end || (*j->at | 0x20) != 'e') return true;
  j->at++;
  if (j->at < j->end && (*j->at == '+' || *j->at == '-')) j->at++;
  return eat_digits(j);
}

static bool json_hex(json *j, uint32_t *unit) {
  *unit = 0;
  for (int digit = 0; digit < 4; digit++, j->at++) {
    const char *digits = "0123456789abcdef", *found = j->at < j->end && *j->at != 0 ? strchr(digits, *j->at | 0x20) : NULL;
    if (found == NULL || (*j->at < '0' || (*j->at > '9' && *j->at < 'A'))) return false;
    *unit = *unit << 4 | (uint32_t)(found - digits);
  }
  return true;
}

/* The text of a code point as UTF-8; half a pair of surrogates becomes U+FFFD. */
static void put_point(cu_buffer *into, uint32_t point) {
  if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
  int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static const uint8_t first[] = { 0, 0xc0, 0xe0, 0xf0 };
  put_little(into, first[more] | point >> 6 * more, 1);
  while (more-- > 0) put_little(into, 0x80 | (point >> 6 * more & 0x3f), 1);
}

static bool json_string(json *j, cu_buffer *into) {
  if (!eat(j, '"')) return false;
  for (uint32_t unit, low; j->at < j->end && *j->at >= 0x20; j->at++) {
    if (*j->at == '"') return j->at++, true;
    if (*j->at != '\\') { if (into != NULL) put(into, j->at, 1); continue; }
    static const char named[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (++j->at == j->end || *j->at == 0) return false;
    const char *name = strchr(named, *j->at);
    if (name != NULL) { if (into != NULL) put(into, &meant[name - named], 1); continue; }
    if (*j->at++ != 'u' || !json_hex(j, &unit)) return false;
    json pair = *j;
    bool two = unit >= 0xd800 && unit < 0xdc00 && pair.end - pair.at > 6 && *pair.at++ == '\\' && *pair.at++ == 'u';
    if (two && json_hex(&pair, &low) && low >= 0xdc00 && low < 0xe000) {
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      *j = pair;
    }
    if (into != NULL) put_point(into, unit);
    j->at--;
  }
  return false;
}

/* Moves behind a value; false if there is none. */
static bool json_skip(json *j, unsigned depth) {
  skip_space(j);
  if (j->at == j->end || depth > CU_VALUE_DEPTH) return false;
  char open = (char)*j->at, close = open == '{' ? '}' : ']';
  if (open == '"') return json_string(j, NULL);
  if (open == '-' || (open >= '0' && open <= '9')) return json_number(j);
  for (const char *word = "true\0false\0null"; *word != 0; word += strlen(word) + 1) {
    size_t length = strlen(word);
    if ((size_t)(j->end - j->at) >= length && memcmp(j->at, word, length) == 0) return j->at += length, true;
    if (*word == 'n') break;
  }
  if (open != '{' && open != '[') return false;
  j->at++;
  if (eat(j, close)) return true;
  do {
    if (open == '{' && !(json_string(j, NULL) && eat(j, ':'))) return false;
    if (!json_skip(j, depth + 1)) return false;
  } while (eat(j, ','));
  return eat(j, close);
}

/* The value of an object's last field of this name, in a text that was checked. */
static bool json_field(json object, const char *name, json *value, cu_buffer *scratch) {
  bool found = false;
  for (eat(&object, '{'); !eat(&object, '}') && scratch->failed == CU_OK; eat(&object, ',')) {
    restart(scratch);
    json_string(&object, scratch);
    eat(&object, ':');
    skip_space(&object);
    if (same(cu_view(scratch), cu_text(name))) *value = object, found = true;
    json_skip(&object, 0);
  }
  return found;
}

static bool json_texts(json list, cu_buffer *into) {
  if (!eat(&list, '[')) return false;
  for (; !eat(&list, ']'); eat(&list, ',')) {
    if (!json_string(&list, into)) return false;
    put_little(into, 0, 1);
  }
  return true;
}

static bool is_utf8(cu_bytes bytes) {
  for (size_t at = 0; at < bytes.length;) {
    uint8_t first = bytes.at[at++];
    unsigned more = first < 0x80 ? 0 : first < 0xc2 ? 4 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 4;
    if (more == 4 || more > bytes.length - at) return false;
    uint8_t second = more > 0 ? bytes.at[at] : 0x80;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return false;
    for (; more > 0; more--) if ((bytes.at[at++] & 0xc0) != 0x80) return false;
  }
  return true;
}

/* ---- the section ---- */

static cu_status damaged(cu_error *error, const char *problem) {
  return fail(error, CU_BAD_MODULE, "not a cu module: its section '%s' %s", CU_SECTION, problem);
}

/* What a field that is a number says; -1 if it is none, or too long to be a version. */
static double json_whole(json field) {
  char digits[32] = "", *behind = digits;
  json number = field;
  if (*field.at != '-' && (*field.at < '0' || *field.at > '9')) return -1;
  size_t length = json_number(&number) ? (size_t)(number.at - field.at) : sizeof digits;
  if (length >= sizeof digits) return -1;
  memcpy(digits, field.at, length);
  double whole = strtod(digits, &behind);
  return *behind == 0 && whole >= 0 && whole < 0x1p53 && whole == floor(whole) ? whole : -1;
}

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
  if (says != CU_ABI_VERSION) {
    return fail(error, CU_OTHER_VERSION, "this host speaks version %u of the contract, the module version %.0f", CU_ABI_VERSION, says);
  }
  if (!versioned || !json_string(&version, &module->version)) return damaged(error, "has no text 'version'");
  if (!featured || !json_texts(features, &module->features)) return damaged(error, "has no list of texts 'features'");
  if (flagged && !json_texts(flags, &module->flags)) return damaged(error, "has 'flags' that are no list of texts");
  put_little(&module->version, 0, 1);
  return module->version.failed || module->features.failed || module->flags.failed ? no_memory(error) : CU_OK;
}

/* Takes a number in LEB128 and so many bytes from the front. */
static bool take(cu_bytes *rest, cu_bytes *content) {
  uint64_t length = 0;
  unsigned shift = 0;
  uint8_t byte = 0x80;
  for (; byte >= 0x80 && shift < 35 && rest->length > 0; shift += 7, rest->at++, rest->length--) length |= (uint64_t)((byte = *rest->at) & 0x7f) << shift;
  if (byte >= 0x80 || length > rest->length) return false;
  *content = (cu_bytes){ rest->at, (size_t)length };
  *rest = (cu_bytes){ rest->at + length, rest->length - (size_t)length };
  return true;
}

static cu_status find_section(cu_bytes wasm, cu_module *module, cu_error *error) {
  static const char head[] = "\0asm\x01\0\0";
  if (wasm.length < sizeof head || memcmp(wasm.at, head, sizeof head) != 0) return fail(error, CU_BAD_MODULE, "not a cu module: it is no WebAssembly");
  cu_bytes rest = { wasm.at + sizeof head, wasm.length - sizeof head }, content, name, said = { 0 };
  unsigned sections = 0;
  while (rest.length > 0) {
    uint8_t kind = *rest.at++;
    rest.length--;
    if (!take(&rest, &content) || (kind == 0 && !take(&content, &name))) {
      return fail(error, CU_BAD_MODULE, "not a cu module: it is no WebAssembly: a section is cut off");
    }
    if (kind == 0 && same(name, cu_text(CU_SECTION))) said = content, sections++;
  }
  if (sections == 1) return read_section(said, module, error);
  if (sections > 1) return fail(error, CU_BAD_MODULE, "not a cu module: it has %u sections '%s'", sections, CU_SECTION);
  return fail(error, CU_BAD_MODULE, "not a cu module: it has no section '%s', in which it says its version; this host speaks version %u of the contract",
    CU_SECTION, CU_ABI_VERSION);
}

cu_status cu_module_open(const cu_engine *engine, cu_bytes wasm, cu_module **opened, cu_error *error) {
  char problem[CU_PROBLEM_BYTES] = "it has no module built in, and no bytes were given";
  *opened = NULL;
  cu_module *module = cu_allocate(NULL, sizeof *module);
  if (module == NULL) return no_memory(error);
  *module = (cu_module){ .engine = engine };
  cu_status status = CU_OK;
  if (wasm.length == 0 && engine->builtin.length == 0) status = fail(error, CU_BAD_MODULE, "%s: %s", engine->name, problem);
  else status = find_section(wasm.length > 0 ? wasm : engine->builtin, module, error);
  if (status == CU_OK && (module->code = engine->load(wasm, problem)) == NULL) status = fail(error, CU_BAD_MODULE, "%s: %s", engine->name, problem);
  if (status == CU_OK) *opened = module;
  else cu_module_close(module);
  return status;
}

void cu_module_close(cu_module *module) {
  if (module == NULL) return;
  if (module->code != NULL) module->engine->unload(module->code);
  cu_buffer_end(&module->version);
  cu_buffer_end(&module->features);
  cu_buffer_end(&module->flags);
  cu_allocate(module, 0);
}
