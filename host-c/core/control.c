/*
 * Table 0, the control channel: options, functions of the host, events, stopping: a part of cu_host.c.
 *
 * Invariant: a function of the host runs once for each call of a script; its answer is kept until the next call.
 */

double cu_clock(void *context) {
  (void)context;
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (double)now.tv_sec * 1000 + (double)(now.tv_nsec / 1000000);
}

/* ---- options ---- */

/* Begins a field of the configuration; false if `more` has one of this name, which goes before it. */
static bool field(cu_buffer *config, const cu_options *options, const char *name) {
  cu_value key, value;
  for (cu_bytes rest = options->more; cu_next(&rest, &key) && cu_next(&rest, &value);) if (cu_is_text(key, name)) return false;
  cu_put_text(config, name);
  return true;
}

static void put_limit(cu_buffer *config, const cu_options *options, const char *name, int64_t limit) {
  if (limit != 0 && field(config, options, name)) cu_put_integer(config, limit == CU_NONE ? 0 : limit);
}

static void put_name(cu_buffer *config, const cu_options *options, const char *name, const char *text) {
  if (text != NULL && field(config, options, name)) cu_put_text(config, text);
}

static void put_true(cu_buffer *config, const cu_options *options, const char *name, bool wanted) {
  if (wanted && field(config, options, name)) cu_put_boolean(config, true);
}

static const char *const event_kinds[] = { CU_EVENT_OUTPUT, CU_EVENT_ERROR, CU_EVENT_AUDIT, CU_EVENT_USAGE, CU_EVENT_PROGRESS };
enum { EVENT_KINDS = sizeof event_kinds / sizeof *event_kinds, USUAL_TICK = 100000 };

/* Fields of the configuration that are limits. */
static const struct { const char *name; size_t at; } limits[] = { { CU_CONFIG_INSTRUCTIONS, offsetof(cu_options, instructions) }, { CU_CONFIG_TICK, offsetof(cu_options, tick) },
  { CU_CONFIG_MEMORY, offsetof(cu_options, memory) }, { CU_CONFIG_OUTPUT, offsetof(cu_options, output) }, { CU_CONFIG_COMPRESSION, offsetof(cu_options, compression) },
  { CU_CONFIG_PENDING, offsetof(cu_options, pending) }, { CU_CONFIG_PENDING_MEMORY, offsetof(cu_options, pending_memory) } };
enum { LIMITS = sizeof limits / sizeof *limits };

static int64_t limit_of(const cu_options *options, size_t which) { return *(const int64_t *)((const char *)options + limits[which].at); }

static void put_config(cu_buffer *config, const cu_options *options, size_t *epoch_at) {
  static const char *const modes[] = { CU_FUNCTION_SYNC, CU_FUNCTION_ASYNC, CU_FUNCTION_EITHER };
  size_t begun = cu_begin_table(config), inner;
  *epoch_at = 0;
  if (field(config, options, CU_CONFIG_EPOCH)) cu_put_integer(config, 0), *epoch_at = config->length - 8;
  for (size_t i = 0; i < LIMITS; i++) put_limit(config, options, limits[i].name, limit_of(options, i));
  if (options->tick == 0) put_limit(config, options, CU_CONFIG_TICK, USUAL_TICK);
  if (options->seed != NULL && field(config, options, CU_CONFIG_SEED)) cu_put_integer(config, *options->seed);
  put_true(config, options, CU_CONFIG_ATOMIC, options->atomic == CU_BY_MODULE);
  put_name(config, options, CU_CONFIG_ATOMIC, options->atomic == CU_BY_STORE ? CU_ATOMIC_HOST : NULL);
  put_true(config, options, CU_CONFIG_BYTECODE, options->bytecode);
  put_true(config, options, CU_CONFIG_STRIP, options->strip);
  put_name(config, options, CU_CONFIG_HOME, options->home);
  put_name(config, options, CU_CONFIG_TRANSACTION, options->transaction);
  if (options->permissions.length > 0 && field(config, options, CU_CONFIG_PERMISSIONS)) cu_put_encoded(config, options->permissions);
  if (options->function_count > 0 && field(config, options, CU_CONFIG_FUNCTIONS)) {
    inner = cu_begin_table(config);
    for (size_t i = 0; i < options->function_count; i++) cu_put_text(config, options->functions[i].name), cu_put_text(config, modes[options->functions[i].mode]);
    cu_end_table(config, inner);
  }
  if (field(config, options, CU_CONFIG_EVENTS)) {
    inner = cu_begin_table(config);
    for (unsigned i = 0; i < EVENT_KINDS; i++) {
      if ((options->events | CU_WANT_ERROR) & 1u << i) cu_put_text(config, event_kinds[i]), cu_put_boolean(config, true);
    }
    cu_end_table(config, inner);
  }
  cu_put_encoded(config, options->more);
  cu_end_table(config, begun);
}

/* A copy of functions with their names. NULL if there is no memory. */
static cu_function *copied(const cu_function *functions, size_t count) {
  size_t names = 0;
  for (size_t i = 0; i < count; i++) names += strlen(functions[i].name) + 1;
  cu_function *copy = cu_allocate(NULL, count * sizeof *copy + names + 1);
  char *name = (char *)(copy + count);
  for (size_t i = 0; copy != NULL && i < count; i++) {
    copy[i] = functions[i];
    copy[i].name = strcpy(name, functions[i].name);
    name += strlen(name) + 1;
  }
  return copy;
}

static cu_status configure(cu_instance *instance, const cu_options *given) {
  static const cu_options usual = { 0 };
  const cu_options *options = given != NULL ? given : &usual;
  cu_error *error = &instance->error;
  size_t wrong_at;
  if (options->time_limit < 0) return fail(error, CU_ARGUMENT, "time_limit is %lld; wanted are milliseconds above 0", (long long)options->time_limit);
  for (size_t i = 0; i < LIMITS; i++) {
    int64_t limit = limit_of(options, i);
    if (limit < CU_NONE) return fail(error, CU_ARGUMENT, "%s is %lld; wanted is a number above 0, or 0 as usual, or CU_NONE", limits[i].name, (long long)limit);
  }
  if (options->time_limit > 0 && options->tick == CU_NONE) return fail(error, CU_ARGUMENT, "tick is CU_NONE; then nobody looks at the time_limit of %lld ms", (long long)options->time_limit);
  if ((unsigned)options->atomic > CU_BY_STORE) return fail(error, CU_ARGUMENT, "atomic is %d; wanted is a cu_atomic", (int)options->atomic);
  if (options->atomic == CU_BY_STORE && instance->store->rollback == NULL) return fail(error, CU_ARGUMENT, "atomic is CU_BY_STORE; this store cannot roll back");
  if (options->function_count > 0 && options->functions == NULL) return fail(error, CU_ARGUMENT, "function_count is %zu, and functions is NULL", options->function_count);
  for (size_t i = 0; i < options->function_count; i++) {
    const cu_function *function = &options->functions[i];
    bool fits = function->name != NULL && (unsigned)function->mode <= CU_EITHER && (function->call == NULL) == (function->mode == CU_ASYNC);
    if (!fits) return fail(error, CU_ARGUMENT, "function %zu, '%.40s', has no name, or no `call`, or one where it is async, or no mode", i, function->name != NULL ? function->name : "");
  }
  if (cu_check(options->more, 0, &wrong_at) != CU_OK) return fail(error, CU_ARGUMENT, "`more` is malformed at byte %zu", wrong_at);
  if (options->permissions.length > 0 && cu_check(options->permissions, CU_ONE, &wrong_at) != CU_OK) {
    return fail(error, CU_ARGUMENT, "permissions are malformed at byte %zu", wrong_at);
  }
  cu_buffer config = { 0 };
  size_t epoch_at = 0;
  put_config(&config, options, &epoch_at);
  cu_function *functions = config.failed == CU_OK ? copied(options->functions, options->function_count) : NULL;
  cu_status status = config.failed != CU_OK ? config.failed : functions == NULL ? CU_NO_MEMORY : CU_OK;
  if (status != CU_OK) {
    cu_buffer_end(&config);
    release(functions);
    return status == CU_NO_MEMORY ? no_memory(error) : fail(error, status, "a table of the options has nil or NaN as a key, or half a pair");
  }
  cu_buffer_end(&instance->config);
  release(instance->functions);
  instance->options = *options;
  instance->options.functions = instance->functions = functions;
  instance->config = config;
  instance->epoch_at = epoch_at;
  return CU_OK;
}

/* ---- what the module asks ---- */

/* The epoch is how often others changed the store. */
static cu_bytes config_now(cu_instance *instance) {
  if (instance->epoch_at > 0) write_little(instance->config.at + instance->epoch_at, (instance->store->changes - instance->own_changes) & INT64_MAX, 8);
  return cu_view(&instance->config);
}

void cu_stop(cu_instance *instance) { atomic_store(&instance->stop, true); }

/* Why the script that runs is to end; NULL if it is not. */
static const char *stop_reason(cu_instance *instance, char *words, size_t room) {
  if (atomic_load(&instance->stop)) return instance->stop_was_seen = true, "stopped";
  if (is_over_time(instance->watch)) return time_limit_words(instance->watch, words, room);
  return instance->options.on_tick != NULL ? instance->options.on_tick(instance->options.context) : NULL;
}

/* The name and the arguments of a call record of the module; the arguments are appended to `into`, without the byte in front of each. */
static bool read_call(cu_bytes record, cu_bytes *name, cu_buffer *into) {
  size_t head = strlen(CU_CALL_SIGNATURE) + 2;
  if (record.length < head + 4 || u32(record.at + head) > record.length - head - 4) return false;
  *name = (cu_bytes){ record.at + head + 4, u32(record.at + head) };
  for (size_t at = head + 4 + name->length; at < record.length;) {
    size_t value = at + 1;
    if (record.at[at] != CU_CALL_VALUE || (at = value, !read_value(record.at, &at, record.length, 0, false))) return false;
    put(into, record.at + value, at - value);
  }
  return true;
}

/* The name and the arguments for which a compute waits, in the place of the results of a response. */
static cu_status read_waiting(cu_instance *instance, cu_response *response) {
  cu_bytes record = { response->values.at + CU_PENDING_CALL_AT, response->values.length - CU_PENDING_CALL_AT };
  cu_buffer *arguments = &instance->arguments;
  restart(arguments);
  bool read = response->values.length > CU_PENDING_CALL_AT && read_call(record, &response->name, arguments);
  response->values = cu_view(arguments);
  if (!read) return fail(&instance->error, CU_MALFORMED, "what the compute waits for is malformed");
  return arguments->failed != CU_OK ? no_memory(&instance->error) : CU_WAITS;
}

/* Runs the function that a record calls, and keeps the answer. */
static int32_t call_function(cu_instance *instance, cu_bytes record) {
  cu_buffer *answer = &instance->answer, arguments = { 0 };
  cu_bytes name;
  int32_t outcome = CU_STORE_FAILED;
  restart(answer);
  put_little(answer, 0, 1);
  if (read_call(record, &name, &arguments) && arguments.failed == CU_OK && answer->failed == CU_OK) {
    const cu_function *function = instance->functions, *end = function + instance->options.function_count;
    while (function < end && !same(name, cu_text(function->name))) function++;
    if (function == end || function->call == NULL) {
      outcome = CU_ABSENT;
    } else {
      int kind = function->call(function->context, cu_view(&arguments), answer);
      bool known = kind == CU_ANSWER_RESULTS || kind == CU_ANSWER_ERROR || (kind == CU_ANSWER_LATER && function->mode == CU_EITHER);
      if (answer->failed == CU_ARGUMENT || (answer->failed == CU_OK && (!known || answer->length == 0))) {
        char words[100];
        snprintf(words, sizeof words, known ? "the host's function put what is no value" : "the host's function answered %d, which is no cu_answer for it", kind);
        kind = CU_ANSWER_ERROR;
        restart(answer);
        put_little(answer, 0, 1), cu_put_text(answer, words);
      }
      if (answer->failed == CU_OK) outcome = CU_OK, answer->at[0] = (uint8_t)kind;
    }
  }
  if (answer->failed == CU_NO_MEMORY || arguments.failed == CU_NO_MEMORY) outcome = CU_STORE_NO_MEMORY;
  cu_buffer_end(&arguments);
  return outcome;
}

/* The value of a key of table 0. 1, or 0 if it is absent, or a failure. */
static int32_t control_get(cu_instance *instance, cu_bytes key, cu_bytes *value) {
  char words[64];
  cu_buffer *reason = &instance->reason;
  restart(reason);
  if (same(key, cu_text(CU_KEY_CONFIG))) return *value = config_now(instance), 1;
  if (same(key, cu_text(CU_KEY_ANSWER))) return *value = cu_view(&instance->answer), instance->answer.length > 0;
  if (same(key, cu_text(CU_KEY_NOW)) && instance->options.now != NULL) {
    cu_put_float(reason, instance->options.now(instance->options.context));
  } else if (same(key, cu_text(CU_KEY_TICK))) {
    const char *why = stop_reason(instance, words, sizeof words);
    if (why != NULL) cu_put_string(reason, why, strlen(why) < 512 ? strlen(why) : 512);
  } else if (key.length > 3 && memcmp(key.at, CU_CALL_SIGNATURE, 3) == 0) {
    int32_t outcome = call_function(instance, key);
    *value = cu_view(&instance->answer);
    return outcome == CU_OK ? 1 : outcome == CU_ABSENT ? 0 : outcome;
  }
  *value = cu_view(reason);
  return reason->failed != CU_OK ? CU_STORE_NO_MEMORY : reason->length > 0;
}

static void keep_error(cu_instance *instance, cu_value event) {
  cu_value field;
  restart(&instance->value);
  if (cu_field(event, CU_FIELD_CLASS, &field) && field.bytes.length < sizeof instance->class_name) {
    memcpy(instance->class_name, field.bytes.at, field.bytes.length);
    instance->class_name[field.bytes.length] = 0;
  }
  if (cu_field(event, CU_FIELD_VALUE, &field)) put(&instance->value, field.whole.at, field.whole.length);
  if (instance->value.failed != CU_OK) restart(&instance->value);
  instance->waits = cu_field(event, CU_FIELD_WAITS, &field) && field.boolean;
}

/* Events; anything else is ignored. */
static int32_t control_set(cu_instance *instance, cu_bytes key, cu_bytes value) {
  cu_value event, kind;
  if (!same(key, cu_text(CU_KEY_EVENT)) || cu_check(value, CU_ONE, NULL) != CU_OK || !cu_next(&value, &event)) return CU_OK;
  if (!cu_field(event, CU_FIELD_KIND, &kind)) return CU_OK;
  for (unsigned i = 0; i < EVENT_KINDS; i++) {
    if (!cu_is_text(kind, event_kinds[i])) continue;
    if (1u << i == CU_WANT_ERROR) keep_error(instance, event);
    if (instance->options.on_event != NULL && (instance->options.events & 1u << i)) instance->options.on_event(instance->options.context, event);
  }
  return CU_OK;
}
