/* An instance with what hangs on it: a part of cu_host.c. */
typedef struct stopwatch {
  int64_t ticket;       /* of the compute, while it waits */
  int64_t begun, limit; /* milliseconds; limit 0: none */
} stopwatch;

typedef struct extended {
  cu_instance core; /* first */
  cu_store control; /* table 0 */

  /* options, and what comes of them */
  cu_options options;
  cu_function *functions; /* a copy, names behind it */
  cu_buffer config;       /* the answer to get(0, "config") */
  size_t epoch_at;        /* where the number is in it */
  uint64_t epoch, seen;   /* how often others changed the store; how often anyone did, up to the last call */
  atomic_bool stop;       /* another thread wants the script to end */
  stopwatch watch;        /* of the call that runs */
  stopwatch *waiting;     /* of computes that wait and have a limit */
  size_t waiting_count, waiting_room;

  /* of a call; runs: from its beginning to its end */
  /* A record is made of what the caller has from the call before, so it shares no buffer with that. */
  cu_buffer record, arguments, answer, reason, value; /* value, class_name, waits: of the event `error` */
  uint8_t id[4]; /* the key of table 0 that was told last */
  char class_name[16];
  bool runs, waits, stop_was_seen;
  max_align_t machine[]; /* room for the engine's */
} extended;

static extended *extended_of(cu_instance *instance) { return (extended *)instance; }

/* A call that needs no turn is refused inside of another all the same. */
static cu_status not_inside(cu_instance *instance) {
  if (!extended_of(instance)->runs) return CU_OK;
  return fail(&instance->error, CU_BUSY, "the instance runs: this call comes from inside of another");
}
