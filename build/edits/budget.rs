//! Where Lua's C spends the budget of a run: `src/budget.rs`, and "Budget" in `src/lua/inside.h`.
//!
//! `cu_turn` and `cu_charge` raise when nothing is left, `cu_spend` only counts: what ends soon by itself needs no more.

use super::Edit;

const CATCHER: &str = "whoever catches the error of a used up budget raises it again";
const AT_ONCE: &str = "work in proportion to a length";
const LOOP: &str = "a loop that a script can make as long as it likes";

pub const EDITS: &[Edit] = &[
    Edit {
        file: "lvm.c",
        reason: "a turn of a loop counts the instructions of its body, and is where a run stops",
        from: "#define dojump(ci,i,e)\t{ pc += GETARG_sJ(i) + e; updatetrap(ci); }\n",
        to: "#define dojump(ci,i,e)\t{ int to = GETARG_sJ(i) + e; if (to < 0) cu_turn(ci, -to); pc += to; updatetrap(ci); }\n",
    },
    Edit {
        file: "lvm.c",
        reason: "as above",
        from: "          chgivalue(s2v(ra + 1), count - 1);  /* update counter */\n",
        to: "          cu_turn(ci, GETARG_Bx(i));\n          chgivalue(s2v(ra + 1), count - 1);  /* update counter */\n",
    },
    Edit {
        file: "lvm.c",
        reason: "as above",
        from: "        else if (floatforloop(ra))  /* float loop */\n          pc -= GETARG_Bx(i);  /* jump back */\n",
        to: "        else if (floatforloop(ra)) {  /* float loop */\n          cu_turn(ci, GETARG_Bx(i));\n          \
             pc -= GETARG_Bx(i);  /* jump back */\n        }\n",
    },
    Edit {
        file: "lvm.c",
        reason: "as above",
        from: "          setobjs2s(L, ra + 2, ra + 4);  /* save control variable */\n",
        to: "          cu_turn(ci, GETARG_Bx(i));\n          setobjs2s(L, ra + 2, ra + 4);  /* save control variable */\n",
    },
    Edit {
        file: "ldo.c",
        reason: "a call counts the instructions of the function, once",
        from: "      checkstackGCp(L, fsize, func);\n",
        to: "      cu_charge(L, p->sizecode);\n      checkstackGCp(L, fsize, func);\n",
    },
    Edit {
        file: "ldo.c",
        reason: "as above",
        from: "      checkstackGCp(L, fsize - delta, func);\n",
        to: "      cu_charge(L, p->sizecode + narg1);\n      checkstackGCp(L, fsize - delta, func);\n",
    },
    Edit {
        file: "ldo.c",
        reason: "a call of a C function takes about as long",
        from: "  checkstackGCp(L, LUA_MINSTACK, func);  /* ensure minimum stack size */\n",
        to: "  cu_charge(L, 8);\n  checkstackGCp(L, LUA_MINSTACK, func);  /* ensure minimum stack size */\n",
    },
    Edit {
        file: "ldo.c",
        reason: AT_ONCE,
        from: "  firstresult = L->top.p - nres;  /* index of first result */\n",
        to: "  cu_spend(nres);\n  firstresult = L->top.p - nres;  /* index of first result */\n",
    },
    Edit {
        file: "ltm.c",
        reason: AT_ONCE,
        from: "  for (i = 0; i < wanted && i < nextra; i++)\n",
        to: "  cu_spend(wanted);\n  for (i = 0; i < wanted && i < nextra; i++)\n",
    },
    Edit {
        file: "lvm.c",
        reason: AT_ONCE,
        from: "        last += n;\n        if (TESTARG_k(i)) {\n",
        to: "        last += n;\n        cu_spend(n);\n        if (TESTARG_k(i)) {\n",
    },
    Edit {
        file: "lvm.c",
        reason: "a chain of metatables is followed within one instruction",
        from: "    t = tm;  /* else try to access 'tm[key]' */\n",
        to: "    cu_spend(8);\n    t = tm;  /* else try to access 'tm[key]' */\n",
    },
    Edit {
        file: "lvm.c",
        reason: "as above",
        from: "    t = tm;  /* else repeat assignment over 'tm' */\n",
        to: "    cu_spend(8);\n    t = tm;  /* else repeat assignment over 'tm' */\n",
    },
    Edit {
        file: "lvm.c",
        reason: AT_ONCE,
        from: "  size_t rl2 = tsslen(ts2);\n  for (;;) {  /* for each segment */\n",
        to: "  size_t rl2 = tsslen(ts2);\n  cu_spend((rl1 < rl2 ? rl1 : rl2) >> 1);\n  for (;;) {  /* for each segment */\n",
    },
    Edit {
        file: "lvm.c",
        reason: AT_ONCE,
        from: "    TString *st = tsvalue(obj);\n    return (luaO_str2num(",
        to: "    TString *st = tsvalue(obj);\n    cu_spend(tsslen(st) << 1);\n    return (luaO_str2num(",
    },
    Edit {
        file: "lobject.c",
        reason: "a number becomes text",
        from: "  int len;\n  lua_assert(ttisnumber(obj));\n  if (ttisinteger(obj))\n",
        to: "  int len;\n  lua_assert(ttisnumber(obj));\n  cu_spend(32);\n  if (ttisinteger(obj))\n",
    },
    Edit {
        file: "lstring.c",
        reason: AT_ONCE,
        from: "  size_t len = a->u.lnglen;\n  lua_assert(a->tt == LUA_VLNGSTR && b->tt == LUA_VLNGSTR);\n",
        to: "  size_t len = a->u.lnglen;\n  lua_assert(a->tt == LUA_VLNGSTR && b->tt == LUA_VLNGSTR);\n  cu_spend(len >> 3);\n",
    },
    Edit {
        file: "lstring.c",
        reason: AT_ONCE,
        from: "    size_t len = ts->u.lnglen;\n    ts->hash = luaS_hash(",
        to: "    size_t len = ts->u.lnglen;\n    cu_spend(len);\n    ts->hash = luaS_hash(",
    },
    Edit {
        file: "lstring.c",
        reason: AT_ONCE,
        from: "  TString *ts = createstrobj(L, l, LUA_VLNGSTR, G(L)->seed);\n",
        to: "  TString *ts = createstrobj(L, l, LUA_VLNGSTR, G(L)->seed);\n  cu_spend(32 + (l >> 3));\n",
    },
    Edit {
        file: "lstring.c",
        reason: "a string is made or found; many of one hash make a long list",
        from: "  lua_assert(str != NULL);  /* otherwise 'memcmp'/'memcpy' are undefined */\n  \
               for (ts = *list; ts != NULL; ts = ts->u.hnext) {\n",
        to: "  int far = 0;\n  cu_spend(8);\n  for (ts = *list; ts != NULL; ts = ts->u.hnext) {\n    if (++far > CU_NEAR) cu_spend(2);\n",
    },
    Edit {
        file: "ltable.c",
        reason: "a table is made",
        from: "  GCObject *o = luaC_newobj(L, LUA_VTABLE, sizeof(Table));\n",
        to: "  GCObject *o = luaC_newobj(L, LUA_VTABLE, sizeof(Table));\n  cu_spend(16);\n",
    },
    Edit {
        file: "lstate.c",
        reason: "a coroutine is made",
        from: "  luaC_checkGC(L);\n  /* create new thread */\n",
        to: "  luaC_checkGC(L);\n  cu_spend(256);\n  /* create new thread */\n",
    },
    Edit {
        file: "ltable.c",
        reason: "a table is counted and made anew",
        from: "  setlimittosize(t);\n  na = numusearray(t, nums);  /* count keys in array part */\n",
        to: "  setlimittosize(t);\n  cu_spend(16 + ((t->alimit + allocsizenode(t)) << 2));\n  \
             na = numusearray(t, nums);  /* count keys in array part */\n",
    },
    Edit {
        file: "ltable.c",
        reason: "keys can be chosen that all lie in one chain",
        from: "      if (keyisinteger(n) && keyival(n) == key)\n        return gval(n);  /* that's it */\n      else {\n        \
               int nx = gnext(n);\n        if (nx == 0) break;\n",
        to: "      if (keyisinteger(n) && keyival(n) == key)\n        return gval(n);  /* that's it */\n      else {\n        \
             int nx = gnext(n);\n        if (nx == 0) break;\n        if (++far > CU_NEAR) cu_spend(2);\n",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "    if (keyisshrstr(n) && eqshrstr(keystrval(n), key))\n      return gval(n);  /* that's it */\n    else {\n      \
               int nx = gnext(n);\n      if (nx == 0)\n        return &absentkey;  /* not found */\n",
        to: "    if (keyisshrstr(n) && eqshrstr(keystrval(n), key))\n      return gval(n);  /* that's it */\n    else {\n      \
             int nx = gnext(n);\n      if (nx == 0)\n        return &absentkey;  /* not found */\n      if (++far > CU_NEAR) cu_spend(2);\n",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "    if (equalkey(key, n, deadok))\n      return gval(n);  /* that's it */\n    else {\n      \
               int nx = gnext(n);\n      if (nx == 0)\n        return &absentkey;  /* not found */\n",
        to: "    if (equalkey(key, n, deadok))\n      return gval(n);  /* that's it */\n    else {\n      \
             int nx = gnext(n);\n      if (nx == 0)\n        return &absentkey;  /* not found */\n      \
             if (++far > CU_NEAR) cu_spend(2);\n",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "        othern += gnext(othern);\n",
        to: "        { othern += gnext(othern); if (++far > CU_NEAR) cu_spend(2); }\n",
    },
    Edit {
        file: "lgc.c",
        reason: "an object that is not new is searched among all",
        from: "    for (p = &g->allgc; *p != o; p = &(*p)->next) { /* empty */ }\n    *p = o->next;  /* remove 'o' from 'allgc' list */\n",
        to: "    for (p = &g->allgc; *p != o; p = &(*p)->next) { cu_spend(2); }\n    *p = o->next;\n",
    },
    Edit {
        file: "lapi.c",
        reason: AT_ONCE,
        from: "  from->top.p -= n;\n  for (i = 0; i < n; i++) {\n",
        to: "  from->top.p -= n;\n  cu_spend(n);\n  for (i = 0; i < n; i++) {\n",
    },
    Edit {
        file: "lzio.c",
        reason: "source is compiled",
        from: "  z->n = size - 1;  /* discount char being returned */\n",
        to: "  cu_charge(L, size << 4);\n  z->n = size - 1;  /* discount char being returned */\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "a set of characters is as long as the pattern",
        from: "  int sig = 1;\n  if (*(p+1) == '^') {\n",
        to: "  int sig = 1;\n  cu_spend(ec - p);\n  if (*(p+1) == '^') {\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "    int cont = 1;\n    while (++s < ms->src_end) {\n",
        to: "    int cont = 1;\n    while (++s < ms->src_end) {\n      cu_spend(1);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  len = ms->capture[l].len;\n  if ((size_t)",
        to: "  len = ms->capture[l].len;\n  cu_spend(len >> 3);\n  if ((size_t)",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "static const char *lmemfind (const char *s1, size_t l1,\n",
        to: "static const char *lmemfind (lua_State *L, const char *s1, size_t l1,\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "as above",
        from: "      init++;   /* 1st char is already checked */\n",
        to: "      init++;   /* 1st char is already checked */\n      cu_charge(L, 4 + ((init - s1) >> 2) + (l2 >> 3));\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "as above; what is never met is searched to the end",
        from: "    const char *s2 = lmemfind(s + init, ls - init, p, lp);\n",
        to: "    const char *s2 = lmemfind(L, s + init, ls - init, p, lp);\n    if (s2 == NULL) cu_spend((ls - init) >> 2);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "so often nothing is nothing",
        from: "  if (n <= 0)\n    lua_pushliteral(L, \"\");\n",
        to: "  if (n <= 0 || l + lsep == 0)\n    lua_pushliteral(L, \"\");\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "    char *p = luaL_buffinitsize(L, &b, totallen);\n    while (n-- > 1) {",
        to: "    char *p = luaL_buffinitsize(L, &b, totallen);\n    cu_spend(n << 2);\n    while (n-- > 1) {",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  char *p = luaL_buffinitsize(L, &b, l);\n  for (i = 0; i < l; i++)\n",
        to: "  char *p = luaL_buffinitsize(L, &b, l);\n  cu_spend(l);\n  for (i = 0; i < l; i++)\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  for (i=0; i<l; i++)\n    p[i] = tolower(uchar(s[i]));\n",
        to: "  cu_spend(l << 1);\n  for (i=0; i<l; i++)\n    p[i] = tolower(uchar(s[i]));\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  for (i=0; i<l; i++)\n    p[i] = toupper(uchar(s[i]));\n",
        to: "  cu_spend(l << 1);\n  for (i=0; i<l; i++)\n    p[i] = toupper(uchar(s[i]));\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  for (i=0; i<n; i++)\n    lua_pushinteger(L, uchar(s[posi+i-1]));\n",
        to: "  cu_spend(n);\n  for (i=0; i<n; i++)\n    lua_pushinteger(L, uchar(s[posi+i-1]));\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  luaL_addchar(b, '\"');\n  while (len--) {\n",
        to: "  luaL_addchar(b, '\"');\n  cu_spend(len << 3);\n  while (len--) {\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "  luaL_buffinit(L, &b);\n  while (strfrmt < strfrmt_end) {\n",
        to: "  luaL_buffinit(L, &b);\n  cu_spend(sfl << 1);\n  while (strfrmt < strfrmt_end) {\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "a value is formatted",
        from: "      strfrmt = getformat(L, strfrmt, form);\n",
        to: "      cu_spend(64);\n      strfrmt = getformat(L, strfrmt, form);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "an option of pack and unpack",
        from: "  int align = *psize;  /* usually, alignment follows size */\n",
        to: "  int align = *psize;  /* usually, alignment follows size */\n  cu_spend(16);\n",
    },
    Edit {
        file: "lutf8lib.c",
        reason: AT_ONCE,
        from: "    while (posi > 0 && iscontp(s + posi)) posi--;\n",
        to: "    while (posi > 0 && iscontp(s + posi)) { posi--; cu_spend(1); }\n",
    },
    Edit {
        file: "lutf8lib.c",
        reason: AT_ONCE,
        from: "           posi--;\n         } while (posi > 0 && iscontp(s + posi));\n",
        to: "           posi--; cu_spend(2);\n         } while (posi > 0 && iscontp(s + posi));\n",
    },
    Edit { file: "lutf8lib.c", reason: AT_ONCE, from: "           posi++;\n", to: "           posi++; cu_spend(2);\n" },
    Edit {
        file: "lutf8lib.c",
        reason: AT_ONCE,
        from: "    while (iscontp(s + n)) n++;  /* go to next character */\n",
        to: "    while (iscontp(s + n)) { n++; cu_spend(1); }  /* go to next character */\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: AT_ONCE,
        from: "      const char *s = lua_tolstring(L, 1, &l);\n      if (s != NULL && lua_stringtonumber(L, s) == l + 1)\n",
        to: "      const char *s = lua_tolstring(L, 1, &l);\n      if (s != NULL) cu_spend(l << 1);\n      \
             if (s != NULL && lua_stringtonumber(L, s) == l + 1)\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: AT_ONCE,
        from: "    if (b_str2int(s, (int)base, &n) == s + l) {\n",
        to: "    cu_spend(l << 2);\n    if (b_str2int(s, (int)base, &n) == s + l) {\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: "a collection looks at everything there is",
        from: "    case LUA_GCSTEP: {\n      int step = (int)luaL_optinteger(L, 2, 0);\n",
        to: "    case LUA_GCSTEP: {\n      int step = (int)luaL_optinteger(L, 2, 0);\n      cu_spend(gettotalbytes(G(L)));\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: "as above",
        from: "    default: {\n      int res = lua_gc(L, o);\n      checkvalres(res);\n      lua_pushinteger(L, res);\n",
        to: "    default: {\n      if (o == LUA_GCCOLLECT) cu_spend(gettotalbytes(G(L)));\n      int res = lua_gc(L, o);\n      \
             checkvalres(res);\n      lua_pushinteger(L, res);\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: CATCHER,
        from: "  if (l_unlikely(status != LUA_OK && status != LUA_YIELD)) {  /* error? */\n",
        to: "  if (l_unlikely(status != LUA_OK && status != LUA_YIELD)) {  /* error? */\n    cu_charge(L, 0);\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: CATCHER,
        from: "  else {  /* error (message is on top of the stack) */\n",
        to: "  else {  /* error (message is on top of the stack) */\n    cu_charge(L, 0);\n",
    },
    Edit {
        file: "lcorolib.c",
        reason: CATCHER,
        from: "  else {\n    lua_xmove(co, L, 1);  /* move error message */\n",
        to: "  else {\n    cu_charge(L, 0);\n    lua_xmove(co, L, 1);  /* move error message */\n",
    },
    Edit {
        file: "lcorolib.c",
        reason: CATCHER,
        from: "      else {\n        lua_pushboolean(L, 0);\n        lua_xmove(co, L, 1);  /* move error message */\n",
        to: "      else {\n        cu_charge(L, 0);\n        lua_pushboolean(L, 0);\n        lua_xmove(co, L, 1);\n",
    },
    Edit {
        file: "ltable.c",
        reason: "empty slots are passed",
        from: "      setobj2s(L, key + 1, &t->array[i]);\n      return 1;\n    }\n",
        to: "      setobj2s(L, key + 1, &t->array[i]);\n      return 1;\n    }\n    cu_spend(2);\n",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "      setobj2s(L, key + 1, gval(n));\n      return 1;\n    }\n",
        to: "      setobj2s(L, key + 1, gval(n));\n      return 1;\n    }\n    cu_spend(2);\n",
    },
    Edit {
        file: "lutf8lib.c",
        reason: AT_ONCE,
        from: "    posi = s1 - s;\n    n++;\n  }\n",
        to: "    posi = s1 - s;\n    n++;\n  }\n  cu_spend(n << 3);\n",
    },
    Edit {
        file: "lutf8lib.c",
        reason: AT_ONCE,
        from: "  n = 0;  /* count the number of returns */\n",
        to: "  cu_spend(n << 3);\n  n = 0;  /* count the number of returns */\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "        lua_geti(L, 1, i - 1);\n",
        to: "        cu_charge(L, 8);\n        lua_geti(L, 1, i - 1);\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "  for ( ; pos < size; pos++) {\n",
        to: "  for ( ; pos < size; pos++) {\n    cu_charge(L, 8);\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "      for (i = 0; i < n; i++) {\n",
        to: "      for (i = 0; i < n; i++) {\n        cu_charge(L, 8);\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "      for (i = n - 1; i >= 0; i--) {\n",
        to: "      for (i = n - 1; i >= 0; i--) {\n        cu_charge(L, 8);\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "static void addfield (lua_State *L, luaL_Buffer *b, lua_Integer i) {\n",
        to: "static void addfield (lua_State *L, luaL_Buffer *b, lua_Integer i) {\n  cu_charge(L, 8);\n",
    },
    Edit {
        file: "ltablib.c",
        reason: AT_ONCE,
        from: "  lua_createtable(L, n, 1);  /* create result table */\n",
        to: "  cu_spend(n << 2);\n  lua_createtable(L, n, 1);  /* create result table */\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "  for (; i < e; i++) {  /* push arg[i..e - 1] (to avoid overflows) */\n",
        to: "  for (; i < e; i++) {  /* push arg[i..e - 1] (to avoid overflows) */\n    cu_charge(L, 4);\n",
    },
    Edit {
        file: "ltablib.c",
        reason: LOOP,
        from: "  if (lua_isnil(L, 2))  /* no function? */\n",
        to: "  cu_charge(L, 16);\n  if (lua_isnil(L, 2))  /* no function? */\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "an item of a pattern",
        from: "  init: /* using goto to optimize tail recursion */\n",
        to: "  const char *start = p;\n  init: /* using goto to optimize tail recursion */\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "as above; whoever calls it in a loop stops",
        from: "  ms->matchdepth++;\n  return s;\n",
        to: "  cu_spend(4 + (p - start));\n  ms->matchdepth++;\n  return s;\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "  while (singlematch(ms, s + i, p, ep))\n    i++;\n",
        to: "  while (singlematch(ms, s + i, p, ep))\n    if ((++i & 255) == 0) cu_charge(ms->L, 512);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "    const char *res = match(ms, (s+i), ep+1);\n",
        to: "    const char *res = match(ms, (s+i), ep+1);\n    cu_charge(ms->L, 0);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "    const char *res = match(ms, s, ep+1);\n",
        to: "    const char *res = match(ms, s, ep+1);\n    cu_charge(ms->L, 2);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "              if ((res = match(ms, s + 1, ep + 1)) != NULL)\n",
        to: "              cu_charge(ms->L, 2);\n              if ((res = match(ms, s + 1, ep + 1)) != NULL)\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "    } while (s1++ < ms.src_end && !anchor);\n",
        to: "      cu_charge(L, 2);\n    } while (s1++ < ms.src_end && !anchor);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "    const char *e;\n    reprepstate(&gm->ms);\n",
        to: "    const char *e;\n    cu_charge(L, 2);\n    reprepstate(&gm->ms);\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: LOOP,
        from: "    reprepstate(&ms);  /* (re)prepare state for new match */\n",
        to: "    cu_charge(L, 2);\n    reprepstate(&ms);  /* (re)prepare state for new match */\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: AT_ONCE,
        from: "    const char *s = lua_tolstring(L, arg, &len);\n    return (s != NULL && lua_stringtonumber(L, s) == len + 1);\n",
        to: "    const char *s = lua_tolstring(L, arg, &len);\n    if (s != NULL) cu_spend(len << 1);\n    return (s != NULL && lua_stringtonumber(L, s) == len + 1);\n",
    },
    Edit {
        file: "ldo.c",
        reason: "a chain of __call makes room for one more argument each time",
        from: "  for (p = L->top.p; p > func; p--)  /* open space for metamethod */\n",
        to: "  cu_spend(8 + ((L->top.p - func) << 1));\n  for (p = L->top.p; p > func; p--)  /* open space for metamethod */\n",
    },
    Edit {
        file: "lstrlib.c",
        reason: "a capture is inserted",
        from: "    p++;  /* skip ESC */\n    if (*p == L_ESC)  /* '%%' */\n",
        to: "    p++;  /* skip ESC */\n    cu_spend(16);\n    if (*p == L_ESC)  /* '%%' */\n",
    },
    Edit {
        file: "ldebug.c",
        reason: "a call is described",
        from: "  lua_lock(L);\n  if (*what == '>') {\n",
        to: "  cu_spend(256);\n  lua_lock(L);\n  if (*what == '>') {\n",
    },
    Edit {
        file: "lfunc.c",
        reason: "a closure is made",
        from: "  GCObject *o = luaC_newobj(L, LUA_VLCL, sizeLclosure(nupvals));\n",
        to: "  GCObject *o = luaC_newobj(L, LUA_VLCL, sizeLclosure(nupvals));\n  cu_spend(16);\n",
    },
    Edit {
        file: "loslib.c",
        reason: "a date is computed",
        from: "  size_t slen;\n  const char *s = luaL_optlstring(L, 1, \"%c\", &slen);\n",
        to: "  size_t slen;\n  const char *s = luaL_optlstring(L, 1, \"%c\", &slen);\n  cu_spend(128 + (slen << 5));\n",
    },
    Edit {
        file: "loslib.c",
        reason: "as above",
        from: "    struct tm ts;\n    luaL_checktype(L, 1, LUA_TTABLE);",
        to: "    struct tm ts;\n    cu_spend(256);\n    luaL_checktype(L, 1, LUA_TTABLE);",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "    Node *n = hashint(t, key);\n    for (;;) {",
        to: "    Node *n = hashint(t, key);\n    int far = 0;\n    for (;;) {",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "  Node *n = hashstr(t, key);\n",
        to: "  Node *n = hashstr(t, key);\n  int far = 0;\n",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "  Node *n = mainpositionTV(t, key);\n  for (;;) {",
        to: "  Node *n = mainpositionTV(t, key);\n  int far = 0;\n  for (;;) {",
    },
    Edit {
        file: "ltable.c",
        reason: "as above",
        from: "  Node *mp;\n  TValue aux;\n",
        to: "  Node *mp;\n  int far = 0;\n  TValue aux;\n",
    },
    Edit {
        file: "lstring.c",
        reason: "a string that is still in the cache counts as if it was not",
        from: "      return p[j];  /* that is it */\n",
        to: "    {\n      size_t l = tsslen(p[j]);\n      cu_spend(l <= LUAI_MAXSHORTLEN ? 8 : 32 + (l >> 3));\n      \
             return p[j];  /* that is it */\n    }\n",
    },
    Edit {
        file: "lgc.c",
        reason: "a buffer of the libraries is finalized whenever the collector comes to it: its call counts nothing",
        from: "    setobj2s(L, L->top.p++, tm);  /* push finalizer... */\n",
        to: "    if (ttislcf(tm)) cu_spend(-8);\n    setobj2s(L, L->top.p++, tm);  /* push finalizer... */\n",
    },
];
