/*
 * Runs the conformance kit (tests/conformance/README.md): conformance FOLDER [CLAUSE...].
 *
 * Linked with --wrap=cu_imported, so that it sees what the module asks. What comes of a step is a list of `found`, which is compared with the lines that
 * are expected, each in the form in which the line is written.
 */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>

#include "../add_ons/cu_keys.h"
#include "engine.h"

enum { MOST_LINES = 40000, MOST_FOUND = 4000, MOST = 64 };

/* ---- lines ---- */

typedef struct line {
  char *words;    /* without its text */
  cu_buffer text; /* lines of text, each with \n */
  bool has_text;
} line;

static line lines[MOST_LINES];
static int line_count;

static const char *const expectations[] = { "results", "error", "waits", "failed", "output", "called", "event", "used", "uses", "encodes", "malformed", "value", "refused" };

static bool is_word(const char *words, const char *word) {
  size_t length = strlen(word);
  return strncmp(words, word, length) == 0 && (words[length] == 0 || words[length] == ' ');
}

static bool is_expectation(const line *line) {
  for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++) if (is_word(line->words, expectations[i])) return true;
  return false;
}

static void append(cu_buffer *buffer, const void *bytes, size_t length) { cu_put_encoded(buffer, (cu_bytes){ bytes, length }); }

static void read_lines(char *all) {
  for (int i = 0; i < line_count; i++) cu_buffer_end(&lines[i].text);
  line_count = 0;
  for (char *at = all, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
    *end = 0;
    if (at[0] == 0 || at[0] == '#') continue;
    if (strncmp(at, "  ", 2) == 0) {
      line *last = &lines[line_count - 1];
      last->has_text = true;
      append(&last->text, at + 2, (size_t)(end - at - 2));
      append(&last->text, "\n", 1);
    } else if (line_count < MOST_LINES) {
      lines[line_count++] = (line){ .words = at };
    }
  }
}

/* The word with this number, from 0, in a buffer of its own; "" if there is none. */
static const char *word(const char *words, int number) {
  static char kept[8][4096];
  static int next;
  char *into = kept[next++ % 8];
  for (; number > 0 && words != NULL; number--) words = strchr(words, ' ') != NULL ? strchr(words, ' ') + 1 : NULL;
  size_t length = words == NULL ? 0 : strcspn(words, " ");
  if (length >= sizeof kept[0]) length = 0;
  memcpy(into, words != NULL ? words : "", length);
  into[length] = 0;
  return into;
}

/* The bytes of a HEX in pieces: the word with this number. */
static cu_bytes hex(const char *words, int number, cu_buffer *into) {
  for (; number > 0 && words != NULL; number--) words = strchr(words, ' ') != NULL ? strchr(words, ' ') + 1 : NULL;
  *into = (cu_buffer){ 0 };
  for (const char *at = words; at != NULL && *at != 0 && *at != ' ';) {
    size_t begun = into->length;
    for (; isxdigit((unsigned char)at[0]); at += 2) {
      unsigned byte = 0;
      sscanf(at, "%2x", &byte);
      append(into, &(uint8_t){ (uint8_t)byte }, 1);
    }
    if (*at == '*') {
      long times = strtol(at + 1, (char **)&at, 10);
      cu_buffer piece = { 0 };
      append(&piece, into->at + begun, into->length - begun);
      for (; times > 1; times--) append(into, piece.at, piece.length);
      cu_buffer_end(&piece);
    }
    if (*at == '+' || *at == '-') at++;
  }
  return cu_view(into);
}

static void put_hex(cu_buffer *into, cu_bytes bytes) {
  char digits[3];
  for (size_t i = 0; i < bytes.length; i++) sprintf(digits, "%02x", bytes.at[i]), append(into, digits, 2);
  if (bytes.length == 0) append(into, "-", 1);
}

static void put_text(cu_buffer *into, const char *text) { append(into, text, strlen(text)); }

static uint64_t hash_of(cu_bytes bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t at = 0; at < bytes.length; at++) hash = (hash ^ bytes.at[at]) * 0x100000001b3;
  return hash;
}

/* ---- what is found ---- */

typedef struct found {
  char head[200];  /* `results`, `error runtime`, `waits NAME`, ... */
  cu_buffer bytes; /* what follows */
  bool is_text;    /* as text rather than HEX */
} found;

static found all_found[MOST_FOUND], called[MOST_FOUND], events[MOST_FOUND];
static int found_count, called_count, event_count;
static cu_buffer uses;

static void find_into(found *list, int *count, const char *head, cu_bytes bytes, bool is_text) {
  if (*count == MOST_FOUND) return;
  found *new = &list[(*count)++];
  snprintf(new->head, sizeof new->head, "%s", head);
  new->is_text = is_text;
  new->bytes = (cu_buffer){ 0 };
  append(&new->bytes, bytes.at, bytes.length);
}

static void find(const char *head, cu_bytes bytes, bool is_text) { find_into(all_found, &found_count, head, bytes, is_text); }

static void forget(found *list, int *count) {
  for (; *count > 0; --*count) cu_buffer_end(&list[*count - 1].bytes);
}

/* The length of a configuration, which an error tells, depends on the fields that a host adds of its own. */
static bool equal_but_numbers(const cu_buffer *one, const cu_buffer *other) {
  size_t a = 0, b = 0;
  while (a < one->length && b < other->length) {
    bool number = isdigit(one->at[a]) && isdigit(other->at[b]);
    if (!number && one->at[a] != other->at[b]) return false;
    do a++; while (number && a < one->length && isdigit(one->at[a]));
    do b++; while (number && b < other->length && isdigit(other->at[b]));
  }
  return one->length > 0 && a == one->length - 1 && b == other->length;
}

/* What was found, in the form of the file, as hashes: of all lines but those of `used`, and of these. */
static uint64_t observed[2] = { 0xcbf29ce484222325, 0xcbf29ce484222325 };

static void observe(const line *line) {
  uint64_t *hash = &observed[is_word(line->words, "used")];
  cu_buffer all = { 0 };
  append(&all, line->words, strlen(line->words));
  append(&all, "\n", 1);
  for (size_t at = 0; at < line->text.length; at++) {
    if (at == 0 || line->text.at[at - 1] == '\n') append(&all, "  ", 2);
    append(&all, line->text.at + at, 1);
  }
  for (size_t at = 0; at < all.length; at++) *hash = (*hash ^ all.at[at]) * 0x100000001b3;
  cu_buffer_end(&all);
}

/* The line that is expected, if what was found is the same; otherwise how it would be written. */
static bool is_same(const line *wanted, const found *found, cu_buffer *written) {
  char counted[64];
  size_t head = strlen(found->head);
  unsigned long long items = found->bytes.length;
  if (strcmp(found->head, "uses") == 0 || strcmp(found->head, "store") == 0) {
    items = 0;
    for (size_t i = 0; i < found->bytes.length; i++) items += found->bytes.at[i] == '\n';
  }
  snprintf(counted, sizeof counted, " %llu %016" PRIx64, items, hash_of(cu_view(&found->bytes)));
  bool begins = wanted != NULL && strncmp(wanted->words, found->head, head) == 0;
  if (begins && strcmp(wanted->words + head, counted) == 0) return true;
  if (begins && is_word(found->head, "error -") && equal_but_numbers(&wanted->text, &found->bytes)) return true;
  written->length = 0;
  put_text(written, found->head);
  if (!found->is_text && found->bytes.length > 0) put_text(written, " "), put_hex(written, cu_view(&found->bytes));
  if (!found->is_text && begins && wanted->words[head] == ' ' && found->bytes.length == 0) put_text(written, " -");
  append(written, "", 1);
  if (wanted != NULL && strcmp(wanted->words, (char *)written->at) == 0) {
    if (!found->is_text) return true;
    bool newline = strncmp(found->head, "error", 5) == 0; /* an error's text has no \n at its end */
    size_t length = wanted->text.length - (newline && wanted->text.length > 0 ? 1 : 0);
    if (length == found->bytes.length && (length == 0 || memcmp(wanted->text.at, found->bytes.at, length) == 0)) return true;
  }
  written->length--;
  if (found->is_text) put_text(written, "\n"), append(written, found->bytes.at, found->bytes.length), put_text(written, counted);
  append(written, "", 1);
  return false;
}

/* ---- the case ---- */

typedef struct offer { char name[200]; cu_mode mode; char *answers[MOST]; int count, next; } offer;
typedef struct named { char name[200], home[300]; cu_instance *instance; } named;
typedef struct label { char name[200]; cu_instance *instance; int64_t ticket; bool waits; } label;

static struct {
  cu_store *store, *memory;
  cu_buffer config;
  char home[300];
  unsigned events;
  bool has_clock;
  double now;
  offer offers[MOST];
  cu_function functions[MOST];
  named instances[MOST];
  label labels[MOST];
  int offer_count, instance_count, label_count;
  cu_instance *in_use;
  long fail_at, use_count, tick_at, tick_count;
  bool fails_on, fails_now;
  char reason[512];
} now;

static cu_module *module;

/* A store that fails when it is told to. */
#define PASS(name, parameters, arguments) \
  static int32_t spy_##name parameters { (void)store; return now.fails_now ? CU_STORE_FAILED : now.memory->name arguments; }
PASS(set, (cu_store *store, uint32_t table, cu_bytes key, cu_bytes value), (now.memory, table, key, value))
PASS(get, (cu_store *store, uint32_t table, cu_bytes key, cu_bytes *value), (now.memory, table, key, value))
PASS(remove, (cu_store *store, uint32_t table, cu_bytes key), (now.memory, table, key))
PASS(size, (cu_store *store, uint32_t table, uint64_t *keys), (now.memory, table, keys))
PASS(next, (cu_store *store, uint32_t table, const cu_bytes *after, bool descending, cu_bytes *key), (now.memory, table, after, descending, key))
PASS(next_table, (cu_store *store, uint32_t from, uint32_t *table), (now.memory, from, table))
PASS(begin, (cu_store *store), (now.memory))
PASS(commit, (cu_store *store), (now.memory))
PASS(rollback, (cu_store *store), (now.memory))
static void spy_close(cu_store *store) { (void)store; now.memory->close(now.memory); }
static cu_store spy;

int32_t __real_cu_imported(void *context, cu_import which, const uint32_t *words);
int32_t __wrap_cu_imported(void *context, cu_import which, const uint32_t *words);

/* A key of table 0 that is a call of a function of the host: its name, and the arguments without the byte in front of each. */
static void see_call(cu_bytes key) {
  char head[256];
  cu_buffer arguments = { 0 };
  if (key.length < 9 || memcmp(key.at, CU_CALL_SIGNATURE, 3) != 0) return;
  snprintf(head, sizeof head, "called %.*s", (int)key.at[5], key.at + 9);
  for (cu_bytes rest = { key.at + 9 + key.at[5], key.length - 9 - key.at[5] }; rest.length > 0;) {
    cu_value value;
    rest.at++, rest.length--;
    if (cu_next(&rest, &value)) cu_put_encoded(&arguments, value.whole);
  }
  find_into(called, &called_count, head, cu_view(&arguments), false);
  cu_buffer_end(&arguments);
}

/* Sees each use of the store: lets it fail, and writes it down, once if it is repeated with more room. */
int32_t __wrap_cu_imported(void *context, cu_import which, const uint32_t *words) {
  static const char *const names[] = { "set", "get", "delete", "size", "keys" };
  static cu_buffer again;
  size_t size = 0, begun = uses.length;
  cu_instance *instance = context;
  void *machine = *(void **)((char *)instance + 2 * sizeof(void *)); /* the third field: a test may look inside */
  uint8_t *memory = machine != NULL ? ENGINE.memory(machine, &size) : NULL;
  if (words[0] == 0 && memory != NULL && which == CU_IMPORT_GET) see_call((cu_bytes){ memory + words[1], words[2] });
  if (words[0] == 0 || memory == NULL) return __real_cu_imported(context, which, words);
  now.use_count++;
  now.fails_now = now.fail_at > 0 && (now.use_count == now.fail_at || (now.fails_on && now.use_count > now.fail_at));
  char number[32];
  put_text(&uses, names[which]);
  sprintf(number, " %u", words[0]);
  put_text(&uses, number);
  uint32_t request = 0;
  if (which == CU_IMPORT_KEYS) memcpy(&request, memory + words[1], 4);
  if (which != CU_IMPORT_SIZE) put_text(&uses, " ");
  if (which == CU_IMPORT_KEYS) put_hex(&uses, (cu_bytes){ memory + words[1] + 4, request & ~CU_PAGE_DESCENDING }), put_text(&uses, request & CU_PAGE_DESCENDING ? " down" : " up");
  else if (which != CU_IMPORT_SIZE) put_hex(&uses, (cu_bytes){ memory + words[1], words[2] });
  if (which == CU_IMPORT_SET) put_text(&uses, " "), put_hex(&uses, (cu_bytes){ memory + words[3], words[4] });
  put_text(&uses, "\n");
  bool repeated = again.length > 0 && again.length == uses.length - begun && memcmp(again.at, uses.at + begun, again.length) == 0;
  again.length = 0;
  int32_t answer = __real_cu_imported(context, which, words);
  bool wants_more = (which == CU_IMPORT_GET && answer > 0 && (uint32_t)answer > words[4]) || (which == CU_IMPORT_KEYS && answer < -1 && !now.fails_now);
  if (wants_more) append(&again, uses.at + begun, uses.length - begun);
  if (repeated) uses.length = begun;
  now.fails_now = false;
  return answer;
}

static void on_event(void *context, cu_value event) {
  static const char *const kinds[] = { "output", "error", "audit", "usage", "progress" };
  cu_value kind, field;
  (void)context;
  if (!cu_field(event, "kind", &kind)) return;
  for (unsigned i = 0; i < 5; i++) {
    if (cu_is_text(kind, kinds[i]) && (now.events & 1u << i)) find_into(events, &event_count, "event", event.whole, false);
  }
  if (cu_is_text(kind, "usage") && cu_field(event, "instructions", &field)) {
    char head[64];
    snprintf(head, sizeof head, "used %lld", (long long)field.integer);
    /* Kept behind the events: the last of the list. */
    find_into(called, &called_count, head, (cu_bytes){ 0 }, false);
  }
}

static int on_call(void *context, cu_bytes arguments, cu_buffer *answer) {
  offer *offer = context;
  (void)arguments;
  if (offer->next == offer->count) return -1;
  const char *line = offer->answers[offer->next++];
  cu_buffer bytes;
  if (is_word(line, "wait")) return CU_ANSWER_LATER;
  cu_put_encoded(answer, hex(line, 1, &bytes));
  cu_buffer_end(&bytes);
  return is_word(line, "error") ? CU_ANSWER_ERROR : CU_ANSWER_RESULTS;
}

static double on_now(void *context) { return (void)context, now.now; }

static const char *on_tick(void *context) {
  (void)context;
  return ++now.tick_count == now.tick_at ? now.reason : NULL;
}

static cu_options options(const char *home) {
  cu_value config, atomic;
  cu_options options = { .on_event = on_event, .events = now.events | CU_WANT_USAGE, .functions = now.functions, .function_count = (size_t)now.offer_count };
  if (home[0] != 0) options.home = home;
  if (now.has_clock) options.now = on_now;
  options.on_tick = on_tick;
  cu_bytes rest = cu_view(&now.config);
  if (rest.length == 0 || !cu_next(&rest, &config)) return options;
  options.more = config.bytes;
  if (cu_field(config, "atomic", &atomic) && cu_is_text(atomic, "host")) options.atomic = CU_BY_STORE;
  return options;
}

static void end_case(void) {
  for (int i = 0; i < now.instance_count; i++) cu_instance_close(now.instances[i].instance);
  for (int i = 0; i < now.offer_count; i++) for (int n = 0; n < now.offers[i].count; n++) free(now.offers[i].answers[n]);
  if (now.store != NULL) cu_store_close(now.store);
  cu_buffer_end(&now.config);
  memset(&now, 0, sizeof now);
}

static void begin_case(void) {
  end_case();
  spy = (cu_store){ spy_set, spy_get, spy_remove, spy_size, spy_next, spy_next_table, spy_begin, spy_commit, spy_rollback, spy_close, false, 0 };
  now.memory = cu_memory_store();
  now.store = &spy;
}

static named *instance_called(const char *name) {
  for (int i = 0; i < now.instance_count; i++) if (strcmp(now.instances[i].name, name) == 0) return &now.instances[i];
  named *new = &now.instances[now.instance_count++];
  snprintf(new->name, sizeof new->name, "%s", name);
  return new;
}

static label *label_called(const char *name) {
  for (int i = 0; i < now.label_count; i++) if (strcmp(now.labels[i].name, name) == 0) return &now.labels[i];
  label *new = &now.labels[now.label_count++];
  snprintf(new->name, sizeof new->name, "%s", name);
  return new;
}

static void drop(const char *name) {
  named *gone = instance_called(name);
  for (int i = 0; i < now.label_count; i++) if (now.labels[i].instance == gone->instance) now.labels[i].waits = false;
  cu_instance_close(gone->instance);
  gone->instance = NULL;
}

static void finish_call(cu_instance *instance, cu_status status, const cu_response *response, label *label) {
  char head[256];
  const cu_error *error = cu_failure(instance);
  if (label != NULL) {
    label->waits = status == CU_WAITS || (status != CU_OK && label->waits && error->waits);
    if (status == CU_WAITS) label->instance = instance, label->ticket = response->ticket;
  }
  if (status == CU_OK && response != NULL) find("results", response->values, false);
  if (status == CU_LUA_ERROR) snprintf(head, sizeof head, "error %s", error->class_name[0] != 0 ? error->class_name : "-"), find(head, error->text, true);
  if (status == CU_WAITS) snprintf(head, sizeof head, "waits %.*s", (int)response->name.length, response->name.at), find(head, response->values, false);
  if (status == CU_HOST_ERROR || status == CU_STORE_ERROR) find("failed", (cu_bytes){ 0 }, false);
  else if (status > CU_WAITS && status != CU_LUA_ERROR) find("trouble", cu_text(error->what), true);
  if (status <= CU_WAITS && response != NULL && response->output.length > 0) find("output", response->output, true);
  const found *used = NULL;
  for (int i = 0; i < called_count; i++) {
    if (strncmp(called[i].head, "used ", 5) == 0) used = &called[i];
    else find(called[i].head, cu_view(&called[i].bytes), false);
  }
  for (int i = 0; i < event_count; i++) find(events[i].head, cu_view(&events[i].bytes), false);
  if (used != NULL) find(used->head, (cu_bytes){ 0 }, false);
  find("uses", cu_view(&uses), true);
}

/* `results` or `error` with HEX, or the record of a ticket that nothing has: what the host refuses to send is sent by hand. */
static cu_status go_on(cu_instance *instance, int64_t ticket, const char *words, cu_response *response) {
  cu_buffer bytes = { 0 };
  bool cancels = is_word(words, "cancel"), is_error = strcmp(word(words, 2), "error") == 0;
  cu_bytes values = cancels ? (cu_bytes){ 0 } : hex(words, 3, &bytes);
  cu_status status = cancels ? cu_cancel(instance, ticket, response) : cu_resume(instance, ticket, is_error, values, response);
  if (status == CU_MALFORMED) {
    cu_buffer record = { 0 };
    put_text(&record, CU_CALL_SIGNATURE "\x01\x02");
    for (int i = 0; i < 8; i++) append(&record, &(uint8_t){ (uint8_t)((uint64_t)ticket >> 8 * i) }, 1);
    append(&record, &(uint8_t){ is_error }, 1);
    cu_put_encoded(&record, values);
    status = cu_compute(instance, record.at, record.length, response);
    cu_buffer_end(&record);
  }
  cu_buffer_end(&bytes);
  return status;
}

/* A step that calls the module. False: it is none. */
static bool call_step(const line *step) {
  const char *words = step->words;
  cu_response response;
  cu_status status;
  cu_buffer bytes = { 0 };
  cu_instance *instance = now.in_use;
  label *label = NULL;
  bool goes_on = is_word(words, "resume") || is_word(words, "cancel");
  if (goes_on) {
    label = label_called(word(words, 1));
    if (label->waits) instance = label->instance;
  } else if (is_word(words, "run") || is_word(words, "compute") || is_word(words, "call") || is_word(words, "content")) {
    const char *as = strstr(words, " as ");
    label = label_called(as != NULL ? as + 4 : "a");
    label->waits = false;
  } else if (!is_word(words, "collect")) {
    return false;
  }
  const char *home = "";
  for (int i = 0; i < now.instance_count; i++) if (now.instances[i].instance == instance) home = now.instances[i].home;
  cu_options given = options(home);
  now.use_count = now.tick_count = 0;
  uses.length = 0;
  if (instance == NULL || (status = cu_configure(instance, &given)) != CU_OK) {
    find("trouble", cu_text(instance == NULL ? "no instance is open" : cu_failure(instance)->what), true);
    return true;
  }
  bool is_way = is_word(words, "call") || is_word(words, "content");
  if (is_word(words, "collect")) status = cu_collect(instance);
  else if (goes_on) status = go_on(instance, label->ticket, words, &response);
  else if (is_way) status = cu_call(instance, word(words, 1), hex(words, 2, &bytes), is_word(words, "content"), &response);
  else if (is_word(words, "compute")) hex(words, 1, &bytes), status = cu_compute(instance, bytes.at, bytes.length, &response);
  else status = cu_compute(instance, step->text.at, step->text.length - (step->text.length > 0), &response);
  cu_buffer_end(&bytes);
  finish_call(instance, status, is_word(words, "collect") ? NULL : &response, label);
  forget(called, &called_count);
  forget(events, &event_count);
  now.fail_at = now.tick_at = 0;
  return true;
}

static void store_step(void) {
  cu_buffer all = { 0 };
  uint32_t table = 0;
  char number[32];
  for (uint64_t from = 0; from < CU_TABLE_HOST_FIRST && now.memory->next_table(now.memory, (uint32_t)from, &table) > 0 && table < CU_TABLE_HOST_FIRST; from = (uint64_t)table + 1) {
    cu_bytes key, value, *after = NULL;
    for (; now.memory->next(now.memory, table, after, false, &key) > 0; after = &key) {
      now.memory->get(now.memory, table, key, &value);
      sprintf(number, "%u ", table);
      put_text(&all, number), put_hex(&all, key), put_text(&all, " "), put_hex(&all, value), put_text(&all, "\n");
    }
  }
  find("store", cu_view(&all), true);
  cu_buffer_end(&all);
}

static void codec_step(const char *words) {
  cu_buffer bytes, into = { 0 };
  char head[64];
  size_t at = 0;
  cu_bytes encoded = hex(words, 1, &bytes);
  if (is_word(words, "decode")) {
    bool fine = cu_canonical(encoded, CU_ONE | CU_ALONE, &into, &at) == CU_OK;
    snprintf(head, sizeof head, fine ? "encodes" : "malformed %zu", at);
    find(head, fine ? cu_view(&into) : (cu_bytes){ 0 }, false);
  } else {
    cu_buffer again = { 0 };
    cu_value value;
    bool fine = cu_key_decode(encoded, &into) == CU_OK;
    cu_bytes rest = cu_view(&into);
    bool back = fine && cu_next(&rest, &value) && cu_key(value, &again) == CU_OK && again.length == encoded.length && memcmp(again.at, encoded.at, again.length) == 0;
    find(fine ? (back ? "value" : "value that encodes to another key") : "refused", fine ? cu_view(&into) : (cu_bytes){ 0 }, false);
    cu_buffer_end(&again);
  }
  cu_buffer_end(&bytes);
  cu_buffer_end(&into);
}

static void offer_step(const line *step) {
  offer *offer = &now.offers[now.offer_count];
  const char *mode = word(step->words, 2);
  snprintf(offer->name, sizeof offer->name, "%s", word(step->words, 1));
  offer->mode = strcmp(mode, "sync") == 0 ? CU_SYNC : strcmp(mode, "async") == 0 ? CU_ASYNC : CU_EITHER;
  for (size_t at = 0; at < step->text.length;) {
    size_t length = (size_t)((uint8_t *)memchr(step->text.at + at, '\n', step->text.length - at) - step->text.at) - at;
    char *answer = calloc(1, length + 1);
    memcpy(answer, step->text.at + at, length);
    if (offer->count < MOST) offer->answers[offer->count++] = answer;
    at += length + 1;
  }
  now.functions[now.offer_count++] = (cu_function){ offer->name, offer->mode, offer->mode == CU_ASYNC ? NULL : on_call, offer };
}

static void step_of(const line *step) {
  const char *words = step->words, *name = word(words, 1);
  cu_buffer key, value;
  cu_error error;
  if (call_step(step)) return;
  if (is_word(words, "case")) begin_case();
  else if (is_word(words, "config")) cu_buffer_end(&now.config), hex(words, 1, &now.config);
  else if (is_word(words, "home")) snprintf(now.home, sizeof now.home, "%s", words + 5);
  else if (is_word(words, "now")) now.has_clock = true, now.now = strtod(name, NULL);
  else if (is_word(words, "offer")) offer_step(step);
  else if (is_word(words, "fail")) now.fail_at = atol(name), now.fails_on = strcmp(word(words, 2), "on") == 0;
  else if (is_word(words, "tick")) now.tick_at = atol(name), snprintf(now.reason, sizeof now.reason, "%s", words + 6 + strlen(name));
  else if (is_word(words, "store")) store_step();
  else if (is_word(words, "decode") || is_word(words, "key")) codec_step(words);
  else if (is_word(words, "use")) now.in_use = instance_called(name)->instance;
  else if (is_word(words, "drop")) drop(name[0] != 0 ? name : "a");
  else if (is_word(words, "events")) {
    now.events = (strstr(words, " output") ? 1u : 0) | (strstr(words, " error") ? 2u : 0) | (strstr(words, " audit") ? 4u : 0) | (strstr(words, " usage") ? 8u : 0) | (strstr(words, " progress") ? 16u : 0);
  } else if (is_word(words, "put") || is_word(words, "remove")) {
    uint32_t table = (uint32_t)strtoul(name, NULL, 10);
    cu_bytes at = hex(words, 2, &key), stored = hex(words, 3, &value);
    cu_status status = is_word(words, "put") ? cu_store_set(now.store, table, at, stored, NULL) : cu_store_remove(now.store, table, at, NULL);
    if (status != CU_OK) find("trouble", cu_text("the store was not changed"), true);
    cu_buffer_end(&key), cu_buffer_end(&value);
  } else if (is_word(words, "open")) {
    named *new = instance_called(name[0] != 0 ? name : "a");
    snprintf(new->home, sizeof new->home, "%s", now.home);
    cu_options given = options(new->home);
    if (new->instance != NULL) drop(new->name);
    if (cu_instance_open(module, now.store, &given, &new->instance, &error) != CU_OK) find("trouble", cu_text(error.what), true);
    now.in_use = new->instance;
    forget(called, &called_count), forget(events, &event_count);
  } else {
    find("trouble", cu_text("the runner does not know this step"), true);
  }
}

/* Does a step and compares; the number of the line behind what was expected. Clears `*fine`, and says why, if it is not the same. */
static int compare(int at, bool *fine, const char *clause, const char *title) {
  const line *step = &lines[at];
  cu_buffer written = { 0 };
  step_of(step);
  int next = at + 1, seen = 0;
  line own = { .words = step->words, .text = step->text, .has_text = step->has_text };
  bool is_store = is_word(step->words, "store");
  while (next < line_count && is_expectation(&lines[next])) next++;
  int wanted_count = is_store ? 1 : next - at - 1;
  bool wants_uses = false;
  for (int i = at + 1; i < next; i++) wants_uses = wants_uses || is_word(lines[i].words, "uses");
  if (!wants_uses && found_count > 0 && strcmp(all_found[found_count - 1].head, "uses") == 0) cu_buffer_end(&all_found[--found_count].bytes);
  for (; *fine && (seen < wanted_count || seen < found_count); seen++) {
    const line *wanted = seen >= wanted_count ? NULL : is_store ? &own : &lines[at + 1 + seen];
    if (seen < found_count && is_same(wanted, &all_found[seen], &written)) { observe(wanted); continue; }
    *fine = false;
    printf("%s: %s\n  step     %.300s\n%.*s", clause, title, step->words, (int)(step->text.length < 400 ? step->text.length : 400), step->text.length > 0 ? (char *)step->text.at : "");
    printf("  wanted   %.600s\n%.*s", wanted != NULL ? wanted->words : "nothing more", wanted != NULL ? (int)(wanted->text.length < 600 ? wanted->text.length : 600) : 0, wanted != NULL && wanted->text.length > 0 ? (char *)wanted->text.at : "");
    printf("  found    %.1200s\n", seen < found_count ? (char *)written.at : "nothing more");
  }
  cu_buffer_end(&written);
  forget(all_found, &found_count);
  return next;
}

static void run_clause(const char *folder, const char *clause, int *passed, int *failed) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.txt", folder, clause);
  cu_bytes file = read_file(path);
  char *all = calloc(1, file.length + 2);
  if (file.length > 0) memcpy(all, file.at, file.length);
  read_lines(all);
  int cases = 0, fine_cases = 0;
  for (int at = 0; at < line_count;) {
    const char *title = strlen(lines[at].words) > 5 ? lines[at].words + 5 : "";
    bool fine = is_word(lines[at].words, "case");
    cases++;
    do at = compare(at, &fine, clause, title); while (at < line_count && !is_word(lines[at].words, "case"));
    fine_cases += fine;
  }
  if (cases == 0) cases = 1, printf("%s: there are no cases in %s\n", clause, path);
  printf("%s %d of %d\n", clause, fine_cases, cases);
  *passed += fine_cases;
  *failed += cases - fine_cases;
  end_case();
  free(all);
  cu_allocate((void *)file.at, 0);
}

static int by_name(const void *one, const void *other) { return strcmp(one, other); }

int main(int count, char **arguments) {
  static char clauses[256][256];
  int clause_count = 0, passed = 0, failed = 0;
  if (count < 2) return fprintf(stderr, "use: conformance FOLDER [CLAUSE...]\n"), 2;
  for (int i = 2; i < count && clause_count < 256; i++) snprintf(clauses[clause_count++], sizeof clauses[0], "%s", arguments[i]);
  DIR *folder = clause_count == 0 ? opendir(arguments[1]) : NULL;
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL && clause_count < 256;) {
    char *end = strstr(entry->d_name, ".txt");
    if (end != NULL && end[4] == 0) snprintf(clauses[clause_count++], sizeof clauses[0], "%.*s", (int)(end - entry->d_name), entry->d_name);
  }
  if (folder != NULL) closedir(folder);
  qsort(clauses, (size_t)clause_count, sizeof clauses[0], by_name);
  module = open_module();
  for (int i = 0; i < clause_count; i++) run_clause(arguments[1], clauses[i], &passed, &failed);
  cu_module_close(module);
  cu_buffer_end(&uses);
  printf("observed %016" PRIx64 " %016" PRIx64 "\n", observed[0], observed[1]);
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0 || passed == 0;
}
