/*
 * Calls and answers by record, and source that is a text: a part of cu_host.c.
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

cu_status cu_run(cu_instance *instance, const char *code, cu_response *response) { return cu_compute(instance, code, strlen(code), response); }

static cu_status compute_record(cu_instance *instance, cu_response *response) {
  cu_buffer *record = &extended_of(instance)->record;
  return record->failed == CU_OK ? cu_compute(instance, record->at, record->length, response) : no_memory(&instance->error);
}

/* Values that a caller gave. A response has nothing in it from here on, whatever fails. */
static cu_status admitted(cu_instance *instance, cu_bytes values, cu_response *response) {
  size_t at;
  if (response != NULL) memset(response, 0, sizeof *response);
  cu_status status = not_inside(instance);
  if (status != CU_OK || cu_check(values, 0, &at) == CU_OK) return status;
  return malformed(&instance->error, "the values", at);
}

cu_status cu_call(cu_instance *instance, const char *way, cu_bytes arguments, unsigned flags, cu_response *response) {
  cu_status status = admitted(instance, arguments, response);
  if (status != CU_OK) return status;
  cu_buffer *record = &extended_of(instance)->record;
  cu_call_begin(record, way, flags);
  for (cu_value value; cu_next(&arguments, &value);) cu_call_value(record), put(record, value.whole.at, value.whole.length);
  return compute_record(instance, response);
}

static cu_status go_on(cu_instance *instance, int64_t ticket, unsigned answer, cu_bytes values, cu_response *response) {
  cu_status status = admitted(instance, values, response);
  if (status != CU_OK) return status;
  answer_record(&extended_of(instance)->record, ticket, answer, values);
  return compute_record(instance, response);
}

cu_status cu_resume(cu_instance *instance, int64_t ticket, bool is_error, cu_bytes values, cu_response *response) {
  return go_on(instance, ticket, is_error ? CU_ANSWER_ERROR : CU_ANSWER_RESULTS, values, response);
}

cu_status cu_cancel(cu_instance *instance, int64_t ticket, cu_response *response) {
  return go_on(instance, ticket, CU_ANSWER_CANCEL, (cu_bytes){ 0 }, response);
}
