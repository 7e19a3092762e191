/*
 * Units: what is changed in a turn of a store stays, or is undone, as a whole: a part of cu_host.c.
 *
 * Invariant: a turn that began a unit has ended it.
 */
/* A store that cannot roll back keeps what there is: its unit ends all the same. */
static int32_t unit_end(cu_store *store, bool undo) {
  if (undo && store->rollback != NULL) return store->rollback(store);
  return store->commit != NULL ? store->commit(store) : CU_OK;
}

static cu_status unit_begin(cu_instance *instance) {
  extended *self = extended_of(instance);
  cu_store *store = instance->store;
  int32_t begun = store->begin != NULL ? store->begin(store) : CU_OK;
  if (begun < 0) return store_failed(instance, begun, "when a unit began");
  self->runs = true;
  self->epoch += store->changes - self->seen;
  self->class_name[0] = 0;
  self->waits = false;
  restart(&self->value);
  return CU_OK;
}

/* Ends the unit as `status` wants it, and answers what has come of the call. */
static cu_status unit_ended(cu_instance *instance, cu_status status) {
  extended *self = extended_of(instance);
  cu_store *store = instance->store;
  bool by_store = self->options.atomic == CU_BY_STORE && (status == CU_LUA_ERROR || status == CU_HOST_ERROR);
  bool undo = (instance->is_over || by_store) && store->rollback != NULL;
  int32_t ended = unit_end(store, undo);
  if (ended < 0) {
    char answer[24];
    snprintf(answer, sizeof answer, "it answered %d", ended);
    status = over(instance, CU_COMMIT_ERROR, undo ? "the store did not undo the changes: " : "the store did not keep the changes: ", answer);
    instance->error.answered = ended;
  }
  self->seen = store->changes;
  self->runs = false;
  if (self->stop_was_seen) atomic_store(&self->stop, self->stop_was_seen = false);
  return status;
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
