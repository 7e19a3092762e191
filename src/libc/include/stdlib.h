/* strtod is linked, and abort, which traps. The allocator and the process functions are declared for code that is
   never called and therefore dropped by the linker. */
#pragma once
#include <stddef.h>
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
_Noreturn void abort(void);
double strtod(const char *restrict, char **restrict);
int abs(int);

_Noreturn void exit(int);
void free(void *);
char *getenv(const char *);
void *realloc(void *, size_t);
int system(const char *);
