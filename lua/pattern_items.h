/*
** Part of 'patterns.h': the items of a pattern, which are one character, a class or
** a set. Says whether a character matches an item, and how many in a row do.
*/

/* The kinds of characters, and the kinds of each character. */
enum {
  IS_LOWER = 1, IS_UPPER = 2, IS_DIGIT = 4, IS_PUNCT = 8, IS_SPACE = 16, IS_CNTRL = 32,
  IS_HEX = 64, IS_ZERO = 128
};

static const unsigned char kinds[256] = {
  [0] = IS_CNTRL | IS_ZERO,
  [1 ... 8] = IS_CNTRL, ['\t' ... '\r'] = IS_CNTRL | IS_SPACE, [14 ... 31] = IS_CNTRL,
  [' '] = IS_SPACE, ['!' ... '/'] = IS_PUNCT,
  ['0' ... '9'] = IS_DIGIT | IS_HEX, [':' ... '@'] = IS_PUNCT,
  ['A' ... 'F'] = IS_UPPER | IS_HEX, ['G' ... 'Z'] = IS_UPPER, ['[' ... '`'] = IS_PUNCT,
  ['a' ... 'f'] = IS_LOWER | IS_HEX, ['g' ... 'z'] = IS_LOWER, ['{' ... '~'] = IS_PUNCT,
  [127] = IS_CNTRL
};

/* The kinds of each class, by its letter. */
static const unsigned char classes[32] = {
  ['a' & 31] = IS_LOWER | IS_UPPER,
  ['c' & 31] = IS_CNTRL,
  ['d' & 31] = IS_DIGIT,
  ['g' & 31] = IS_LOWER | IS_UPPER | IS_DIGIT | IS_PUNCT,
  ['l' & 31] = IS_LOWER,
  ['p' & 31] = IS_PUNCT,
  ['s' & 31] = IS_SPACE,
  ['u' & 31] = IS_UPPER,
  ['w' & 31] = IS_LOWER | IS_UPPER | IS_DIGIT,
  ['x' & 31] = IS_HEX,
  ['z' & 31] = IS_ZERO  /* deprecated */
};

/* The kinds of a class; 0 for a character that stands for itself. */
static inline int class_of (int cl) {
  return (kinds[cl] & (IS_LOWER | IS_UPPER)) ? classes[cl & 31] : 0;
}

/* Whether a class has a capital letter, so that it matches all other characters. */
#define is_inverse(cl)	(((cl) & 0x20) == 0)

static inline int match_class (int c, int cl) {
  int class = class_of(cl);
  if (class == 0) return cl == c;
  return ((kinds[c] & class) != 0) != is_inverse(cl);
}


/* The end of the set that begins at 'p'; NULL when the set does not end. */
static const char *set_end (MatchState *ms, const char *p) {
  const char *counted = ++p;
  if (*p == '^') p++;
  do {  /* look for a ']' */
    if (l_unlikely(p - counted >= CU_CHARACTERS_FREE)) {
      cu_charge(ms->L, p - counted);
      counted = p;
    }
    if (l_unlikely(p == ms->p_end))
      return NULL;
    if (*(p++) == L_ESC && p < ms->p_end)
      p++;  /* skip escapes (e.g. '%]') */
  } while (*p != ']');
  return p + 1;
}


static const char *classend (MatchState *ms, const char *p) {
  switch (*p) {
    case L_ESC: {
      if (l_unlikely(p + 1 == ms->p_end))
        luaL_error(ms->L, "malformed pattern (ends with '%%')");
      return p + 2;
    }
    case '[': {
      p = set_end(ms, p);
      if (l_unlikely(p == NULL))
        luaL_error(ms->L, "malformed pattern (missing ']')");
      return p;
    }
    default: {
      return p + 1;
    }
  }
}


static int matchbracketclass (int c, const char *p, const char *ec) {
  int sig = 1;
  if (l_unlikely(ec - p > CU_CHARACTERS_FREE)) cu_spend(ec - p);
  if (*(p+1) == '^') {
    sig = 0;
    p++;  /* skip the '^' */
  }
  while (++p < ec) {
    if (*p == L_ESC) {
      p++;
      if (match_class(c, uchar(*p)))
        return sig;
    }
    else if ((*(p+1) == '-') && (p+2 < ec)) {
      p+=2;
      if (uchar(*(p-2)) <= c && c <= uchar(*p))
        return sig;
    }
    else if (uchar(*p) == c) return sig;
  }
  return !sig;
}


static inline int singlematch (MatchState *ms, const char *s, const char *p,
                               const char *ep) {
  if (s >= ms->src_end)
    return 0;
  else {
    int c = uchar(*s);
    switch (*p) {
      case '.': return 1;  /* matches any char */
      case L_ESC: return match_class(c, uchar(*(p+1)));
      case '[': return matchbracketclass(c, p, ep-1);
      default:  return (uchar(*p) == c);
    }
  }
}


/* Repeats while 'test' holds for the character at 's'. */
#define run_while(test,cost) { \
  for (; s < ms->src_end && (test); s++) \
    if (((s - from + 1) & 255) == 0) cu_charge(ms->L, 256 * (cost)); \
  break; }

/* How many characters from 's' on match an item; with 'other' 1, how many do not match. */
static inline __attribute__((always_inline))
ptrdiff_t run_length (MatchState *ms, const char *s, const char *p,
                      const char *ep, int other, int cost) {
  const char *from = s;
  int c = uchar(*p);
  switch (c) {
    case '.': {
      if (!other) {
        s = ms->src_end;
        cu_charge(ms->L, ((s - from) & ~(ptrdiff_t)255) * cost);
      }
      break;
    }
    case '[':
      run_while(matchbracketclass(uchar(*s), p, ep - 1) != other, cost);
    case L_ESC: {
      int class;
      c = uchar(*(p + 1));
      class = class_of(c);
      if (class != 0) {
        int not = is_inverse(c) != other;
        run_while(((kinds[uchar(*s)] & class) != 0) != not, cost);
      }
    }  /* FALLTHROUGH */
    default:
      run_while((uchar(*s) == c) != other, cost);
  }
  return s - from;
}
