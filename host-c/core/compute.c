/*
 * One Lua VM: beginning, compute, end: a part of the core.
 *
 * Invariant: a block for code is freed after the call, also after an error. What is answered does not lie in the module's memory.
 */
static cu_status turn_begin(cu_instance *instance) {
  cu_error *error = &instance->error, was = *error;
  if (instance->is_over) return fail(error, CU_OVER, "%s%.280s", was.status == CU_OVER ? "" : "the instance is over: ", was.what);
  if (atomic_exchange(&instance->store->turn, true)) return fail(error, CU_BUSY, "another call uses the store");
  instance->failure_count = 0;
  cu_status status = instance->begin != NULL ? instance->begin(instance) : CU_OK;
  if (status != CU_OK) atomic_store(&instance->store->turn, false);
  return status;
}

static cu_status turn_end(cu_instance *instance, cu_status status) {
  if (instance->end != NULL) status = instance->end(instance, status);
  atomic_store(&instance->store->turn, false);
  return status;
}

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
  cu_bytes value = { 0 };
  int32_t got = instance->store->get(instance->store, CU_TABLE_IO, result_key, &value);
  if (got <= 0) return store_failed(instance, got, "when spilled results were read");
  instance->response.length--;
  put(&instance->response, value.at, value.length);
  return forget_spilled(instance);
}

/* The ticket of what a compute waits for, if that is what it answered; otherwise 0. */
static int64_t ticket_in(const uint8_t *values, size_t length) {
  return length >= CU_PENDING_CALL_AT && values[0] == CU_TAG_PENDING ? (int64_t)little(values + 1, 8) : 0;
}

/* Reads what compute left in the I/O buffer. CU_WAITS: the values are what it waits for. */
static cu_status answered(cu_instance *instance, int32_t answer, cu_response *response) {
  cu_buffer *kept = &instance->response;
  uint32_t length = answer >= 0 ? (uint32_t)answer : ~(uint32_t)answer;
  uint8_t *at;
  bool fits = length <= CU_IO_BUFFER_BYTES && bytes_at(instance, instance->buffer, length, &at);
  if (!fits || (answer >= 0 && (length < 5 || u32(at) > length - 5))) return over(instance, CU_PROTOCOL, "the length of an answer is impossible", "");
  size_t begin = answer < 0 ? 0 : 4 + u32(at), wrong_at;
  if (answer >= 0) response->ticket = ticket_in(at + begin, length - begin);
  restart(kept);
  put(kept, at, length);
  if (answer < 0) return kept->failed == CU_OK ? failed(instance) : no_memory(&instance->error);
  if (kept->failed == CU_OK && length == begin + 1 && at[begin] == CU_TAG_SPILLED) {
    cu_status status = take_spilled(instance);
    if (status != CU_OK) return status;
    response->ticket = ticket_in(kept->at + begin, kept->length - begin);
  }
  if (kept->failed != CU_OK) return no_memory(&instance->error);
  response->output = (cu_bytes){ kept->at + 4, begin - 4 };
  response->values = (cu_bytes){ kept->at + begin, kept->length - begin };
  if (response->ticket != 0) return CU_WAITS;
  if (cu_check(response->values, 0, &wrong_at) == CU_OK) return CU_OK;
  response->values.length = 0;
  return malformed(&instance->error, "the results", wrong_at);
}

static cu_status run(cu_instance *instance, const void *code, size_t length, cu_response *response) {
  uint32_t place = instance->buffer, answer = 0;
  bool block = length > CU_IO_BUFFER_BYTES;
  uint8_t *at;
  if (block && length <= INT32_MAX && !call_export(instance, CU_EXPORT_ALLOCATE, (uint32_t[]){ 0, 0, 0, (uint32_t)length }, &place)) return CU_TRAPPED;
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
  *response = (cu_response){ 0 };
  cu_status status = turn_begin(instance);
  if (status != CU_OK) return status;
  return turn_end(instance, (instance->run != NULL ? instance->run : run)(instance, code, length, response));
}

static cu_status init(cu_instance *instance) {
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

/* Begins an instance, of which the caller has filled in module, store and what hangs on it, and left all else zero. */
static cu_status start(cu_instance *instance, void *machine) {
  const cu_engine *engine = instance->module->engine;
  char problem[CU_PROBLEM_BYTES] = "there is no memory for an instance";
  if (!engine->start(machine, instance->module->code, instance, problem)) {
    return engine->end(machine), fail(&instance->error, CU_BAD_MODULE, "%s: %s", engine->name, problem);
  }
  instance->machine = machine; /* only now: until it has begun, no import finds memory */
  cu_status status = turn_begin(instance);
  return status == CU_OK ? turn_end(instance, init(instance)) : status;
}

/* Ends what `start` began, whatever came of it. */
static void end(cu_instance *instance) {
  if (instance->machine != NULL) instance->module->engine->end(instance->machine);
  cu_buffer_end(&instance->response);
}
