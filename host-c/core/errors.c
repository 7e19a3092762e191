/*
 * What went wrong, in words, and whose error it is: a part of cu_host.c.
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

/* Whether the message says that one of the failures of this call ended the script; then which. */
static int32_t failure_of(const cu_instance *instance, cu_bytes message) {
  unsigned most = sizeof instance->failures / sizeof *instance->failures, count = instance->failure_count < most ? instance->failure_count : most;
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
  strcpy(error->class_name, instance->class_name);
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
