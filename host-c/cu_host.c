/*
 * The host: one source to compile, whose parts are in core/. cu_host.h is its manual.
 *
 * Invariants: nothing but `bytes_at` (imports.c) turns a pointer of the module into one of the host. A call of the module is a unit of the store, and
 * nobody else uses that store from its beginning to its end. After a trap an instance answers only CU_OVER.
 */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#endif
#include "cu_host.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/bytes.c"
#include "core/codec.c"
#include "core/memory_store.c"
#include "core/json.c"
#include "core/signatures.c"
#include "core/module.c"

typedef struct stopwatch {
  int64_t ticket;       /* of the compute, while it waits */
  int64_t begun, limit; /* milliseconds; limit 0: none */
} stopwatch;

struct cu_instance {
  cu_module *module;
  cu_store *store;
  void *machine;      /* the engine's */
  uint32_t buffer;    /* address of the I/O buffer */
  bool is_over, runs; /* runs: between turn_begin and turn_end */
  cu_error error;

  /* options, and what comes of them */
  cu_options options;
  cu_function *functions; /* a copy, names behind it */
  cu_buffer config;       /* the answer to get(0, "config") */
  size_t epoch_at;        /* where the number is in it */
  uint64_t own_changes;   /* those of the store's that are of this instance */
  atomic_bool stop;       /* another thread wants the script to end */
  stopwatch watch;        /* of the call that runs */
  stopwatch *waiting;     /* of computes that wait and have a limit */
  size_t waiting_count, waiting_room;

  /* of a call */
  int32_t failures[8]; /* what the store answered, the last ones */
  unsigned failure_count;
  /* A record is made of what the caller has from the call before, so it shares no buffer with that. */
  cu_buffer record, response, arguments, answer, reason, text, value; /* value, class_name, waits: of the event `error` */
  char class_name[16];
  bool waits, stop_was_seen;
};

#include "core/time_limit.c"
#include "core/control.c"
#include "core/imports.c"
#include "core/errors.c"
#include "core/turn.c"
#include "core/instance.c"
#include "core/calls.c"
