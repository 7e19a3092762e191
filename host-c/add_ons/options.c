/*
 * Options, and the configuration that they are to the module: a part of cu_host.c.
 *
 * Invariant: options that are refused have changed nothing.
 */
double cu_clock(void *context) {
  (void)context;
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (double)now.tv_sec * 1000 + (double)(now.tv_nsec / 1000000);
}

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

static cu_status configure(extended *self, const cu_options *given) {
  static const cu_options usual = { 0 };
  const cu_options *options = given != NULL ? given : &usual;
  cu_error *error = &self->core.error;
  size_t wrong_at;
  if (options->time_limit < 0) return fail(error, CU_ARGUMENT, "time_limit is %lld; wanted are milliseconds above 0", (long long)options->time_limit);
  for (size_t i = 0; i < LIMITS; i++) {
    int64_t limit = limit_of(options, i);
    if (limit < CU_NONE) return fail(error, CU_ARGUMENT, "%s is %lld; wanted is a number above 0, or 0 as usual, or CU_NONE", limits[i].name, (long long)limit);
  }
  if (options->time_limit > 0 && options->tick == CU_NONE) return fail(error, CU_ARGUMENT, "tick is CU_NONE; then nobody looks at the time_limit of %lld ms", (long long)options->time_limit);
  if ((unsigned)options->atomic > CU_BY_STORE) return fail(error, CU_ARGUMENT, "atomic is %d; wanted is a cu_atomic", (int)options->atomic);
  if (options->atomic == CU_BY_STORE && self->core.store->rollback == NULL) return fail(error, CU_ARGUMENT, "atomic is CU_BY_STORE; this store cannot roll back");
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
  cu_buffer_end(&self->config);
  release(self->functions);
  self->options = *options;
  self->options.functions = self->functions = functions;
  self->config = config;
  self->epoch_at = epoch_at;
  return CU_OK;
}

cu_status cu_configure(cu_instance *instance, const cu_options *options) {
  cu_status status = not_inside(instance);
  return status != CU_OK ? status : configure(extended_of(instance), options);
}
