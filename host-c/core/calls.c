/*
 * Calls by record, collections, figures, other options, and what the host itself does with a store: a part of cu_host.c.
 *
 * Invariant: values that a caller gave are checked before they are walked, and nothing here runs while the instance runs.
 */
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
  return record->failed == CU_OK ? cu_compute(instance, record->at, record->length, response) : no_memory(&instance->error);
}

/* Values that a caller gave. A response has nothing in it from here on, whatever fails. */
static cu_status admitted(cu_instance *instance, cu_bytes values, cu_response *response) {
  size_t at;
  if (response != NULL) memset(response, 0, sizeof *response);
  if (instance->runs) return fail(&instance->error, CU_BUSY, "the instance runs: this call comes from inside of another");
  if (cu_check(values, 0, &at) == CU_OK) return CU_OK;
  return malformed(&instance->error, "the values", at);
}

cu_status cu_call(cu_instance *instance, const char *way, cu_bytes arguments, unsigned flags, cu_response *response) {
  cu_status status = admitted(instance, arguments, response);
  if (status != CU_OK) return status;
  cu_call_begin(&instance->record, way, flags);
  for (cu_value value; cu_next(&arguments, &value);) {
    cu_call_value(&instance->record);
    put(&instance->record, value.whole.at, value.whole.length);
  }
  return compute_record(instance, response);
}

static cu_status go_on(cu_instance *instance, int64_t ticket, unsigned answer, cu_bytes values, cu_response *response) {
  cu_status status = admitted(instance, values, response);
  if (status != CU_OK) return status;
  answer_record(&instance->record, ticket, answer, values);
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
  cu_status status = admitted(instance, (cu_bytes){ 0 }, NULL);
  return status != CU_OK ? status : configure(instance, options);
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
    int32_t ended = unit_end(store, *answer < 0);
    if (*answer >= 0) *answer = ended;
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
