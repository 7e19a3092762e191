/* The C locale is the only one; localeconv folds to a constant at compile time. */
#pragma once
#define LC_ALL 0
#define LC_COLLATE 1
#define LC_CTYPE 2
#define LC_MONETARY 3
#define LC_NUMERIC 4
#define LC_TIME 5
struct lconv {
  char *decimal_point;
};
static inline struct lconv *localeconv(void) {
  static struct lconv c_locale = {"."};
  return &c_locale;
}
char *setlocale(int, const char *); /* declared only: os.setlocale is not linked */
