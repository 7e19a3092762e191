/* Collections and figures of memory: a part of cu_host.c. */
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
