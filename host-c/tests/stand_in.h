/*
 * An engine without a module: memory, and an answer for each export. Tests put there what no module would answer, and call the imports by themselves.
 */
#ifndef TESTS_STAND_IN_H
#define TESTS_STAND_IN_H

#include <string.h>

#include "../cu_host.h"

enum { STAND_IN_BYTES = 4 * 65536, STAND_IN_BUFFER = 65536, STAND_IN_FREE = 2 * 65536 };

static struct {
  uint8_t memory[STAND_IN_BYTES];
  size_t size;                 /* of memory, as the engine says */
  uint32_t answers[CU_EXPORTS]; /* of each export */
  bool traps, is_loaded_never;
  void *context;
  void (*during)(void *context, cu_export which); /* what an export does, if not NULL */
} stand_in;

static void stand_in_reset(void) {
  memset(&stand_in, 0, sizeof stand_in);
  stand_in.size = STAND_IN_BYTES;
  stand_in.answers[CU_EXPORT_BUFFER] = STAND_IN_BUFFER;
  stand_in.answers[CU_EXPORT_BUFFER_SIZE] = CU_IO_BUFFER_BYTES;
  stand_in.answers[CU_EXPORT_ALLOCATE] = STAND_IN_FREE;
}

static bool stand_in_load(void *code, cu_bytes wasm, char *problem) {
  (void)code, (void)wasm;
  strcpy(problem, "this engine takes nothing");
  return !stand_in.is_loaded_never;
}

static void stand_in_unload(void *code) { (void)code; }
static bool stand_in_start(void *machine, void *code, void *context, char *problem) { return (void)machine, (void)code, (void)problem, stand_in.context = context, true; }
static void stand_in_end(void *machine) { (void)machine; }
static uint8_t *stand_in_memory(void *machine, size_t *size) { return (void)machine, *size = stand_in.size, stand_in.memory; }

static bool stand_in_call(void *machine, cu_export which, const uint32_t *words, uint32_t *answer, char *problem) {
  (void)machine, (void)words;
  if (stand_in.during != NULL) stand_in.during(stand_in.context, which);
  strcpy(problem, "unreachable");
  if (cu_exports[which].answers > 0) *answer = stand_in.answers[which];
  return !stand_in.traps;
}

static const uint8_t stand_in_file[] = "\0asm\1\0\0\0\0\x28\2cu{\"version\":\"1\",\"abi\":1,\"features\":[]}";

static const cu_engine stand_in_engine = { "stand-in", { stand_in_file, sizeof stand_in_file - 1 }, false, 0, 0, stand_in_load, stand_in_unload, stand_in_start, stand_in_end,
  stand_in_memory, stand_in_call };

#endif
