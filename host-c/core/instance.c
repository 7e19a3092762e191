/*
 * One Lua VM: beginning, compute, end: a part of cu_host.c.
 *
 * Invariant: a block for code is freed after the call, also after an error. What is answered does not lie in the module's memory.
 */
/* Calls an export. False: it trapped, and the instance is over. */
static bool call_export(cu_instance *instance, cu_export which, const uint32_t *words, uint32_t *answer) {
  char problem[CU_PROBLEM_BYTES] = "";
  if (instance->module->engine->call(instance->machine, which, words, answer, problem)) return true;
  return over(instance, CU_TRAPPED, "the module trapped: ", problem), false;
}

static const cu_bytes result_key = { (const uint8_t *)CU_KEY_RESULT, sizeof CU_KEY_RESULT - 1 };

static cu_status forget_spilled(cu_instance *instance) {
  int32_t gone = instance->store->remove(instance->store, CU_TABLE_IO, result_key);
  return gone < 0 ? store_failed(instance, gone, "when spilled results were deleted") : CU_OK;
}

/* Takes spilled values out of the store into the response, in place of the tag that stands for them. */
static cu_status take_spilled(cu_instance *instance) {
  cu_store *store = instance->store;
  cu_bytes value = { 0 };
  int32_t got = store->get(store, CU_TABLE_IO, result_key, &value);
  if (got <= 0) return store_failed(instance, got, "when spilled results were read");
  instance->response.length--;
  put(&instance->response, value.at, value.length);
  return forget_spilled(instance);
}

/* Reads what compute left in the I/O buffer. */
static cu_status answered(cu_instance *instance, int32_t answer, cu_response *response) {
  cu_buffer *kept = &instance->response;
  cu_error *error = &instance->error;
  uint32_t length = answer >= 0 ? (uint32_t)answer : ~(uint32_t)answer;
  uint8_t *at;
  bool fits = length <= CU_IO_BUFFER_BYTES && bytes_at(instance, instance->buffer, length, &at);
  if (!fits || (answer >= 0 && (length < 5 || u32(at) > length - 5))) return over(instance, CU_PROTOCOL, "the length of an answer is impossible", "");
  if (answer < 0) return failed(instance, (cu_bytes){ at, length });
  size_t begin = 4 + u32(at), wrong_at;
  bool waits = at[begin] == CU_TAG_PENDING;
  if (waits && length >= begin + CU_PENDING_CALL_AT) response->ticket = (int64_t)little(at + begin + 1, 8);
  restart(kept);
  put(kept, at, length);
  if (kept->failed == CU_OK && length == begin + 1 && at[begin] == CU_TAG_SPILLED) {
    cu_status status = take_spilled(instance);
    if (status != CU_OK) return status;
    waits = kept->failed == CU_OK && kept->length > begin + CU_PENDING_CALL_AT && kept->at[begin] == CU_TAG_PENDING;
    if (waits) response->ticket = (int64_t)little(kept->at + begin + 1, 8);
  }
  if (kept->failed != CU_OK) return no_memory(error);
  response->output = (cu_bytes){ kept->at + 4, begin - 4 };
  response->values = (cu_bytes){ kept->at + begin, kept->length - begin };
  if (waits) return read_waiting(instance, response);
  if (cu_check(response->values, 0, &wrong_at) == CU_OK) return CU_OK;
  response->values.length = 0;
  return malformed(error, "the results", wrong_at);
}

static cu_status placed(cu_instance *instance, const void *code, size_t length, cu_response *response) {
  uint32_t place = instance->buffer, words[4] = { 0, 0, 0, (uint32_t)length }, answer = 0;
  bool block = length > CU_IO_BUFFER_BYTES;
  uint8_t *at;
  if (block && length <= INT32_MAX && !call_export(instance, CU_EXPORT_ALLOCATE, words, &place)) return CU_TRAPPED;
  if (block && (length > INT32_MAX || place == 0)) return fail(&instance->error, CU_NO_CODE_ROOM, "the arena has no room for %zu bytes of code", length);
  if (!bytes_at(instance, place, (uint32_t)length, &at)) return over(instance, CU_PROTOCOL, "a block for code leads outside linear memory", "");
  if (length > 0) memcpy(at, code, length);
  if (!call_export(instance, CU_EXPORT_COMPUTE, (uint32_t[]){ place, (uint32_t)length }, &answer)) return CU_TRAPPED;
  if (block && !call_export(instance, CU_EXPORT_ALLOCATE, (uint32_t[]){ 0, place, (uint32_t)length, 0 }, &place)) return CU_TRAPPED;
  return answered(instance, (int32_t)answer, response);
}

/* A compute whose time is over does not go on with an answer: it is cancelled. */
static cu_status placed_in_time(cu_instance *instance, const void *code, size_t length, unsigned answer, cu_response *response) {
  char words[120], limit[60];
  if (instance->watch.ticket == 0 || answer == CU_ANSWER_CANCEL || !is_over_time(instance->watch)) return placed(instance, code, length, response);
  cu_buffer *record = &instance->record;
  answer_record(record, instance->watch.ticket, CU_ANSWER_CANCEL, (cu_bytes){ 0 });
  cu_status status = record->failed == CU_OK ? placed(instance, record->at, record->length, response) : no_memory(&instance->error);
  if (status != CU_OK) return status;
  memset(response, 0, sizeof *response);
  snprintf(words, sizeof words, "interrupted by the host: '%s', while it waited", time_limit_words(instance->watch, limit, sizeof limit));
  strcpy(instance->class_name, CU_CLASS_INTERRUPTED);
  return failed(instance, cu_text(words));
}

cu_status cu_compute(cu_instance *instance, const void *code, size_t length, cu_response *response) {
  cu_response unwanted;
  unsigned answer = 0;
  int64_t ticket = ticket_of(code, length, &answer);
  *(response != NULL ? response : (response = &unwanted)) = (cu_response){ 0 };
  cu_status status = turn_begin(instance);
  if (status != CU_OK) return status;
  if (!start_watch(instance, ticket)) return turn_end(instance, no_memory(&instance->error));
  status = placed_in_time(instance, code, length, answer, response);
  stop_watch(instance, ticket, status, response->ticket);
  return turn_end(instance, status);
}

cu_status cu_run(cu_instance *instance, const char *code, cu_response *response) { return cu_compute(instance, code, strlen(code), response); }

static cu_status begin_instance(cu_instance *instance) {
  uint32_t answer = 0, size = 0, none = 0;
  uint8_t *at;
  if (!call_export(instance, CU_EXPORT_INIT, &none, &answer)) return CU_TRAPPED;
  if (answer != CU_OK && instance->failure_count > 0) return store_failed(instance, instance->failures[0], "when the instance began");
  if (answer != CU_OK) return fail(&instance->error, CU_BAD_MODULE, "the module cannot begin: init answered %d", (int32_t)answer);
  if (!call_export(instance, CU_EXPORT_BUFFER, &none, &instance->buffer) || !call_export(instance, CU_EXPORT_BUFFER_SIZE, &none, &size)) return CU_TRAPPED;
  bool fits = size == CU_IO_BUFFER_BYTES && bytes_at(instance, instance->buffer, size, &at);
  if (fits) return forget_spilled(instance); /* an earlier instance may have died before its results were read */
  return fail(&instance->error, CU_PROTOCOL, "the I/O buffer has %u bytes at %u; wanted are %u in memory", size, instance->buffer, CU_IO_BUFFER_BYTES);
}

cu_status cu_instance_open(cu_module *module, cu_store *store, const cu_options *options, cu_instance **opened, cu_error *error) {
  char problem[CU_PROBLEM_BYTES] = "";
  *opened = NULL;
  if (module == NULL || store == NULL) return fail(error, CU_ARGUMENT, "the %s is NULL: did it open?", module == NULL ? "module" : "store");
  cu_instance *instance = cu_allocate(NULL, sizeof *instance);
  if (instance == NULL) return no_memory(error);
  *instance = (cu_instance){ .module = module, .store = store };
  cu_status status = configure(instance, options);
  if (status == CU_OK) instance->machine = module->engine->start(module->code, instance, problem);
  if (status == CU_OK && instance->machine == NULL) status = fail(&instance->error, CU_BAD_MODULE, "%s: %s", module->engine->name, problem);
  if (status == CU_OK && (status = turn_begin(instance)) == CU_OK) status = turn_end(instance, begin_instance(instance));
  if ((*opened = status == CU_OK ? instance : NULL) != NULL) return CU_OK;
  if (error != NULL) *error = instance->error; /* only words and numbers are set in it */
  cu_instance_close(instance);
  return status;
}

void cu_instance_close(cu_instance *instance) {
  if (instance == NULL) return;
  if (instance->machine != NULL) instance->module->engine->end(instance->machine);
  cu_buffer *buffers[] = { &instance->config, &instance->record, &instance->response, &instance->arguments, &instance->answer, &instance->reason, &instance->text, &instance->value };
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) cu_buffer_end(buffers[i]);
  release(instance->functions), release(instance->waiting);
  release(instance);
}
