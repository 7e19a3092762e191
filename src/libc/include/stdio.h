/* snprintf is the only function here that is linked. The files are declared for luaL_loadfilex, which is never
   called and therefore dropped by the linker. */
#pragma once
#include <stddef.h>
#define BUFSIZ 1024
#define EOF (-1)
#define L_tmpnam 20
typedef struct cu_no_file FILE;
extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
int snprintf(char *restrict, size_t, const char *restrict, ...) __attribute__((format(printf, 3, 4)));

int fclose(FILE *);
int feof(FILE *);
int ferror(FILE *);
int fflush(FILE *);
char *fgets(char *restrict, int, FILE *restrict);
FILE *fopen(const char *restrict, const char *restrict);
int fprintf(FILE *restrict, const char *restrict, ...);
size_t fread(void *restrict, size_t, size_t, FILE *restrict);
FILE *freopen(const char *restrict, const char *restrict, FILE *restrict);
size_t fwrite(const void *restrict, size_t, size_t, FILE *restrict);
int getc(FILE *);
int remove(const char *);
int rename(const char *, const char *);
char *tmpnam(char *);
int ungetc(int, FILE *);
