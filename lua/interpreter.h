/*
** Part of 'lvm.c', in front of 'luaV_execute': what the handlers of its loop are
** made of. 'patches/17-interpreter.patch' puts it there, in the place of Lua's
** own macros for the same.
**
** What the engines make of the loop decides how fast it is. V8, SpiderMonkey and
** Cranelift each see one huge function, and give a variable a register or a place
** on their stack by what happens to it anywhere:
**
** - A variable that is alive across a call is stored wherever it gets its value.
**   'pc', 'base' and 'i' get theirs in every instruction, so that a single call
**   after which the loop goes on with them costs three stores in each.
** - A variable whose address is taken lives in linear memory.
** - A branch that leads past a call moves others into registers and out again.
**
** So each handler keeps three rules:
**
** 1. What it does in the common case is all here, without a call.
** 2. All else is one call of a function whose name begins with 'slow_'. None of
**    them is inlined, by clang ('SLOW') or by binaryen ('scripts/optimize.mjs'
**    goes by the name).
** 3. Before the call the handler saves 'pc' in the call record, and after it
**    takes 'pc', 'base' and 'i' from there ('Protect'). Nothing else that changes
**    is alive across a call. That also covers what other interpreters have a flag
**    for that each instruction tests: a stack that has moved.
**
** There are no debug hooks, so nothing tests for them either.
**
** What counts in the budget counts the same on every way through a handler.
*/

#define SLOW static __attribute__((noinline))


/*
** {==================================================================
** The state of the loop
** ===================================================================
*/

#define RA(i)	(base+GETARG_A(i))
#define RB(i)	(base+GETARG_B(i))
#define vRB(i)	s2v(RB(i))
#define KB(i)	(k+GETARG_B(i))
#define RC(i)	(base+GETARG_C(i))
#define vRC(i)	s2v(RC(i))
#define KC(i)	(k+GETARG_C(i))
#define RKC(i)	((TESTARG_k(i)) ? k + GETARG_C(i) : s2v(base + GETARG_C(i)))

/* The function that runs. A register for it would be one less for the handlers. */
#define running()	clLvalue(s2v(base - 1))

/* Takes the state from the call record. */
#define reload(ci) \
	(base = ci->func.p + 1, pc = ci->u.l.savedpc, i = pc[-1])

#define savepc(ci)	(ci->u.l.savedpc = pc)

/* For what can raise errors, which tell the place, or look at the frame up to its top. */
#define savestate(L,ci)	(savepc(ci), L->top.p = ci->top.p)

/* A call of a slow function. */
#define Protect(exp)	(savestate(L,ci), (exp), reload(ci))

/* The same for an instruction that has set the top. */
#define ProtectNT(exp)	(savepc(ci), (exp), reload(ci))

/* The opcode is read by itself: its byte is all that the branch waits for. */
#define vmfetch()	(pc++)
#define vmdispatch(o)	switch (*cast(const lu_byte *, pc - 1))
#define vmcase(l)	case l: case l | 0x80: i = pc[-1];
#define vmbreak		break

/* A jump: back it is a turn of a loop. */
#define dojump(ci,i,e) \
	{ int to = GETARG_sJ(i) + e; if (to < 0) cu_turn(ci, -to); pc += to; }

/* The jump that follows a test. */
#define donextjump(ci)	{ Instruction ni = *pc; dojump(ci, ni, 1); }

/* Skips that jump, or makes it. */
#define docondjump()	if (cond != GETARG_k(i)) pc++; else donextjump(ci);

/* The tags of two values in one, to be compared at once. */
#define tags(a,b)	(rawtt(a) | cast_uint(rawtt(b)) << 8)
#define BOTH(tag)	((tag) | (tag) << 8)

/* }================================================================== */


/*
** {==================================================================
** Tables
** ===================================================================
*/

/*
** 't[key]' for any value and key: what 'luaV_finishget' does, from the beginning,
** without what any key may need where it is a short string.
*/
SLOW void slow_get (lua_State *L, const TValue *t, TValue *key, StkId ra) {
  int loop;
  for (loop = 0; ; loop++) {
    const TValue *tm;
    if (l_likely(ttistable(t))) {
      const TValue *slot = ttisshrstring(key)
        ? luaH_getshortstr(hvalue(t), tsvalue(key)) : luaH_get(hvalue(t), key);
      if (!isempty(slot)) {
        setobj2s(L, ra, slot);
        return;
      }
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = fasttm(L, hvalue(t)->metatable, TM_INDEX);
      if (tm == NULL) {
        setnilvalue(s2v(ra));
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
      const TValue *slot = ttisshrstring(key)
        ? luaH_getshortstr(h, tsvalue(key)) : luaH_get(h, key);
      if (!isempty(slot)) {
        setobj2t(L, cast(TValue *, slot), v);
        luaC_barrierback(L, obj2gco(h), v);
        return;
      }
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = fasttm(L, h->metatable, TM_NEWINDEX);
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

/* What the collector has to know of a value that is put into an object. */
#define needs_barrier(o,v) \
	(iscollectable(v) && isblack(o) && iswhite(gcvalue(v)))

/* Puts a value into a slot of table 'h', as 'luaV_finishfastset' does. */
#define set_slot(h,slot,v) { \
	setobj2t(L, slot, v); \
	if (needs_barrier(h, v)) \
	  ProtectNT(slow_barrierback(L, obj2gco(h))); }

/* Whether a node has this short string as its key, and a value. */
#define node_has(n,key) \
	(keyisshrstr(n) && keystrval(n) == (key) && !isempty(gval(n)))

/*
** Does 'found' with the slot of a short string in a table: in the first two nodes
** of its chain here, anything else by 'other'.
*/
#define with_short(t,key,found,other) { \
  if (l_likely(ttistable(t))) { \
    Table *h = hvalue(t); \
    Node *n = gnode(h, lmod((key)->hash, sizenode(h))); \
    if (l_likely(node_has(n, key))) { \
      found(h, gval(n)); \
      vmbreak; \
    } \
    if (gnext(n) != 0) { \
      n += gnext(n); \
      if (l_likely(node_has(n, key))) { \
        found(h, gval(n)); \
        vmbreak; \
      } \
    } \
  } \
  Protect(other); }

/* The same for an index, from 0, in the array of a table. */
#define with_index(t,n,usable,found,other) { \
  if (l_likely(ttistable(t))) { \
    Table *h = hvalue(t); \
    if (l_likely((n) < h->alimit)) { \
      TValue *slot = &h->array[n]; \
      if (l_likely(usable(h, slot))) { \
        found(h, slot); \
        vmbreak; \
      } \
    } \
  } \
  Protect(other); }

#define has_value(h,slot)	(!isempty(slot))
/* An empty slot may be filled where no '__newindex' can be. */
#define is_writable(h,slot)	(!isempty(slot) || (h)->metatable == NULL)

#define found_get(h,slot)	setobj2s(L, ra, slot)
#define found_set(h,slot)	set_slot(h, slot, rc)

SLOW void slow_newtable (lua_State *L, StkId ra, int hash, int array) {
  Table *t;
  L->top.p = ra + 1;  /* correct top in case of emergency GC */
  t = luaH_new(L);
  sethvalue2s(L, ra, t);
  if (hash != 0 || array != 0)
    luaH_resize(L, t, array, hash);
  luaC_checkGC(L);
}

/* 'last' is the index before the first; 'n' 0 means up to the top. */
SLOW void slow_setlist (lua_State *L, CallInfo *ci, StkId ra, int n,
                        unsigned int last) {
  Table *h = hvalue(s2v(ra));
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

/* Any operation; 0 when it is left to a metamethod, which the next instruction calls. */
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

#define l_addi(L,a,b)	intop(+, a, b)
#define l_subi(L,a,b)	intop(-, a, b)
#define l_muli(L,a,b)	intop(*, a, b)
#define l_band(a,b)	intop(&, a, b)
#define l_bor(a,b)	intop(|, a, b)
#define l_bxor(a,b)	intop(^, a, b)

/* An operation that is done skips the instruction for its metamethod. */
#define done_int(x)	{ pc++; setivalue(s2v(ra), x); }
#define done_float(x)	{ pc++; setfltvalue(s2v(ra), x); }
#define done_slow(exp)	{ int done; Protect(done = (exp)); pc += done; }

/* A register and a small integer. */
#define op_arithI(L,iop,fop) { \
  StkId ra = RA(i); \
  TValue *v1 = vRB(i); \
  int imm = GETARG_sC(i); \
  if (l_likely(ttisinteger(v1))) { \
    lua_Integer iv1 = ivalue(v1); \
    done_int(iop(L, iv1, imm)); \
  } \
  else if (ttisfloat(v1)) { \
    lua_Number nb = fltvalue(v1); \
    lua_Number fimm = cast_num(imm); \
    done_float(fop(L, nb, fimm)); \
  }}

/* Numbers of different kinds, as floats. */
#define arith_mixed(L,v1,v2,fop) { \
  lua_Number n1; lua_Number n2; \
  if (tonumberns(v1, n1) && tonumberns(v2, n2)) \
    done_float(fop(L, n1, n2)); }

#define arith_floats(L,v1,v2,fop) { \
  lua_Number n1 = fltvalue(v1); lua_Number n2 = fltvalue(v2); \
  done_float(fop(L, n1, n2)); }

/* Always with floats. */
#define op_arithf_aux(L,v1,v2,fop) { \
  StkId ra = RA(i); \
  if (l_likely(tags(v1, v2) == BOTH(LUA_VNUMFLT))) \
    arith_floats(L, v1, v2, fop) \
  else arith_mixed(L, v1, v2, fop) }

/* With integers or floats. */
#define op_arith_aux(L,v1,v2,iop,fop) { \
  StkId ra = RA(i); \
  unsigned int both = tags(v1, v2); \
  if (l_likely(both == BOTH(LUA_VNUMINT))) { \
    lua_Integer i1 = ivalue(v1); lua_Integer i2 = ivalue(v2); \
    done_int(iop(L, i1, i2)); \
  } \
  else if (both == BOTH(LUA_VNUMFLT)) \
    arith_floats(L, v1, v2, fop) \
  else arith_mixed(L, v1, v2, fop) }

/* Division and remainder: of an integer by a positive one here. */
#define op_divide_aux(L,v1,v2,iop,op) { \
  StkId ra = RA(i); \
  if (l_likely(tags(v1, v2) == BOTH(LUA_VNUMINT) && ivalue(v2) > 0)) { \
    lua_Integer i1 = ivalue(v1); lua_Integer i2 = ivalue(v2); \
    done_int(iop(i1, i2)); \
  } \
  else done_slow(slow_arith(L, v1, v2, ra, op)); }

/* Of integers here. */
#define op_bitwise_aux(L,v1,v2,iop,op) { \
  StkId ra = RA(i); \
  if (l_likely(tags(v1, v2) == BOTH(LUA_VNUMINT))) { \
    lua_Integer i1 = ivalue(v1); lua_Integer i2 = ivalue(v2); \
    done_int(iop(i1, i2)); \
  } \
  else done_slow(slow_arith(L, v1, v2, ra, op)); }

#define with_operands(rc,op) \
	{ TValue *v1 = vRB(i); TValue *v2 = rc; op }

#define op_arith(L,iop,fop)	with_operands(vRC(i), op_arith_aux(L, v1, v2, iop, fop))
#define op_arithK(L,iop,fop)	with_operands(KC(i), op_arith_aux(L, v1, v2, iop, fop))
#define op_arithf(L,fop)	with_operands(vRC(i), op_arithf_aux(L, v1, v2, fop))
#define op_arithfK(L,fop)	with_operands(KC(i), op_arithf_aux(L, v1, v2, fop))
#define op_divide(L,iop,op)	with_operands(vRC(i), op_divide_aux(L, v1, v2, iop, op))
#define op_divideK(L,iop,op)	with_operands(KC(i), op_divide_aux(L, v1, v2, iop, op))
#define op_bitwise(L,iop,op)	with_operands(vRC(i), op_bitwise_aux(L, v1, v2, iop, op))
#define op_bitwiseK(L,iop,op)	with_operands(KC(i), op_bitwise_aux(L, v1, v2, iop, op))

/* Shifts by any number of bits, as 'luaV_shiftl' does. */
static inline lua_Integer shift_left (lua_Integer x, lua_Integer n) {
  lua_Unsigned u = l_castS2U(x);
  if (l_likely(l_castS2U(n) < 64)) return l_castU2S(u << n);
  if (n < 0 && n > -64) return l_castU2S(u >> -n);
  return 0;
}

static inline lua_Integer shift_right (lua_Integer x, lua_Integer n) {
  lua_Unsigned u = l_castS2U(x);
  if (l_likely(l_castS2U(n) < 64)) return l_castU2S(u >> n);
  if (n < 0 && n > -64) return l_castU2S(u << -n);
  return 0;
}

/* Rounded down, for a positive divisor. */
static inline lua_Integer floor_remainder (lua_Integer a, lua_Integer b) {
  lua_Integer r = a % b;
  return r < 0 ? r + b : r;
}

static inline lua_Integer floor_quotient (lua_Integer a, lua_Integer b) {
  lua_Integer q = a / b;
  return q * b > a ? q - 1 : q;
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
  return luaV_equalobj(L, a, b);
}

#define op_order(L,opi,opf,other) { \
  StkId ra = RA(i); \
  TValue *rb = vRB(i); \
  int cond; \
  unsigned int both = tags(s2v(ra), rb); \
  if (l_likely(both == BOTH(LUA_VNUMINT))) \
    cond = opi(ivalue(s2v(ra)), ivalue(rb)); \
  else if (both == BOTH(LUA_VNUMFLT)) \
    cond = opf(fltvalue(s2v(ra)), fltvalue(rb)); \
  else \
    Protect(cond = other(L, s2v(ra), rb)); \
  docondjump(); }

/* With a small integer, which is exact as a float. */
#define op_orderI(L,opi,opf,inv,tm) { \
  StkId ra = RA(i); \
  int cond; \
  int im = GETARG_sB(i); \
  if (l_likely(ttisinteger(s2v(ra)))) \
    cond = opi(ivalue(s2v(ra)), im); \
  else if (ttisfloat(s2v(ra))) { \
    lua_Number fa = fltvalue(s2v(ra)); \
    lua_Number fim = cast_num(im); \
    cond = opf(fa, fim); \
  } \
  else { \
    int isf = GETARG_C(i); \
    Protect(cond = slow_order(L, s2v(ra), im, inv, isf, tm)); \
  } \
  docondjump(); }

/* Equality; 'S' is NULL where no metamethod is asked. */
#define op_equal(S,rb) { \
  StkId ra = RA(i); \
  int cond; \
  if (rawtt(s2v(ra)) == rawtt(rb)) { \
    if (ttisinteger(rb)) cond = (ivalue(s2v(ra)) == ivalue(rb)); \
    else if (ttisshrstring(rb)) cond = (gcvalue(s2v(ra)) == gcvalue(rb)); \
    else if (novariant(rawtt(rb)) <= LUA_TBOOLEAN) cond = 1; \
    else if (ttisfloat(rb)) cond = luai_numeq(fltvalue(s2v(ra)), fltvalue(rb)); \
    else Protect(cond = slow_equal(S, s2v(ra), rb)); \
  } \
  else if (ttisnumber(rb) && ttisnumber(s2v(ra))) \
    Protect(cond = slow_equal(S, s2v(ra), rb)); \
  else cond = 0; \
  docondjump(); }

/* }================================================================== */


/*
** {==================================================================
** Calls and the rest
** ===================================================================
*/

/* Whether the stack need not grow for a frame. */
#define has_room(L,size)	((L)->stack_last.p - (L)->top.p > (size))

SLOW CallInfo *slow_precall (lua_State *L, StkId ra, int nresults) {
  return luaD_precall(L, ra, nresults);
}

/* Whether a function in Lua is to be started in this frame. */
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

/* More results are wanted than a function gives: 'n' of them become nil. */
SLOW void slow_fill (lua_State *L, int n) {
  for (; n > 0; n--) {
    cu_spend(1);
    setnilvalue(s2v(L->top.p++));
  }
}

/* Begins the call of a function in Lua, as 'luaD_precall' does, where no memory is needed for it. */
#define call_lua(f,wanted) { \
  CallInfo *newci = ci->next; \
  if (l_likely(ttisLclosure(s2v(f)) && newci != NULL)) { \
    Proto *p = clLvalue(s2v(f))->p; \
    int fsize = p->maxstacksize; \
    if (l_likely(has_room(L, fsize))) { \
      int missing = p->numparams - (cast_int(L->top.p - (f)) - 1); \
      cu_charge(L, p->sizecode + fsize / CU_SLOTS_FRAME); \
      newci->func.p = (f); \
      newci->nresults = (wanted); \
      newci->callstatus = 0; \
      newci->top.p = (f) + 1 + fsize; \
      newci->u.l.savedpc = p->code; \
      L->ci = ci = newci; \
      for (; missing > 0; missing--) \
        setnilvalue(s2v(L->top.p++)); \
      goto startfunc; \
    } \
  }}

SLOW void slow_poscall (lua_State *L, CallInfo *ci, int n) {
  luaD_poscall(L, ci, n);
}

/*
** Calls a function in C that has its arguments on the stack, as 'luaD_precall' does
** where no memory is needed for it ('can_run_c').
*/
#define can_run_c(ci) \
	((ci)->next != NULL && has_room(L, LUA_MINSTACK) && cu_switched_off == 0)

static inline __attribute__((always_inline))
void run_c (lua_State *L, CallInfo *frame, StkId func, int nresults, lua_CFunction f) {
  int n;
  cu_charge(L, CU_COST_CALL);
  frame->func.p = func;
  frame->nresults = nresults;
  frame->callstatus = CIST_C;
  frame->top.p = L->top.p + LUA_MINSTACK;
  L->ci = frame;
  n = f(L);
  frame = L->ci;
  nresults = frame->nresults;
  func = frame->func.p;
  /* What most need of 'luaD_poscall': as many results as are wanted, or none. */
  if (l_likely(n == nresults && n <= 2)) {
    if (n > 0) setobjs2s(L, func, L->top.p - n);
    if (n > 1) setobjs2s(L, func + 1, L->top.p - 1);
    L->top.p = func + n;
  }
  else if (nresults == 0 && n <= CU_RESULTS_FREE)
    L->top.p = func;
  else {
    slow_poscall(L, frame, n);
    return;
  }
  cu_check(L);
  L->ci = frame->previous;
}

#define call_c(f_,wanted) { \
  if (l_likely(ttislcf(s2v(f_)) && can_run_c(ci))) { \
    run_c(L, ci->next, f_, wanted, fvalue(s2v(f_))); \
    reload(ci); \
    vmbreak; \
  }}

/*
** A step of 'next' over a plain table, or of 'ipairs' through an array: in a frame
** for the function, which errors tell of, but without the calls that take its
** arguments from there and move its results back. Its state is at 'func' + 1, its
** results come to 'func'. 0 when it has to be called like any other.
*/
static int step (lua_State *L, CallInfo *frame, StkId func) {
  Table *h = hvalue(s2v(func + 1));
  lua_CFunction f = fvalue(s2v(func));
  if (f == cu_next && !cu_is_external(h)) {
    cu_charge(L, CU_COST_CALL);
    frame->func.p = func;
    frame->nresults = 2;
    frame->callstatus = CIST_C;
    frame->top.p = L->top.p + LUA_MINSTACK;
    L->ci = frame;
    if (!luaH_next(L, h, func + 2)) {
      setnilvalue(s2v(func));
      setnilvalue(s2v(func + 1));
    }
    else {
      setobjs2s(L, func, func + 2);
      setobjs2s(L, func + 1, func + 3);
    }
    cu_check(L);
    L->ci = frame->previous;
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

/* The call of an iterator that is no function in Lua, as 'slow_precall'. */
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
  luaV_objlen(L, ra, rb);
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
