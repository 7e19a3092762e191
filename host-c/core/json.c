/*
 * JSON, as much as the section `cu` needs: a part of cu_host.c. A value is a cursor in a text.
 *
 * Invariant: only a text that json_skip and is_utf8 have taken is looked into.
 */
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
