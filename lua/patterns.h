/*
** Part of 'lstrlib.c': whether a pattern matches at a place of a text. The rules,
** and the places and words of the errors, are Lua's; 'patches/13-patterns.patch'
** puts this in the place of Lua's own matcher, for two reasons.
**
** It counts by what is read of the pattern and of the text, and stops in the
** middle. And it is faster: a call of 'match' for each place of the text and for
** each length of a repetition took most of the time. So:
**
** - Places where the first item of the pattern does not match are skipped without
**   an attempt ('find_start').
** - A repetition asks what its item is once, not at each character ('run_length').
** - What follows a repetition or a capture is not called where it is nothing, or
**   begins with a character that is not there ('rest', 'may_follow').
**
** All of these count what the attempt that they save would.
*/

#define CAP_UNFINISHED	(-1)
#define CAP_POSITION	(-2)


typedef struct MatchState {
  const char *src_init;  /* init of source string */
  const char *src_end;  /* end ('\0') of source string */
  const char *p_end;  /* end ('\0') of pattern */
  lua_State *L;
  const char *first;  /* the item that a match begins with, NULL if it needs none */
  const char *first_end;
  int attempt;  /* what an attempt counts that fails at the first item */
  int matchdepth;  /* control for recursive depth (to avoid C stack overflow) */
  unsigned char level;  /* total number of captures (finished or unfinished) */
  struct {
    const char *init;
    ptrdiff_t len;
  } capture[LUA_MAXCAPTURES];
} MatchState;


/* recursive function */
static const char *match (MatchState *ms, const char *s, const char *p);


/* maximum recursion depth for 'match' */
#if !defined(MAXCCALLS)
#define MAXCCALLS	200
#endif


#define L_ESC		'%'
#define SPECIALS	"^$*+?.([%-"


/*
** {==================================================================
** Items: one character, a class or a set
** ===================================================================
*/

/* What kinds of character there are, and which of them each character is. */
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

/* Whether a class by a capital letter, which has all others. */
#define is_inverse(cl)	(((cl) & 0x20) == 0)

static inline int match_class (int c, int cl) {
  int class = class_of(cl);
  if (class == 0) return cl == c;
  return ((kinds[c] & class) != 0) != is_inverse(cl);
}


/* The end of the set that begins at 'p'; NULL when it has none. */
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


/* As long as 'test' holds for the character at 's'. */
#define run_while(test,cost) { \
  for (; s < ms->src_end && (test); s++) \
    if (((s - from + 1) & 255) == 0) cu_charge(ms->L, 256 * (cost)); \
  break; }

/* How many characters from 's' on match an item, or do not when 'other' is 1. */
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

/* }================================================================== */


/*
** {==================================================================
** Where a match may begin, and what comes after a part
** ===================================================================
*/

/* Finds the item that every match begins with. What is wrong with the pattern 'match' says. */
static void prepare_first (MatchState *ms, const char *p) {
  int captures = 0;
  const char *end;
  ms->first = NULL;
  for (; p != ms->p_end && *p == '('; p++)
    if (++captures == LUA_MAXCAPTURES) return;
  if (p == ms->p_end) return;
  switch (*p) {
    case ')': return;
    case '$': case '.':  /* '.' fails at the end only */
      return;
    case L_ESC:
      if (p + 1 == ms->p_end || p[1] == 'b' || p[1] == 'f' || kinds[uchar(p[1])] & IS_DIGIT)
        return;
      end = p + 2;
      break;
    case '[':
      end = set_end(ms, p);
      if (end == NULL) return;
      break;
    default:
      end = p + 1;
  }
  if (*end == '*' || *end == '?' || *end == '-') return;
  ms->first = p;
  ms->first_end = end;
  ms->attempt = (captures + 1) * CU_COST_ITEM;
}


/* The first place from 's' on where a match may begin, or the end. */
static const char *find_start (MatchState *ms, const char *s) {
  if (ms->first != NULL) {
    ptrdiff_t n = run_length(ms, s, ms->first, ms->first_end, 1, ms->attempt);
    cu_charge(ms->L, (n & 255) * ms->attempt);
    s += n;
  }
  return s;
}


/* Matches what is left of the pattern, which may be nothing. */
static inline const char *rest (MatchState *ms, const char *s, const char *p) {
  if (p == ms->p_end && ms->matchdepth != 0) {
    cu_charge(ms->L, CU_COST_ITEM);
    return s;
  }
  return match(ms, s, p);
}


/* The character that has to follow for the pattern at 'p' to match; -1 if there is no single one. */
static inline int follower (MatchState *ms, const char *p) {
  if (p == ms->p_end || ms->matchdepth == 0) return -1;
  switch (*p) {
    case '(': case ')': case '$': case '.': case '[':
      return -1;
    case L_ESC:
      p++;  /* before the end of the pattern, which is a zero */
      if (kinds[uchar(*p)] & (IS_LOWER | IS_UPPER | IS_DIGIT | IS_ZERO)) return -1;
  }
  return (p[1] == '*' || p[1] == '?' || p[1] == '-') ? -1 : uchar(*p);
}

/* }================================================================== */


static int check_capture (MatchState *ms, int l) {
  l -= '1';
  if (l_unlikely(l < 0 || l >= ms->level ||
                 ms->capture[l].len == CAP_UNFINISHED))
    return luaL_error(ms->L, "invalid capture index %%%d", l + 1);
  return l;
}


static int capture_to_close (MatchState *ms) {
  int level = ms->level;
  for (level--; level>=0; level--)
    if (ms->capture[level].len == CAP_UNFINISHED) return level;
  return luaL_error(ms->L, "invalid pattern capture");
}


static const char *matchbalance (MatchState *ms, const char *s,
                                   const char *p) {
  if (l_unlikely(p >= ms->p_end - 1))
    luaL_error(ms->L, "malformed pattern (missing arguments to '%%b')");
  if (*s != *p) return NULL;
  else {
    int b = *p;
    int e = *(p+1);
    int cont = 1;
    while (++s < ms->src_end) {
      cu_charge(ms->L, 1);
      if (*s == e) {
        if (--cont == 0) return s+1;
      }
      else if (*s == b) cont++;
    }
  }
  return NULL;  /* string ends out of balance */
}


static const char *max_expand (MatchState *ms, const char *s,
                                 const char *p, const char *ep) {
  ptrdiff_t i = run_length(ms, s, p, ep, 0, CU_COST_MATCH);  /* counts maximum expand for item */
  int c = follower(ms, ep + 1);
  if (i > CU_COST_ITEM) cu_spend((i & 255) * CU_COST_MATCH);
  /* keeps trying to match with the maximum repetitions */
  for (; i >= 0; i--) {  /* if it didn't match, reduces 1 repetition to try again */
    if (c >= 0 && (s + i >= ms->src_end || uchar(s[i]) != c))
      cu_charge(ms->L, CU_COST_ITEM)
    else {
      const char *res = rest(ms, (s+i), ep+1);
      if (res) return res;
    }
  }
  return NULL;
}


static const char *min_expand (MatchState *ms, const char *s,
                                 const char *p, const char *ep) {
  int c = follower(ms, ep + 1);
  for (;;) {
    if (c >= 0 && (s >= ms->src_end || uchar(*s) != c))
      cu_charge(ms->L, CU_COST_ITEM)
    else {
      const char *res = rest(ms, s, ep+1);
      if (res != NULL) return res;
    }
    if (singlematch(ms, s, p, ep))
      s++;  /* try with one more repetition */
    else return NULL;
  }
}


static const char *start_capture (MatchState *ms, const char *s,
                                    const char *p, int what) {
  const char *res;
  int level = ms->level;
  if (level >= LUA_MAXCAPTURES) luaL_error(ms->L, "too many captures");
  ms->capture[level].init = s;
  ms->capture[level].len = what;
  ms->level = level+1;
  if ((res=rest(ms, s, p)) == NULL)  /* match failed? */
    ms->level--;  /* undo capture */
  return res;
}


static const char *end_capture (MatchState *ms, const char *s,
                                  const char *p) {
  int l = capture_to_close(ms);
  const char *res;
  ms->capture[l].len = s - ms->capture[l].init;  /* close capture */
  if ((res = rest(ms, s, p)) == NULL)  /* match failed? */
    ms->capture[l].len = CAP_UNFINISHED;  /* undo capture */
  return res;
}


static const char *match_capture (MatchState *ms, const char *s, int l) {
  size_t len;
  l = check_capture(ms, l);
  len = ms->capture[l].len;
  if ((size_t)(ms->src_end-s) >= len &&
      memcmp(ms->capture[l].init, s, len) == 0)
    return s+len;
  else return NULL;
}


static const char *match (MatchState *ms, const char *s, const char *p) {
  if (l_unlikely(ms->matchdepth-- == 0))
    luaL_error(ms->L, "pattern too complex");
  const char *start = p;
  cu_charge(ms->L, CU_COST_ITEM);
  init: /* using goto to optimize tail recursion */
  if (p != ms->p_end) {  /* end of pattern? */
    switch (*p) {
      case '(': {  /* start capture */
        if (*(p + 1) == ')')  /* position capture? */
          s = start_capture(ms, s, p + 2, CAP_POSITION);
        else
          s = start_capture(ms, s, p + 1, CAP_UNFINISHED);
        break;
      }
      case ')': {  /* end capture */
        s = end_capture(ms, s, p + 1);
        break;
      }
      case '$': {
        if ((p + 1) != ms->p_end)  /* is the '$' the last char in pattern? */
          goto dflt;  /* no; go to default */
        s = (s == ms->src_end) ? s : NULL;  /* check end of string */
        break;
      }
      case L_ESC: {  /* escaped sequences not in the format class[*+?-]? */
        switch (*(p + 1)) {
          case 'b': {  /* balanced string? */
            s = matchbalance(ms, s, p + 2);
            if (s != NULL) {
              p += 4; goto init;  /* return match(ms, s, p + 4); */
            }  /* else fail (s == NULL) */
            break;
          }
          case 'f': {  /* frontier? */
            const char *ep; char previous;
            p += 2;
            if (l_unlikely(*p != '['))
              luaL_error(ms->L, "missing '[' after '%%f' in pattern");
            ep = classend(ms, p);  /* points to what is next */
            previous = (s == ms->src_init) ? '\0' : *(s - 1);
            if (!matchbracketclass(uchar(previous), p, ep - 1) &&
               matchbracketclass(uchar(*s), p, ep - 1)) {
              p = ep; goto init;  /* return match(ms, s, ep); */
            }
            s = NULL;  /* match failed */
            break;
          }
          case '0': case '1': case '2': case '3':
          case '4': case '5': case '6': case '7':
          case '8': case '9': {  /* capture results (%0-%9)? */
            s = match_capture(ms, s, uchar(*(p + 1)));
            if (s != NULL) {
              p += 2; goto init;  /* return match(ms, s, p + 2) */
            }
            break;
          }
          default: goto dflt;
        }
        break;
      }
      default: dflt: {  /* pattern class plus optional suffix */
        const char *ep = classend(ms, p);  /* points to optional suffix */
        /* does not match at least once? */
        if (!singlematch(ms, s, p, ep)) {
          if (*ep == '*' || *ep == '?' || *ep == '-') {  /* accept empty? */
            p = ep + 1; goto init;  /* return match(ms, s, ep + 1); */
          }
          else  /* '+' or no suffix */
            s = NULL;  /* fail */
        }
        else {  /* matched once */
          switch (*ep) {  /* handle optional suffix */
            case '?': {  /* optional */
              const char *res;
              if ((res = match(ms, s + 1, ep + 1)) != NULL)
                s = res;
              else {
                p = ep + 1; goto init;  /* else return match(ms, s, ep + 1); */
              }
              break;
            }
            case '+':  /* 1 or more repetitions */
              s++;  /* 1 match already done */
              /* FALLTHROUGH */
            case '*':  /* 0 or more repetitions */
              s = max_expand(ms, s, p, ep);
              break;
            case '-':  /* 0 or more repetitions (minimum) */
              s = min_expand(ms, s, p, ep);
              break;
            default:  /* no suffix */
              s++; p = ep;
              if (l_unlikely(p - start > 256)) {
                cu_charge(ms->L, p - start);
                start = p;
              }
              goto init;  /* return match(ms, s + 1, ep); */
          }
        }
        break;
      }
    }
  }
  if (l_unlikely(p - start > CU_COST_ITEM)) cu_spend(p - start);
  ms->matchdepth++;
  return s;
}
