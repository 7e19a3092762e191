/*
 * Turns and units: a part of cu_host.c.
 *
 * Invariant: from turn_begin to turn_end nobody else uses the store, and what is changed is one unit of it.
 */
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
    return store_failed(instance, begun, "when a unit began");
  }
  instance->runs = true;
  instance->failure_count = 0;
  instance->class_name[0] = 0;
  instance->waits = false;
  restart(&instance->value);
  return CU_OK;
}

/* A store that cannot roll back keeps what there is: its unit ends all the same. */
static int32_t unit_end(cu_store *store, bool undo) {
  if (undo && store->rollback != NULL) return store->rollback(store);
  return store->commit != NULL ? store->commit(store) : CU_OK;
}

/* Ends the unit as `status` wants it, and answers what has come of the call. */
static cu_status turn_end(cu_instance *instance, cu_status status) {
  cu_store *store = instance->store;
  bool by_store = instance->options.atomic == CU_BY_STORE && (status == CU_LUA_ERROR || status == CU_HOST_ERROR);
  bool undo = (instance->is_over || by_store) && store->rollback != NULL;
  int32_t ended = unit_end(store, undo);
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
