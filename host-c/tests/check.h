/* A check says where it failed and with what, and the program goes on; `finish` is its end. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>

static int checks, failures;

#define CHECK(is_right, ...) \
  do { \
    checks++; \
    if (!(is_right)) failures++, printf("%s:%d: %s: ", __FILE__, __LINE__, #is_right), printf(__VA_ARGS__), printf("\n"); \
  } while (0)

static inline int finish(const char *name) {
  printf("%s: %d checks, %d failed\n", name, checks, failures);
  return failures > 0 || checks == 0;
}

#endif
