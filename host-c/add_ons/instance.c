/*
 * An instance with options, from its beginning to its end: a part of cu_host.c.
 *
 * Invariant: a compute that answered CU_WAITS has its watch, and its name and arguments are read.
 */

/* The class, the value and the line of an error. */
static void explain(extended *self) {
  cu_error *error = &self->core.error;
  unsigned line = 0;
  int read = 0;
  strcpy(error->class_name, self->class_name);
  if (sscanf(error->what, "compute:%9u:%n", &line, &read) == 1 && read > 0) error->line = line;
  error->value = cu_view(&self->value);
  error->waits = self->waits;
}

static cu_status run_explained(extended *self, const void *code, size_t length, cu_response *response) {
  cu_status status = run(&self->core, code, length, response);
  if (status == CU_LUA_ERROR || status == CU_HOST_ERROR) explain(self);
  return status == CU_WAITS ? read_waiting(self, response) : status;
}

/* A compute whose time is over does not go on with an answer: it is cancelled. */
static cu_status run_in_time(extended *self, const void *code, size_t length, unsigned answer, cu_response *response) {
  char words[120], limit[60];
  if (self->watch.ticket == 0 || answer == CU_ANSWER_CANCEL || !is_over_time(self->watch)) return run_explained(self, code, length, response);
  answer_record(&self->record, self->watch.ticket, CU_ANSWER_CANCEL, (cu_bytes){ 0 });
  if (self->record.failed != CU_OK) return no_memory(&self->core.error);
  cu_status status = run_explained(self, self->record.at, self->record.length, response);
  if (status != CU_OK) return status;
  memset(response, 0, sizeof *response);
  snprintf(words, sizeof words, "interrupted by the host: '%s', while it waited", time_limit_words(self->watch, limit, sizeof limit));
  strcpy(self->class_name, CU_CLASS_INTERRUPTED);
  restart(&self->core.response), put(&self->core.response, words, strlen(words));
  if (self->core.response.failed != CU_OK) return no_memory(&self->core.error);
  status = failed(&self->core);
  return explain(self), status;
}

static cu_status run_watched(cu_instance *instance, const void *code, size_t length, cu_response *response) {
  extended *self = extended_of(instance);
  unsigned answer = 0;
  int64_t ticket = ticket_of(code, length, &answer);
  if (!start_watch(self, ticket)) return no_memory(&instance->error);
  cu_status status = run_in_time(self, code, length, answer, response);
  stop_watch(self, ticket, status, response->ticket);
  return status;
}

cu_status cu_instance_open(cu_module *module, cu_store *store, const cu_options *options, cu_instance **opened, cu_error *error) {
  *opened = NULL;
  if (module == NULL || store == NULL) return fail(error, CU_ARGUMENT, "the %s is NULL: did it open?", module == NULL ? "module" : "store");
  extended *self = cu_allocate(NULL, sizeof *self + module->engine->machine_bytes);
  if (self == NULL) return no_memory(error);
  memset(self->machine, 0, module->engine->machine_bytes);
  *self = (extended){ .core = { .module = module, .store = store, .control = &self->control, .begin = unit_begin, .run = run_watched, .end = unit_ended },
    .control = empty_control, .seen = store->changes, .epoch = store->changes };
  cu_status status = configure(self, options);
  if (status == CU_OK) status = start(&self->core, self->machine);
  if (status == CU_OK) return *opened = &self->core, CU_OK;
  if (error != NULL) *error = self->core.error; /* only words and numbers are set in it */
  cu_instance_close(&self->core);
  return status;
}

void cu_instance_close(cu_instance *instance) {
  if (instance == NULL) return;
  extended *self = extended_of(instance);
  end(instance);
  cu_buffer *buffers[] = { &self->config, &self->record, &self->arguments, &self->answer, &self->reason, &self->value };
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) cu_buffer_end(buffers[i]);
  release(self->functions), release(self->waiting);
  release(self);
}
