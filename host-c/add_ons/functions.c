/*
 * Functions of the host, and what a compute waits for: a part of cu_host.c.
 *
 * Invariant: a function runs once for each call of a script; its answer is kept until the next call.
 */
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
static cu_status read_waiting(extended *self, cu_response *response) {
  cu_bytes record = { response->values.at + CU_PENDING_CALL_AT, response->values.length - CU_PENDING_CALL_AT };
  cu_buffer *arguments = &self->arguments;
  restart(arguments);
  bool read = response->values.length > CU_PENDING_CALL_AT && read_call(record, &response->name, arguments);
  response->values = cu_view(arguments);
  if (!read) return fail(&self->core.error, CU_MALFORMED, "what the compute waits for is malformed");
  return arguments->failed != CU_OK ? no_memory(&self->core.error) : CU_WAITS;
}

/* An error in the script that says whose it is: the text begins with the function's name. */
static void put_failure(cu_buffer *answer, const char *name, cu_bytes text) {
  restart(answer);
  put_little(answer, CU_ANSWER_ERROR, 1);
  put_number(answer, CU_TAG_STRING, strlen(CU_FUNCTION_LIBRARY ".: ") + strlen(name) + text.length, 4);
  put(answer, CU_FUNCTION_LIBRARY ".", strlen(CU_FUNCTION_LIBRARY "."));
  put(answer, name, strlen(name)), put(answer, ": ", 2), put(answer, text.at, text.length);
}

/* What a function answers, in `answer`, behind a byte for its kind. */
static void answer_of(const cu_function *function, cu_bytes arguments, cu_buffer *answer) {
  char words[100] = "it put what is no value";
  cu_buffer said = { 0 };
  cu_value text;
  int kind = function->call(function->context, arguments, answer);
  bool known = kind == CU_ANSWER_RESULTS || kind == CU_ANSWER_ERROR || kind == CU_FAILURE || (kind == CU_ANSWER_LATER && function->mode == CU_EITHER);
  if (!known) snprintf(words, sizeof words, "it answered %d, which is no cu_answer for it", kind);
  if (answer->failed == CU_ARGUMENT || (answer->failed == CU_OK && (!known || answer->length == 0))) {
    put_failure(answer, function->name, cu_text(words));
  } else if (answer->failed == CU_OK && kind == CU_FAILURE) {
    put(&said, answer->at + 1, answer->length - 1);
    cu_bytes rest = cu_view(&said);
    bool is_text = cu_check(rest, CU_ONE, NULL) == CU_OK && cu_next(&rest, &text) && text.tag == CU_TAG_STRING;
    put_failure(answer, function->name, is_text ? text.bytes : cu_text("it failed, and put no text"));
    if (said.failed != CU_OK) answer->failed = said.failed;
  } else if (answer->failed == CU_OK) {
    answer->at[0] = (uint8_t)kind;
  }
  cu_buffer_end(&said);
}

/* Runs the function that a record calls, and keeps the answer. 1, or 0 if there is none, or a failure. */
static int32_t call_function(extended *self, cu_bytes record) {
  cu_buffer *answer = &self->answer, arguments = { 0 };
  cu_bytes name;
  int32_t outcome = CU_STORE_FAILED;
  restart(answer);
  put_little(answer, 0, 1);
  if (read_call(record, &name, &arguments) && arguments.failed == CU_OK && answer->failed == CU_OK) {
    const cu_function *function = self->functions, *end = function + self->options.function_count;
    while (function < end && !same(name, cu_text(function->name))) function++;
    outcome = function < end && function->call != NULL;
    if (outcome > 0) answer_of(function, cu_view(&arguments), answer);
  }
  if (answer->failed == CU_NO_MEMORY || arguments.failed == CU_NO_MEMORY) outcome = CU_STORE_NO_MEMORY;
  cu_buffer_end(&arguments);
  return outcome;
}
