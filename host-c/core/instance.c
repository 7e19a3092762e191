/*
 * One Lua VM: beginning, compute, collection, figures: a part of cu_host.c.
 *
 * Invariant: every call of the module that may reach the store lies between turn_begin and turn_end, and is one unit of the store.
 */
const cu_signature cu_exports[CU_EXPORTS] = { { "init", 0, 1 }, { "compute", 2, 1 }, { "get_buffer_ptr", 0, 1 }, { "get_buffer_size", 0, 1 },
  { "get_memory_stats", 1, 0 }, { "run_gc", 0, 0 }, { "lua_alloc", 4, 1 } };

const cu_error *cu_failure(const cu_instance *instance) { return &instance->error; }

void cu_stop(cu_instance *instance) { atomic_store(&instance->stop, true); }

static cu_status over(cu_instance *instance, cu_status status, const char *what, const char *why) {
  instance->is_over = true;
  return fail(&instance->error, status, "%s%s", what, why);
}

static cu_status turn_begin(cu_instance *instance) {
  cu_store *store = instance->store;
  cu_error *error = &instance->error;
  if (instance->is_over) {
    char why[sizeof error->what];
    strcpy(why, error->what);
    return fail(error, CU_OVER, "%s%.280s", error->status == CU_OVER ? "" : "the instance is over: ", why);
  }
  if (atomic_exchange(&store->turn, true)) return fail(error, CU_BUSY, "another call uses the store");
  int32_t begun = store->begin != NULL ? store->begin(store) : CU_OK;
  if (begun < 0) {
    atomic_store(&store->turn, false);
    fail(error, CU_STORE_ERROR, "the store did not begin a unit: it answered %d", begun);
    error->answered = begun;
    return CU_STORE_ERROR;
  }
  instance->runs = true;
  instance->failure_count = 0;
  instance->class[0] = 0;
  instance->waits = false;
  restart(&instance->value);
  instance->deadline = instance->options.time_limit > 0 ? milliseconds() + instance->options.time_limit : 0;
  return CU_OK;
}

/* Ends the unit as `status` wants it, and answers what has come of the call. */
static cu_status turn_end(cu_instance *instance, cu_status status) {
  cu_store *store = instance->store;
  bool by_store = instance->options.atomic == CU_BY_STORE && (status == CU_LUA_ERROR || status == CU_HOST_ERROR);
  bool undo = (instance->is_over || by_store) && store->rollback != NULL;
  int32_t ended = undo ? store->rollback(store) : store->commit != NULL ? store->commit(store) : CU_OK;
  if (ended < 0) {
    char answer[24];
    snprintf(answer, sizeof answer, "it answered %d", ended);
    status = over(instance, CU_COMMIT_ERROR, undo ? "the store did not undo the changes: " : "the store did not keep the changes: ", answer);
    instance->error.answered = ended;
  }
  instance->runs = false;
  atomic_store(&store->turn, false);
  if (instance->stop_was_seen) atomic_store(&instance->stop, instance->stop_was_seen = false);
  return status;
}

/* Calls an export. False: it trapped, and the instance is over. */
static bool call_export(cu_instance *instance, cu_export which, const uint32_t *words, uint32_t *answer) {
  char problem[CU_PROBLEM_BYTES] = "";
  if (instance->module->engine->call(instance->machine, which, words, answer, problem)) return true;
  over(instance, CU_TRAPPED, "the module trapped: ", problem);
  return false;
}

static cu_status store_failed(cu_instance *instance, int32_t answer, const char *when) {
  fail(&instance->error, CU_STORE_ERROR, "the store failed %s: it answered %d", when, answer);
  instance->error.answered = answer;
  return CU_STORE_ERROR;
}

/* Whether the message says that one of the failures of this call ended the script; then which. */
static int32_t failure_of(const cu_instance *instance, cu_bytes message) {
  unsigned count = instance->failure_count < NOTED_FAILURES ? instance->failure_count : NOTED_FAILURES;
  for (unsigned i = 0; i < count; i++) {
    char end[80];
    int32_t answer = instance->failures[i];
    size_t length = (size_t)snprintf(end, sizeof end, ": it answered %d%s", answer, answer == CU_RATE_EXCEEDED ? ", too many operations a second" : "");
    if (message.length >= length && memcmp(message.at + message.length - length, end, length) == 0) return answer;
  }
  return 0;
}

/* The error of a compute, from its text and what the event `error` said. */
static cu_status failed(cu_instance *instance, cu_bytes text) {
  static const char mark[] = "\nstack traceback:\n";
  size_t length = sizeof mark - 1;
  cu_error *error = &instance->error;
  restart(&instance->text);
  put(&instance->text, text.at, text.length);
  if (instance->text.failed != CU_OK) return no_memory(error);
  text = cu_view(&instance->text);
  size_t end = text.length >= length ? text.length - length + 1 : 0;
  while (end > 0 && memcmp(text.at + end - 1, mark, length) != 0) end--;
  cu_bytes message = { text.at, end > 0 ? end - 1 : text.length };
  int32_t answered = failure_of(instance, message);
  fail(error, answered != 0 ? CU_HOST_ERROR : CU_LUA_ERROR, "%.*s", (int)(message.length < 400 ? message.length : 400), message.length > 0 ? (const char *)message.at : "");
  error->answered = answered;
  strcpy(error->class, instance->class);
  error->text = text;
  error->message = message;
  if (end > 0) error->traceback = (cu_bytes){ text.at + end, text.length - end };
  unsigned line = 0;
  int read = 0;
  if (sscanf(error->what, "compute:%9u:%n", &line, &read) == 1 && read > 0) error->line = line;
  error->value = cu_view(&instance->value);
  error->waits = instance->waits;
  return error->status;
}

/* Takes spilled values out of the store into the response, in place of the tag that stands for them. */
static cu_status take_spilled(cu_instance *instance) {
  static const cu_bytes key = { (const uint8_t *)CU_KEY_RESULT, sizeof CU_KEY_RESULT - 1 };
  cu_store *store = instance->store;
  cu_bytes value = { 0 };
  int32_t got = store->get(store, CU_TABLE_IO, key, &value);
  if (got <= 0) return store_failed(instance, got, "when spilled results were read");
  instance->response.length--;
  put(&instance->response, value.at, value.length);
  int32_t gone = store->remove(store, CU_TABLE_IO, key);
  return gone < 0 ? store_failed(instance, gone, "when spilled results were deleted") : CU_OK;
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
  if (!waits) {
    if (cu_check(response->values, 0, &wrong_at) == CU_OK) return CU_OK;
    response->values.length = 0;
    fail(error, CU_MALFORMED, "the results are malformed at byte %zu", wrong_at);
    error->at = wrong_at;
    return CU_MALFORMED;
  }
  restart(&instance->record);
  size_t head = CU_PENDING_CALL_AT;
  bool read = response->values.length > head && read_call((cu_bytes){ response->values.at + head, response->values.length - head }, &response->name, &instance->record);
  response->values = cu_view(&instance->record);
  if (!read) return fail(error, CU_MALFORMED, "what the compute waits for is malformed");
  return instance->record.failed != CU_OK ? no_memory(error) : CU_WAITS;
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

cu_status cu_compute(cu_instance *instance, const void *code, size_t length, cu_response *response) {
  cu_response unwanted;
  if (response == NULL) response = &unwanted;
  memset(response, 0, sizeof *response);
  cu_status status = turn_begin(instance);
  return status != CU_OK ? status : turn_end(instance, placed(instance, code, length, response));
}

cu_status cu_run(cu_instance *instance, const char *code, cu_response *response) { return cu_compute(instance, code, strlen(code), response); }

void cu_call_begin(cu_buffer *record, const char *way, unsigned flags) {
  restart(record);
  put(record, CU_CALL_SIGNATURE, strlen(CU_CALL_SIGNATURE));
  put_little(record, CU_CALL_VERSION | flags << 8, 2);
  put_little(record, strlen(way), 4);
  put(record, way, strlen(way));
}

void cu_call_value(cu_buffer *record) { put_little(record, CU_CALL_VALUE, 1); }

void cu_call_way(cu_buffer *record, const char *way) {
  put_little(record, CU_CALL_WAY, 1);
  put_little(record, strlen(way), 4);
  put(record, way, strlen(way));
}

static cu_status compute_record(cu_instance *instance, cu_response *response) {
  cu_buffer *record = &instance->record;
  if (record->failed == CU_OK) return cu_compute(instance, record->at, record->length, response);
  if (response != NULL) memset(response, 0, sizeof *response);
  return no_memory(&instance->error);
}

/* Values that a caller gave. */
static cu_status admitted(cu_instance *instance, cu_bytes values) {
  size_t at;
  if (instance->runs) return fail(&instance->error, CU_BUSY, "the instance runs: this call comes from inside of another");
  if (cu_check(values, 0, &at) == CU_OK) return CU_OK;
  fail(&instance->error, CU_MALFORMED, "the values are malformed at byte %zu", at);
  instance->error.at = at;
  return CU_MALFORMED;
}

cu_status cu_call(cu_instance *instance, const char *way, cu_bytes arguments, unsigned flags, cu_response *response) {
  cu_status status = admitted(instance, arguments);
  if (status != CU_OK) return status;
  cu_call_begin(&instance->record, way, flags);
  for (cu_value value; cu_next(&arguments, &value);) {
    cu_call_value(&instance->record);
    put(&instance->record, value.whole.at, value.whole.length);
  }
  return compute_record(instance, response);
}

static cu_status go_on(cu_instance *instance, int64_t ticket, unsigned answer, cu_bytes values, cu_response *response) {
  cu_buffer *record = &instance->record;
  cu_status status = admitted(instance, values);
  if (status != CU_OK) return status;
  restart(record);
  put(record, CU_CALL_SIGNATURE, strlen(CU_CALL_SIGNATURE));
  put_little(record, CU_CALL_VERSION | CU_CALL_ANSWER << 8, 2);
  put_little(record, (uint64_t)ticket, 8);
  put_little(record, answer, 1);
  put(record, values.at, values.length);
  return compute_record(instance, response);
}

cu_status cu_resume(cu_instance *instance, int64_t ticket, bool is_error, cu_bytes values, cu_response *response) {
  return go_on(instance, ticket, is_error ? CU_ANSWER_ERROR : CU_ANSWER_RESULTS, values, response);
}

cu_status cu_cancel(cu_instance *instance, int64_t ticket, cu_response *response) {
  return go_on(instance, ticket, CU_ANSWER_CANCEL, (cu_bytes){ 0 }, response);
}

cu_status cu_collect(cu_instance *instance) {
  uint32_t unused = 0;
  cu_status status = turn_begin(instance);
  if (status != CU_OK) return status;
  if (!call_export(instance, CU_EXPORT_COLLECT, &unused, &unused)) status = CU_TRAPPED;
  else if (instance->failure_count > 0) status = store_failed(instance, instance->failures[0], "during a collection");
  return turn_end(instance, status);
}

cu_status cu_memory_stats(cu_instance *instance, cu_memory *memory) {
  uint32_t unused = 0;
  uint8_t *at;
  cu_status status = turn_begin(instance);
  if (status != CU_OK) return status;
  if (!call_export(instance, CU_EXPORT_STATS, &instance->buffer, &unused)) status = CU_TRAPPED;
  else if (!bytes_at(instance, instance->buffer, CU_MEMORY_STATS_BYTES, &at)) status = over(instance, CU_PROTOCOL, "linear memory has shrunk", "");
  else *memory = (cu_memory){ u32(at), u32(at + 4), u32(at + 8) };
  return turn_end(instance, status);
}

cu_status cu_configure(cu_instance *instance, const cu_options *options) {
  cu_status status = admitted(instance, (cu_bytes){ 0 });
  return status != CU_OK ? status : configure(instance, options);
}

static cu_status begin_instance(cu_instance *instance) {
  uint32_t answer = 0, size = 0, none = 0;
  uint8_t *at;
  cu_bytes result = { (const uint8_t *)CU_KEY_RESULT, sizeof CU_KEY_RESULT - 1 };
  if (!call_export(instance, CU_EXPORT_INIT, &none, &answer)) return CU_TRAPPED;
  if (answer != CU_OK && instance->failure_count > 0) return store_failed(instance, instance->failures[0], "when the instance began");
  if (answer != CU_OK) return fail(&instance->error, CU_BAD_MODULE, "the module cannot begin: init answered %d", (int32_t)answer);
  if (!call_export(instance, CU_EXPORT_BUFFER, &none, &instance->buffer) || !call_export(instance, CU_EXPORT_BUFFER_SIZE, &none, &size)) return CU_TRAPPED;
  if (size != CU_IO_BUFFER_BYTES || !bytes_at(instance, instance->buffer, size, &at)) {
    return fail(&instance->error, CU_PROTOCOL, "the I/O buffer has %u bytes at %u; wanted are %u in memory", size, instance->buffer, CU_IO_BUFFER_BYTES);
  }
  int32_t gone = instance->store->remove(instance->store, CU_TABLE_IO, result);
  return gone < 0 ? store_failed(instance, gone, "when an earlier result was deleted") : CU_OK;
}

cu_status cu_instance_open(cu_module *module, cu_store *store, const cu_options *options, cu_instance **opened, cu_error *error) {
  char problem[CU_PROBLEM_BYTES] = "";
  *opened = NULL;
  cu_instance *instance = cu_allocate(NULL, sizeof *instance);
  if (instance == NULL) return no_memory(error);
  memset(instance, 0, sizeof *instance);
  instance->module = module;
  instance->store = store;
  cu_status status = configure(instance, options);
  if (status == CU_OK) instance->machine = module->engine->start(module->code, instance, problem);
  if (status == CU_OK && instance->machine == NULL) status = fail(&instance->error, CU_BAD_MODULE, "%s: %s", module->engine->name, problem);
  if (status == CU_OK && (status = turn_begin(instance)) == CU_OK) status = turn_end(instance, begin_instance(instance));
  if (status == CU_OK) return *opened = instance, CU_OK;
  if (error != NULL) *error = instance->error; /* only words and numbers are set in it */
  cu_instance_close(instance);
  return status;
}

void cu_instance_close(cu_instance *instance) {
  if (instance == NULL) return;
  if (instance->machine != NULL) instance->module->engine->end(instance->machine);
  cu_buffer *buffers[] = { &instance->config, &instance->record, &instance->response, &instance->answer, &instance->reason, &instance->text, &instance->value };
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) cu_buffer_end(buffers[i]);
  release(instance->functions);
  release(instance);
}

/* ---- what the host itself does with a store ---- */

void cu_store_close(cu_store *store) {
  if (store != NULL) store->close(store);
}

static cu_status change_alone(cu_store *store, uint32_t table, cu_bytes key, const cu_bytes *value, int32_t *answered) {
  int32_t unwanted, *answer = answered != NULL ? answered : &unwanted;
  if (atomic_exchange(&store->turn, true)) return CU_BUSY;
  *answer = store->begin != NULL ? store->begin(store) : CU_OK;
  if (*answer >= 0) {
    *answer = value != NULL ? store->set(store, table, key, *value) : store->remove(store, table, key);
    int32_t kept = *answer < 0 ? (store->rollback != NULL ? store->rollback(store) : CU_OK) : store->commit != NULL ? store->commit(store) : CU_OK;
    if (*answer >= 0) *answer = kept;
  }
  /* Nobody remembers what is in `_io`. */
  if (*answer >= 0 && table != CU_TABLE_IO) store->changes++;
  atomic_store(&store->turn, false);
  return *answer < 0 ? CU_STORE_ERROR : CU_OK;
}

cu_status cu_store_set(cu_store *store, uint32_t table, cu_bytes key, cu_bytes value, int32_t *answered) {
  return change_alone(store, table, key, &value, answered);
}

cu_status cu_store_remove(cu_store *store, uint32_t table, cu_bytes key, int32_t *answered) {
  return change_alone(store, table, key, NULL, answered);
}

cu_status cu_store_get(cu_store *store, uint32_t table, cu_bytes key, cu_bytes *value, bool *found, int32_t *answered) {
  if (atomic_exchange(&store->turn, true)) return CU_BUSY;
  *value = (cu_bytes){ 0 };
  int32_t got = store->get(store, table, key, value);
  *found = got > 0;
  if (answered != NULL) *answered = got < 0 ? got : CU_OK;
  atomic_store(&store->turn, false);
  return got < 0 ? CU_STORE_ERROR : CU_OK;
}
