/*
** Part of 'lvm.c', before 'luaV_execute': the macros for the handlers of its loop.
** 'patches/17-interpreter.patch' includes this file in place of Lua's own macros.
**
** How the engines compile the loop decides how fast it is. V8, SpiderMonkey and
** Cranelift each see one huge function. All uses of a variable together decide
** whether it gets a register or a place on the stack:
**
** - If a variable is alive across a call anywhere, every assignment stores it in
**   memory. Every instruction assigns 'pc', 'base' and 'i', so a single call after
**   which the loop still uses them adds three stores to each instruction.
** - A variable whose address is taken lives in linear memory.
** - A branch around a call moves other variables into registers and out again.
**
** So each handler follows three rules:
**
** 1. The common case is complete here, without a call.
** 2. Any other case is one call of a function of 'slow_paths.h', never inlined.
** 3. Before the call the handler saves 'pc' in the call record. After the call it
**    reads 'pc', 'base' and 'i' from there ('Protect'). Nothing else that changes
**    is alive across a call. This also covers a stack that has moved, for which
**    other interpreters test a flag in each instruction.
**
** There are no debug hooks, so nothing tests for them.
**
** All paths through a handler charge the budget the same.
*/

#include "slow_paths.h"


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

/* The function that runs. It has no variable, to leave a register for the handlers. */
#define running()	clLvalue(s2v(base - 1))

/* Reads the state from the call record. */
#define reload(ci) \
	(base = ci->func.p + 1, pc = ci->u.l.savedpc, i = pc[-1])

#define savepc(ci)	(ci->u.l.savedpc = pc)

/* Before work that can raise an error, which names the place, or that reads the frame up to its top. */
#define savestate(L,ci)	(savepc(ci), L->top.p = ci->top.p)

/* A call of a slow function. */
#define Protect(exp)	(savestate(L,ci), (exp), reload(ci))

/* The same for an instruction that has set the top. */
#define ProtectNT(exp)	(savepc(ci), (exp), reload(ci))

/* The opcode is read by itself, so that the branch waits for one byte only. */
#define vmfetch()	(pc++)
#define vmdispatch(o)	switch (*cast(const lu_byte *, pc - 1))
#define vmcase(l)	case l: case l | 0x80: i = pc[-1];
#define vmbreak		break

/* A jump. A jump back is a turn of a loop. */
#define dojump(ci,i,e) \
	{ int to = GETARG_sJ(i) + e; if (to < 0) cu_turn(ci, -to); pc += to; }

/* The jump that follows a test. */
#define donextjump(ci)	{ Instruction ni = *pc; dojump(ci, ni, 1); }

/* Skips that jump or takes it. */
#define docondjump()	if (cond != GETARG_k(i)) pc++; else donextjump(ci);

/* The tags of two values in one number, for one comparison. */
#define tags(a,b)	(rawtt(a) | cast_uint(rawtt(b)) << 8)
#define BOTH(tag)	((tag) | (tag) << 8)

/* }================================================================== */


/*
** {==================================================================
** Tables
** ===================================================================
*/

/* Whether the collector must be told that object 'o' now holds value 'v'. */
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
** Does 'found' with the slot of a short string in a table, if it is in the first
** two nodes of its chain. Otherwise does 'other'.
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
/* An empty slot may be filled if the table cannot have a '__newindex'. */
#define is_writable(h,slot)	(!isempty(slot) || (h)->metatable == NULL)

#define found_get(h,slot)	setobj2s(L, ra, slot)
#define found_set(h,slot)	set_slot(h, slot, rc)

/* }================================================================== */


/*
** {==================================================================
** Arithmetic
** ===================================================================
*/

#define l_addi(L,a,b)	intop(+, a, b)
#define l_subi(L,a,b)	intop(-, a, b)
#define l_muli(L,a,b)	intop(*, a, b)
#define l_band(a,b)	intop(&, a, b)
#define l_bor(a,b)	intop(|, a, b)
#define l_bxor(a,b)	intop(^, a, b)

/* An operation that succeeds skips the next instruction, which calls its metamethod. */
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

/* Division and remainder. Only an integer by a positive integer is done here. */
#define op_divide_aux(L,v1,v2,iop,op) { \
  StkId ra = RA(i); \
  if (l_likely(tags(v1, v2) == BOTH(LUA_VNUMINT) && ivalue(v2) > 0)) { \
    lua_Integer i1 = ivalue(v1); lua_Integer i2 = ivalue(v2); \
    done_int(iop(i1, i2)); \
  } \
  else done_slow(slow_arith(L, v1, v2, ra, op)); }

/* Only integers are done here. */
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

/* With a small integer, which a float represents exactly. */
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

/* Equality; 'S' is NULL where no metamethod is called. */
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
** Calls
** ===================================================================
*/

/* Begins the call of a Lua function as 'luaD_precall' does, if this needs no memory. */
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

#define call_c(f_,wanted) { \
  if (l_likely(ttislcf(s2v(f_)) && can_run_c(ci))) { \
    run_c(L, ci->next, f_, wanted, fvalue(s2v(f_))); \
    reload(ci); \
    vmbreak; \
  }}

/* }================================================================== */
