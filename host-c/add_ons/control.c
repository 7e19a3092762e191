/*
 * Table 0, the control channel: configuration, clock, functions of the host, events, stopping, and which tables have keys: a part of cu_host.c.
 *
 * Invariant: it is a store, so imports are answered from it as from any other, and nothing of it reaches the store.
 */
static extended *of_control(cu_store *control) { return (extended *)(void *)((char *)control - offsetof(extended, control)); }

/* The epoch is how often others changed the store. */
static cu_bytes config_now(extended *self) {
  if (self->epoch_at > 0) write_little(self->config.at + self->epoch_at, self->epoch & INT64_MAX, 8);
  return cu_view(&self->config);
}

void cu_stop(cu_instance *instance) { atomic_store(&extended_of(instance)->stop, true); }

/* Why the script that runs is to end; NULL if it is not. */
static const char *stop_reason(extended *self, char *words, size_t room) {
  if (atomic_load(&self->stop)) return self->stop_was_seen = true, "stopped";
  if (is_over_time(self->watch)) return time_limit_words(self->watch, words, room);
  return self->options.on_tick != NULL ? self->options.on_tick(self->options.context) : NULL;
}

static int32_t control_get(cu_store *control, uint32_t table, cu_bytes key, cu_bytes *value) {
  extended *self = of_control(control);
  char words[64];
  cu_buffer *reason = &self->reason;
  (void)table;
  restart(reason);
  if (same(key, cu_text(CU_KEY_CONFIG))) return *value = config_now(self), 1;
  if (same(key, cu_text(CU_KEY_ANSWER))) return *value = cu_view(&self->answer), self->answer.length > 0;
  if (same(key, cu_text(CU_KEY_NOW)) && self->options.now != NULL) {
    cu_put_float(reason, self->options.now(self->options.context));
  } else if (same(key, cu_text(CU_KEY_TICK))) {
    const char *why = stop_reason(self, words, sizeof words);
    if (why != NULL) cu_put_string(reason, why, strlen(why) < 512 ? strlen(why) : 512);
  } else if (key.length > 3 && memcmp(key.at, CU_CALL_SIGNATURE, 3) == 0) {
    int32_t outcome = call_function(self, key);
    return *value = cu_view(&self->answer), outcome;
  }
  *value = cu_view(reason);
  return reason->failed != CU_OK ? CU_STORE_NO_MEMORY : reason->length > 0;
}

static void keep_error(extended *self, cu_value event) {
  cu_value field;
  restart(&self->value);
  if (cu_field(event, CU_FIELD_CLASS, &field) && field.bytes.length < sizeof self->class_name) {
    memcpy(self->class_name, field.bytes.at, field.bytes.length);
    self->class_name[field.bytes.length] = 0;
  }
  if (cu_field(event, CU_FIELD_VALUE, &field)) put(&self->value, field.whole.at, field.whole.length);
  if (self->value.failed != CU_OK) restart(&self->value);
  self->waits = cu_field(event, CU_FIELD_WAITS, &field) && field.boolean;
}

/* Events; anything else is ignored. */
static int32_t control_set(cu_store *control, uint32_t table, cu_bytes key, cu_bytes value) {
  extended *self = of_control(control);
  cu_value event, kind;
  (void)table;
  if (!same(key, cu_text(CU_KEY_EVENT)) || cu_check(value, CU_ONE, NULL) != CU_OK || !cu_next(&value, &event)) return CU_OK;
  if (!cu_field(event, CU_FIELD_KIND, &kind)) return CU_OK;
  for (unsigned i = 0; i < EVENT_KINDS; i++) {
    if (!cu_is_text(kind, event_kinds[i])) continue;
    if (1u << i == CU_WANT_ERROR) keep_error(self, event);
    if (self->options.on_event != NULL && (self->options.events & 1u << i)) self->options.on_event(self->options.context, event);
  }
  return CU_OK;
}

static int32_t control_remove(cu_store *control, uint32_t table, cu_bytes key) { return (void)control, (void)table, (void)key, CU_OK; }

static int32_t control_size(cu_store *control, uint32_t table, uint64_t *keys) { return (void)control, (void)table, *keys = 0, CU_OK; }

/* The ids of tables with keys, for a collection: four bytes each, most significant first. */
static int32_t control_next(cu_store *control, uint32_t unused, const cu_bytes *after, bool descending, cu_bytes *key) {
  extended *self = of_control(control);
  cu_store *store = self->core.store;
  uint64_t from = 0;
  uint32_t table;
  (void)unused;
  if (store->next_table == NULL) return 0;
  if (descending || (after != NULL && after->length != sizeof self->id)) return CU_STORE_FAILED;
  for (size_t at = 0; after != NULL && at < sizeof self->id; at++) from = from << 8 | after->at[at];
  if (after != NULL && ++from > UINT32_MAX) return 0;
  int32_t answer = store->next_table(store, (uint32_t)from, &table);
  for (int at = 3; answer > 0 && at >= 0; at--, table >>= 8) self->id[at] = (uint8_t)table;
  *key = (cu_bytes){ self->id, sizeof self->id };
  return answer;
}

static const cu_store empty_control = { control_set, control_get, control_remove, control_size, control_next, NULL, NULL, NULL, NULL, NULL, false, 0 };
