/* Seconds since 1970 in UTC, the only time zone; clock() counts milliseconds. */
#pragma once
#include <stddef.h>
#define CLOCKS_PER_SEC 1000000
typedef long long time_t;
typedef long long clock_t;
struct tm {
  int tm_sec;   /* 0 to 60 */
  int tm_min;   /* 0 to 59 */
  int tm_hour;  /* 0 to 23 */
  int tm_mday;  /* 1 to 31 */
  int tm_mon;   /* 0 to 11 */
  int tm_year;  /* years since 1900 */
  int tm_wday;  /* 0 to 6, Sunday is 0 */
  int tm_yday;  /* 0 to 365 */
  int tm_isdst; /* always 0 */
};
clock_t clock(void);
double difftime(time_t, time_t);
struct tm *gmtime(const time_t *);
struct tm *localtime(const time_t *);
time_t mktime(struct tm *);
size_t strftime(char *restrict, size_t, const char *restrict, const struct tm *restrict);
time_t time(time_t *);
