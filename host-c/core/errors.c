/*
 * What went wrong, in words, and whose error it is: a part of the core.
 *
 * Invariant: a failure of the store is the host's own only if the message of the error ends with what the store answered in this call.
 */
const cu_error *cu_failure(const cu_instance *instance) { return &instance->error; }

static cu_status over(cu_instance *instance, cu_status status, const char *what, const char *why) {
  instance->is_over = true;
  return fail(&instance->error, status, "%s%s", what, why);
}

static cu_status store_failed(cu_instance *instance, int32_t answer, const char *when) {
  fail(&instance->error, CU_STORE_ERROR, "the store failed %s: it answered %d", when, answer);
  instance->error.answered = answer;
  return CU_STORE_ERROR;
}

static cu_status malformed(cu_error *error, const char *what, size_t at) {
  fail(error, CU_MALFORMED, "%s are malformed at byte %zu", what, at);
  error->at = at;
  return CU_MALFORMED;
}

/* Which of the failures of this call ended the script, as the message says; 0 if none did. */
static int32_t failure_of(const cu_instance *instance, cu_bytes message) {
  unsigned most = sizeof instance->failures / sizeof *instance->failures;
  for (unsigned i = 0; i < instance->failure_count && i < most; i++) {
    char end[80];
    int32_t answer = instance->failures[i];
    size_t length = (size_t)snprintf(end, sizeof end, ": it answered %d%s", answer, answer == CU_RATE_EXCEEDED ? ", too many operations a second" : "");
    if (message.length >= length && memcmp(message.at + message.length - length, end, length) == 0) return answer;
  }
  return 0;
}

/* The error of a compute, from its text, which is in the response. */
static cu_status failed(cu_instance *instance) {
  static const char mark[] = "\nstack traceback:\n";
  cu_bytes text = cu_view(&instance->response);
  size_t length = sizeof mark - 1, end = text.length >= length ? text.length - length + 1 : 0;
  while (end > 0 && memcmp(text.at + end - 1, mark, length) != 0) end--;
  cu_bytes message = { text.at, end > 0 ? end - 1 : text.length };
  int32_t answered = failure_of(instance, message);
  cu_error *error = &instance->error;
  fail(error, answered != 0 ? CU_HOST_ERROR : CU_LUA_ERROR, "%.*s", (int)(message.length < 400 ? message.length : 400), message.length > 0 ? (const char *)message.at : "");
  error->answered = answered, error->text = text, error->message = message;
  if (end > 0) error->traceback = (cu_bytes){ text.at + end, text.length - end };
  return error->status;
}
