/*
** Part of 'lstrlib.c': finds whether a pattern matches at a place of a text, and
** what it captures. The rules and the errors are Lua's. It replaces Lua's own
** matcher ('patches/13-patterns.patch') for two reasons.
**
** It charges for what it reads of the pattern and of the text, so the budget can
** stop it at any point. And it is faster: in Lua's matcher, calling 'match' for each
** place of the text and each length of a repetition took most of the time. So:
**
** - Places where the first item of the pattern does not match are skipped without
**   an attempt ('find_start').
** - A repetition looks at its item once, not at each character ('run_length').
** - After a repetition or a capture, 'match' is not called if the pattern ends there
**   or goes on with a character that the text does not have ('rest', 'follower').
**
** Each of these charges as much as the attempt that it saves.
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
  int attempt;  /* the charge for an attempt that fails at the first item */
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


#include "pattern_items.h"


/*
** {==================================================================
** Where a match may begin, and what comes after a part
** ===================================================================
*/

/* Finds the item that every match begins with. Errors of the pattern are left to 'match'. */
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


/* The only character with which a match of the pattern at 'p' can begin; -1 if there are several. */
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

static const char *lmemfind (const char *s1, size_t l1,
                               const char *s2, size_t l2) {
  if (l2 == 0) return s1;  /* empty strings are everywhere */
  else if (l2 > l1) return NULL;  /* avoids a negative 'l1' */
  else {
    const char *init;  /* to search for a '*s2' inside 's1' */
    l2--;  /* 1st char will be checked by 'memchr' */
    l1 = l1-l2;  /* 's2' cannot be found after that */
    while (l1 > 0 && (init = (const char *)memchr(s1, *s2, l1)) != NULL) {
      init++;   /* 1st char is already checked */
      if (cu_used_up(CU_COST_ITEM))
        return NULL;  /* raised when the function returns */
      if (memcmp(init, s2+1, l2) == 0)
        return init-1;
      else {  /* correct 'l1' and 's1' to try again */
        l1 -= init-s1;
        s1 = init;
      }
    }
    return NULL;  /* not found */
  }
}


/*
** get information about the i-th capture. If there are no captures
** and 'i==0', return information about the whole match, which
** is the range 's'..'e'. If the capture is a string, return
** its length and put its address in '*cap'. If it is an integer
** (a position), push it on the stack and return CAP_POSITION.
*/
static size_t get_onecapture (MatchState *ms, int i, const char *s,
                              const char *e, const char **cap) {
  if (i >= ms->level) {
    if (l_unlikely(i != 0))
      luaL_error(ms->L, "invalid capture index %%%d", i + 1);
    *cap = s;
    return e - s;
  }
  else {
    ptrdiff_t capl = ms->capture[i].len;
    *cap = ms->capture[i].init;
    if (l_unlikely(capl == CAP_UNFINISHED))
      luaL_error(ms->L, "unfinished capture");
    else if (capl == CAP_POSITION)
      lua_pushinteger(ms->L, (ms->capture[i].init - ms->src_init) + 1);
    return capl;
  }
}


/*
** Push the i-th capture on the stack.
*/
static void push_onecapture (MatchState *ms, int i, const char *s,
                                                    const char *e) {
  const char *cap;
  ptrdiff_t l = get_onecapture(ms, i, s, e, &cap);
  if (l != CAP_POSITION)
    lua_pushlstring(ms->L, cap, l);
  /* else position was already pushed */
}


static int push_captures (MatchState *ms, const char *s, const char *e) {
  int i;
  int nlevels = (ms->level == 0 && s) ? 1 : ms->level;
  luaL_checkstack(ms->L, nlevels, "too many captures");
  for (i = 0; i < nlevels; i++)
    push_onecapture(ms, i, s, e);
  return nlevels;  /* number of strings pushed */
}


/* check whether pattern has no special characters */
static int nospecials (const char *p, size_t l) {
  size_t upto = 0;
  do {
    if (strpbrk(p + upto, SPECIALS))
      return 0;  /* pattern has a special character */
    upto += strlen(p + upto) + 1;  /* may have more after \0 */
  } while (upto <= l);
  return 1;  /* no special chars found */
}


static void prepstate (MatchState *ms, lua_State *L,
                       const char *s, size_t ls, const char *p, size_t lp) {
  ms->L = L;
  ms->src_init = s;
  ms->src_end = s + ls;
  ms->p_end = p + lp;
  prepare_first(ms, p);
}


static void reprepstate (MatchState *ms) {
  ms->matchdepth = MAXCCALLS;
  ms->level = 0;
}
