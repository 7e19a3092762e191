/*
 * JSON, as much as the section `cu` needs: a part of cu_host.c. A value is where it begins, in a text that ends with a zero.
 *
 * Invariant: only a text that json_end has taken is looked into. The zero ends every loop: it is in no value.
 */
static const char *json_space(const char *at) { return at + strspn(at, " \t\r\n"); }

/* Behind digits, at least one; otherwise NULL. */
static const char *json_digits(const char *at) {
  size_t count = strspn(at, "0123456789");
  return count > 0 ? at + count : NULL;
}

static const char *json_number_end(const char *at) {
  at += *at == '-';
  at = *at == '0' ? at + 1 : json_digits(at);
  if (at != NULL && *at == '.') at = json_digits(at + 1);
  if (at != NULL && (*at | 0x20) == 'e') at = json_digits(at + 1 + (at[1] == '+' || at[1] == '-'));
  return at;
}

static const char *json_text_end(const char *at) {
  if (*at++ != '"') return NULL;
  for (; (uint8_t)*at >= 0x20 && *at != '"'; at++) {
    if (*at != '\\') continue;
    if (*++at == 0 || strchr("\"\\/bfnrtu", *at) == NULL) return NULL;
    if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") < 4) return NULL;
  }
  return *at == '"' ? at + 1 : NULL;
}

/* Behind a value; NULL if there is none. */
static const char *json_end(const char *at, unsigned depth) {
  static const char *const words[] = { "true", "false", "null" };
  bool object = *at == '{';
  if (*at == '"') return json_text_end(at);
  for (int i = 0; i < 3; i++) if (strncmp(at, words[i], strlen(words[i])) == 0) return at + strlen(words[i]);
  if (!object && *at != '[') return json_number_end(at);
  char close = object ? '}' : ']';
  at = json_space(at + 1);
  if (*at == close) return at + 1;
  for (; depth < CU_VALUE_DEPTH; at = json_space(at + 1)) {
    if (object && ((at = json_text_end(at)) == NULL || *(at = json_space(at)) != ':')) return NULL;
    if (object) at = json_space(at + 1);
    if ((at = json_end(at, depth + 1)) == NULL) return NULL;
    at = json_space(at);
    if (*at != ',') return *at == close ? at + 1 : NULL;
  }
  return NULL;
}


/* Four digits; NULL if they are none. */
static const char *json_hex(const char *at, uint32_t *unit) {
  char digits[5] = "";
  if (strspn(at, "0123456789abcdefABCDEF") < 4) return NULL;
  *unit = (uint32_t)strtoul(memcpy(digits, at, 4), NULL, 16);
  return at + 4;
}

/* The text of a code point as UTF-8; half a pair of surrogates becomes U+FFFD. */
static void put_point(cu_buffer *into, uint32_t point) {
  if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
  int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static const uint8_t first[] = { 0, 0xc0, 0xe0, 0xf0 };
  put_little(into, first[more] | point >> 6 * more, 1);
  while (more-- > 0) put_little(into, 0x80 | (point >> 6 * more & 0x3f), 1);
}

/* Appends a text with a zero behind it; false if the value is none. */
static bool json_text(const char *at, cu_buffer *into) {
  static const char named[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  if (*at++ != '"') return false;
  for (uint32_t unit = 0, low = 0; *at != '"'; at++) {
    if (*at != '\\') { put(into, at, 1); continue; }
    const char *name = strchr(named, *++at), *pair;
    if (name != NULL) { put(into, &meant[name - named], 1); continue; }
    at = json_hex(at + 1, &unit);
    bool high = unit >= 0xd800 && unit < 0xdc00 && at[0] == '\\' && at[1] == 'u';
    if (high && (pair = json_hex(at + 2, &low)) != NULL && low >= 0xdc00 && low < 0xe000) {
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      at = pair;
    }
    put_point(into, unit);
    at--;
  }
  put_little(into, 0, 1);
  return true;
}

/* Moves behind the bracket of a list, or the comma; false if no value follows. */
static bool json_next(const char **list) {
  *list = json_space(*list + 1);
  return **list != ']';
}

/* Appends the texts of a list; false if the value is none. */
static bool json_texts(const char *list, cu_buffer *into) {
  if (*list != '[') return false;
  for (; *list != ']' && json_next(&list); list = json_space(json_end(list, 0))) if (!json_text(list, into)) return false;
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
