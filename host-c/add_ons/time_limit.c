/*
 * The time limit of a compute, over all its parts, and what it waits between them included: a part of cu_host.c.
 *
 * Invariant: a compute that waits has its watch in `waiting` until it ended, so what goes on has the time that was left, whatever the options are by then.
 */
static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_over_time(stopwatch watch) { return watch.limit > 0 && milliseconds() - watch.begun >= watch.limit; }

/* The words of a time limit; `room` is enough for them. */
static const char *time_limit_words(stopwatch watch, char *words, size_t room) {
  snprintf(words, room, "the time limit of %lld ms is over", (long long)watch.limit);
  return words;
}

static void answer_record(cu_buffer *record, int64_t ticket, unsigned answer, cu_bytes values) {
  restart(record);
  put(record, CU_CALL_SIGNATURE, strlen(CU_CALL_SIGNATURE));
  put_little(record, CU_CALL_VERSION | CU_CALL_ANSWER << 8, 2);
  put_little(record, (uint64_t)ticket, 8);
  put_little(record, answer, 1);
  put(record, values.at, values.length);
}

/* The ticket of an answer record, for which a compute waits; 0 if the code is none. `answer` is its kind. */
static int64_t ticket_of(const uint8_t *code, size_t length, unsigned *answer) {
  size_t head = strlen(CU_CALL_SIGNATURE);
  if (length < head + 11 || memcmp(code, CU_CALL_SIGNATURE, head) != 0 || code[head + 1] != CU_CALL_ANSWER) return 0;
  *answer = code[head + 10];
  return (int64_t)little(code + head + 2, 8);
}

static stopwatch *watch_of(extended *self, int64_t ticket) {
  for (size_t i = 0; ticket != 0 && i < self->waiting_count; i++) if (self->waiting[i].ticket == ticket) return &self->waiting[i];
  return NULL;
}

/* The watch of the call that begins. Room for it is made now, since nothing may fail when the compute waits. */
static bool start_watch(extended *self, int64_t ticket) {
  const stopwatch *known = watch_of(self, ticket);
  self->watch = known != NULL ? *known : (stopwatch){ 0, milliseconds(), self->options.time_limit };
  if (self->waiting_count < self->waiting_room) return true;
  size_t room = self->waiting_room * 2 + 4;
  stopwatch *waiting = cu_allocate(self->waiting, room * sizeof *waiting);
  if (waiting == NULL) return false;
  self->waiting = waiting, self->waiting_room = room;
  return true;
}

/* After a call: a compute that waits keeps its watch under its new ticket. One whose answer the module did not take waits under the old one. */
static void stop_watch(extended *self, int64_t ticket, cu_status status, int64_t waits_for) {
  stopwatch *known = watch_of(self, ticket);
  if (known != NULL && status != CU_NO_CODE_ROOM && !self->waits) *known = self->waiting[--self->waiting_count];
  if (waits_for == 0 || self->watch.limit == 0) return;
  self->watch.ticket = waits_for;
  self->waiting[self->waiting_count++] = self->watch;
}
