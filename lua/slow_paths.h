/*
** Part of 'interpreter.h': the functions that the loop calls outside of the common
** case. By the prefix 'slow_' 'scripts/optimize.mjs' finds them and stops binaryen
** from inlining them; 'SLOW' does the same for clang.
**
** The loop saves 'pc' in the call record first, and reads its state from there after.
*/

#define SLOW static __attribute__((noinline))


/*
** {==================================================================
** Tables
** ===================================================================
*/

/* 'luaH_get', without a call of it for the most common keys. */
static inline const TValue *lookup (Table *h, const TValue *key) {
  if (ttisshrstring(key)) return luaH_getshortstr(h, tsvalue(key));
  if (ttisinteger(key)) return luaH_getint(h, ivalue(key));
  return luaH_get(h, key);
}

/* 't[key]' of an external table to which a chain leads, as its link number 'loop'. */
static inline void get_linked (lua_State *L, const TValue *t, TValue *key, StkId ra, int loop) {
  const TValue *method = cu_known_method(L, hvalue(t), key);
  if (method != NULL && !ttisnil(method)) {
    setobj2s(L, ra, method);
  }
  else
    cu_get_object(L, t, key, ra, loop);
}

/* The same where it may be the first: what is to be called if that is no object, NULL if 'ra' has the value. */
SLOW const TValue *slow_get_external (lua_State *L, const TValue *t, TValue *key, StkId ra, int loop) {
  if (loop > 0)
    get_linked(L, t, key, ra, loop);
  else if (cu_class_of(hvalue(t)) != NULL)
    cu_get_object(L, t, key, ra, 0);
  else {
    cu_spend(CU_COST_LINK);
    return &cu_index;
  }
  return NULL;
}

/* The '__index' of an external metatable, of link number 'loop'; NULL if 'ra' has what is inherited. */
SLOW CU_WHOLE const TValue *slow_get_class (lua_State *L, Table *mt, TValue *key, StkId ra, int loop) {
  const TValue *tm = cu_external_tm(mt, TM_INDEX, G(L)->tmname[TM_INDEX]);
  if (tm == NULL)
    setnilvalue(s2v(ra));
  else if (ttistable(tm) && cu_is_external(hvalue(tm))) {
    get_linked(L, tm, key, ra, loop + 1);
    tm = NULL;
  }
  return tm;
}

SLOW const TValue *slow_set_external (lua_State *L, const TValue *t, TValue *key, TValue *v, int loop) {
  if (loop > 0 || cu_class_of(hvalue(t)) != NULL) {
    cu_set_object(L, t, key, v, loop);
    return NULL;
  }
  cu_spend(CU_COST_LINK);
  return &cu_newindex;
}

/*
** 't[key]' for any value and key: what 'luaV_finishget' does, from the beginning. Only of a table that has a metatable, but not this
** metamethod, it is asked whether it is external, and one look at the flags of a metatable tells a plain one that may have it: so plain
** objects cost nothing more.
*/
SLOW void slow_get (lua_State *L, const TValue *t, TValue *key, StkId ra) {
  int loop;
  for (loop = 0; ; loop++) {
    const TValue *tm;
    if (l_likely(ttistable(t))) {
      Table *h = hvalue(t);
      const TValue *slot = lookup(h, key);
      if (!isempty(slot)) {
        setobj2s(L, ra, slot);
        return;
      }
      if (l_unlikely(loop == MAXTAGLOOP) && !cu_is_external(h)) break;
      if (h->metatable == NULL) {
        setnilvalue(s2v(ra));
        return;
      }
      tm = NULL;
      if (cu_may_have(h->metatable, TM_INDEX))
        tm = luaT_gettm(h->metatable, TM_INDEX, G(L)->tmname[TM_INDEX]);
      else if (l_unlikely(cu_is_external(h->metatable))) {
        tm = slow_get_class(L, h->metatable, key, ra, loop);
        if (tm == NULL)
          return;
      }
      if (tm == NULL) {
        if (l_likely(!cu_is_external(h))) {
          setnilvalue(s2v(ra));
          return;
        }
        tm = slow_get_external(L, t, key, ra, loop);
        if (tm == NULL)
          return;
      }
    }
    else {
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = luaT_gettmbyobj(L, t, TM_INDEX);
      if (l_unlikely(notm(tm)))
        luaG_typeerror(L, t, "index");
    }
    if (ttisfunction(tm)) {
      luaT_callTMres(L, tm, t, key, ra);
      return;
    }
    t = tm;
  }
  luaG_runerror(L, "'__index' chain too long; possible loop");
}

/* The same for a method. For a string, the table of methods is looked at first. */
SLOW void slow_self (lua_State *L, const TValue *t, TValue *key, StkId ra) {
  Table *metatable = G(L)->mt[LUA_TSTRING];
  if (ttisstring(t) && ttisshrstring(key) && metatable != NULL) {
    const TValue *methods = luaH_getshortstr(metatable, G(L)->tmname[TM_INDEX]);
    if (ttistable(methods)) {
      const TValue *slot = luaH_getshortstr(hvalue(methods), tsvalue(key));
      if (l_likely(!isempty(slot))) {
        setobj2s(L, ra, slot);
        return;
      }
    }
  }
  slow_get(L, t, key, ra);
}

/* The same for a small integer. */
SLOW void slow_getint (lua_State *L, TValue *t, unsigned int n, StkId ra) {
  TValue key;
  setivalue(&key, n);
  slow_get(L, t, &key, ra);
}

/* 't[key] = v' for any value and key: what 'luaV_finishset' does, from the beginning. */
SLOW void slow_set (lua_State *L, const TValue *t, TValue *key, TValue *v) {
  int loop;
  for (loop = 0; ; loop++) {
    const TValue *tm;
    if (l_likely(ttistable(t))) {
      Table *h = hvalue(t);
      const TValue *slot = lookup(h, key);
      if (!isempty(slot)) {
        setobj2t(L, cast(TValue *, slot), v);
        luaC_barrierback(L, obj2gco(h), v);
        return;
      }
      if (l_unlikely(loop == MAXTAGLOOP) && !cu_is_external(h)) break;
      if (h->metatable == NULL)
        tm = NULL;
      else if ((tm = fasttm(L, h->metatable, TM_NEWINDEX)) == NULL && l_unlikely(cu_is_external(h))) {
        tm = slow_set_external(L, t, key, v, loop);
        if (tm == NULL)
          return;
      }
      if (tm == NULL) {
        sethvalue2s(L, L->top.p, h);  /* anchor 't' */
        L->top.p++;  /* assume EXTRA_STACK */
        luaH_finishset(L, h, key, slot, v);
        L->top.p--;
        invalidateTMcache(h);
        luaC_barrierback(L, obj2gco(h), v);
        return;
      }
    }
    else {
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = luaT_gettmbyobj(L, t, TM_NEWINDEX);
      if (l_unlikely(notm(tm)))
        luaG_typeerror(L, t, "index");
    }
    if (ttisfunction(tm)) {
      luaT_callTM(L, tm, t, key, v);
      return;
    }
    t = tm;
  }
  luaG_runerror(L, "'__newindex' chain too long; possible loop");
}

SLOW void slow_setint (lua_State *L, TValue *t, unsigned int n, TValue *v) {
  TValue key;
  setivalue(&key, n);
  slow_set(L, t, &key, v);
}

SLOW void slow_barrierback (lua_State *L, GCObject *o) {
  luaC_barrierback_(L, o);
}

SLOW void slow_barrier (lua_State *L, GCObject *o, GCObject *v) {
  luaC_barrier_(L, o, v);
}

SLOW void slow_newtable (lua_State *L, StkId ra, int hash, int array) {
  Table *t;
  L->top.p = ra + 1;  /* correct top in case of emergency GC */
  t = luaH_new(L);
  sethvalue2s(L, ra, t);
  if (hash != 0 || array != 0)
    luaH_resize(L, t, array, hash);
  luaC_checkGC(L);
}

/* 'last' is the index before the first value; an 'n' of 0 means all values up to the top. */
SLOW void slow_setlist (lua_State *L, CallInfo *ci, StkId ra, int n,
                        unsigned int last) {
  Table *h = cast(Table *, gcvalueraw(valraw(s2v(ra))));  /* if it is one */
  if (l_unlikely(!ttistable(s2v(ra)) || h->metatable != NULL)) {
    L->top.p = ci->top.p;
    luaG_typeerror(L, s2v(ra), "fill");
  }
  if (n == 0)
    n = cast_int(L->top.p - ra) - 1;
  else
    L->top.p = ci->top.p;  /* correct top in case of emergency GC */
  last += n;
  cu_spend(n);
  if (last > luaH_realasize(h))
    luaH_resizearray(L, h, last);
  for (; n > 0; n--) {
    TValue *val = s2v(ra + n);
    setobj2t(L, &h->array[last - 1], val);
    last--;
    luaC_barrierback(L, obj2gco(h), val);
  }
}

/* }================================================================== */


/*
** {==================================================================
** Arithmetic
** ===================================================================
*/

/* Any operation; 0 when it needs a metamethod, which the next instruction calls. */
SLOW int slow_arith (lua_State *L, TValue *v1, TValue *v2, StkId ra, int op) {
  return luaO_rawarith(L, op, v1, v2, s2v(ra));
}

SLOW int slow_shift (TValue *rb, int ic, int flip, StkId ra) {
  lua_Integer ib;
  if (!luaV_tointegerns(rb, &ib, LUA_FLOORN2I)) return 0;
  if (flip) { setivalue(s2v(ra), luaV_shiftl(ic, ib)); }
  else { setivalue(s2v(ra), luaV_shiftl(ib, -ic)); }
  return 1;
}

SLOW void slow_bnot (lua_State *L, StkId ra, TValue *rb) {
  if (!luaO_rawarith(L, LUA_OPBNOT, rb, rb, s2v(ra)))
    luaT_trybinTM(L, rb, rb, ra, TM_BNOT);
}

SLOW void slow_binTM (lua_State *L, const TValue *a, const TValue *b, StkId r, TMS tm) {
  luaT_trybinTM(L, a, b, r, tm);
}

SLOW void slow_biniTM (lua_State *L, const TValue *a, lua_Integer b, int flip,
                       StkId r, TMS tm) {
  luaT_trybiniTM(L, a, b, flip, r, tm);
}

SLOW void slow_binassocTM (lua_State *L, const TValue *a, const TValue *b, int flip,
                           StkId r, TMS tm) {
  luaT_trybinassocTM(L, a, b, flip, r, tm);
}

/* }================================================================== */


/*
** {==================================================================
** Comparison
** ===================================================================
*/

SLOW int slow_less (lua_State *L, TValue *a, TValue *b) {
  return luaV_lessthan(L, a, b);
}

SLOW int slow_lessequal (lua_State *L, TValue *a, TValue *b) {
  return luaV_lessequal(L, a, b);
}

SLOW int slow_order (lua_State *L, TValue *a, int im, int inv, int isf, TMS tm) {
  return luaT_callorderiTM(L, a, im, inv, isf, tm);
}

SLOW int slow_equal (lua_State *L, TValue *a, TValue *b) {
  return cu_equal(L, a, b);
}

/* }================================================================== */


/*
** {==================================================================
** Calls and the rest
** ===================================================================
*/

SLOW CallInfo *slow_precall (lua_State *L, StkId ra, int nresults) {
  return luaD_precall(L, ra, nresults);
}

/* Returns 1 when the caller must start a Lua function in this frame. */
SLOW int slow_tailcall (lua_State *L, CallInfo *ci, StkId ra, int b, int delta, int close) {
  int n;
  if (close) {
    StkId base = ci->func.p + 1;
    luaF_closeupval(L, base);
    if (l_unlikely(L->tbclist.p >= base))
      luaG_runerror(L, "tail call with a variable to be closed");
  }
  if ((n = luaD_pretailcall(L, ci, ra, b, delta)) < 0)
    return 1;
  ci->func.p -= delta;  /* restore 'func' (if vararg) */
  luaD_poscall(L, ci, n);
  return 0;
}

SLOW void slow_return (lua_State *L, CallInfo *ci, StkId ra, int n, int close, int nparams1) {
  if (close) {  /* may there be open upvalues? */
    ptrdiff_t offset = savestack(L, ra);
    ci->u2.nres = n;
    if (L->top.p < ci->top.p)
      L->top.p = ci->top.p;
    luaF_close(L, ci->func.p + 1, CLOSEKTOP, 1);
    ra = restorestack(L, offset);
  }
  if (nparams1)  /* vararg function? */
    ci->func.p -= ci->u.l.nextraargs + nparams1;
  L->top.p = ra + n;
  luaD_poscall(L, ci, n);
}

/* The caller wants more results than the function returned: adds 'n' times nil. */
SLOW void slow_fill (lua_State *L, int n) {
  for (; n > 0; n--) {
    cu_spend(1);
    setnilvalue(s2v(L->top.p++));
  }
}

/* Whether the stack has room for a frame. */
#define has_room(L,size)	((L)->stack_last.p - (L)->top.p > (size))

SLOW void slow_poscall (lua_State *L, CallInfo *ci, int n) {
  luaD_poscall(L, ci, n);
}

/* Whether 'run_c' and 'step' can call a C function: its frame needs no memory, and nothing is switched off. */
#define can_run_c(ci) \
	((ci)->next != NULL && has_room(L, LUA_MINSTACK) && cu_switched_off == 0)

static inline __attribute__((always_inline))
void enter_c (lua_State *L, CallInfo *frame, StkId func, int nresults) {
  cu_charge(L, CU_COST_CALL);
  frame->func.p = func;
  frame->nresults = nresults;
  frame->callstatus = CIST_C;
  frame->top.p = L->top.p + LUA_MINSTACK;
  L->ci = frame;
}

/* Calls a C function whose arguments are on the stack, as 'luaD_precall' does. */
static inline __attribute__((always_inline))
void run_c (lua_State *L, CallInfo *frame, StkId func, int nresults, lua_CFunction f) {
  int n;
  enter_c(L, frame, func, nresults);
  n = f(L);
  frame = L->ci;
  nresults = frame->nresults;
  func = frame->func.p;
  /* The common cases of 'luaD_poscall': the wanted number of results, or none. */
  if (l_likely(n == nresults && n <= 3)) {
    StkId from = L->top.p - n;
    if (n > 0) setobjs2s(L, func, from);
    if (n > 1) setobjs2s(L, func + 1, from + 1);
    if (n > 2) setobjs2s(L, func + 2, from + 2);
    L->top.p = func + n;
  }
  else if (nresults == 0 && n <= CU_RESULTS_FREE)
    L->top.p = func;
  else {
    slow_poscall(L, frame, n);
    return;
  }
  /* The frame is done: its place holds a result, which no traceback must take for its function. */
  L->ci = frame->previous;
  cu_check(L);
}

/*
** A step of 'next' over a plain table, or of 'ipairs' through an array. The function
** has its frame, so that errors name it, but no calls read its arguments and move
** its results back. Its state is at 'func' + 1, its results go to 'func'. Returns 0
** when the caller must call the function in the usual way.
*/
static int step (lua_State *L, CallInfo *frame, StkId func) {
  Table *h = hvalue(s2v(func + 1));
  lua_CFunction f = fvalue(s2v(func));
  if (f == cu_next && !cu_is_external(h)) {
    enter_c(L, frame, func, 2);
    if (!luaH_next(L, h, func + 2)) {
      setnilvalue(s2v(func));
      setnilvalue(s2v(func + 1));
    }
    else {
      setobjs2s(L, func, func + 2);
      setobjs2s(L, func + 1, func + 3);
    }
    L->ci = frame->previous;  /* as in 'run_c' */
    cu_check(L);
    return 1;
  }
  if (f == ipairsaux && ttisinteger(s2v(func + 2))) {
    lua_Unsigned n = l_castS2U(ivalue(s2v(func + 2)));  /* from 0 */
    if (n < h->alimit && !isempty(&h->array[n])) {
      cu_charge(L, CU_COST_CALL);
      setivalue(s2v(func), l_castU2S(n + 1));
      setobj2s(L, func + 1, &h->array[n]);
      return 1;
    }
  }
  return 0;
}

/* Calls an iterator that is not a Lua function; returns what 'slow_precall' does. */
SLOW CallInfo *slow_forcall (lua_State *L, CallInfo *ci, StkId func, int nresults) {
  lua_CFunction f;
  if (ttislcf(s2v(func))) {
    f = fvalue(s2v(func));
    if (ttistable(s2v(func + 1)) && nresults <= 2 && can_run_c(ci) &&
        step(L, ci->next, func))
      return NULL;
  }
  else if (ttisCclosure(s2v(func)))
    f = clCvalue(s2v(func))->f;
  else
    return luaD_precall(L, func, nresults);
  if (l_unlikely(!can_run_c(ci)))
    return luaD_precall(L, func, nresults);
  run_c(L, ci->next, func, nresults, f);
  return NULL;
}

SLOW void slow_concat (lua_State *L, int n) {
  luaV_concat(L, n);
  luaC_checkGC(L);
}

SLOW void slow_length (lua_State *L, StkId ra, TValue *rb) {
  cu_length_of(L, ra, rb);
}

SLOW void slow_close (lua_State *L, StkId ra) {
  luaF_close(L, ra, LUA_OK, 1);
}

SLOW void slow_tbc (lua_State *L, StkId ra) {
  luaF_newtbcupval(L, ra);
}

SLOW int slow_forprep (lua_State *L, StkId ra) {
  return forprep(L, ra);
}

SLOW void slow_closure (lua_State *L, Proto *p, UpVal **upvals, StkId base, StkId ra) {
  pushclosure(L, p, upvals, base, ra);
  luaC_condGC(L, L->top.p = ra + 1, (void)0);
}

SLOW void slow_varargs (lua_State *L, CallInfo *ci, StkId ra, int n) {
  luaT_getvarargs(L, ci, ra, n);
}

SLOW void slow_adjustvarargs (lua_State *L, CallInfo *ci, int nparams, Proto *p) {
  luaT_adjustvarargs(L, nparams, ci, p);
}

/* }================================================================== */
