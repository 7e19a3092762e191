/*
** Part of Lua's one translation unit, before Lua's own files: what those files
** need from 'inside.c'.
*/
#include "lvm.h"
#include "costs.h"
#include <string.h>

/*
** Functions without counts in the profile (scripts/profile.sh). Native code runs
** the first one differently, with setjmp. Counts make the interpreter's loop 8 KB
** larger and no faster. The build reports any other function without counts.
*/
static __attribute__((no_profile_instrument_function))
int luaD_rawrunprotected (lua_State *L, Pfunc f, void *ud);
static __attribute__((no_profile_instrument_function))
void luaV_execute (lua_State *L, CallInfo *ci);

/* 'reinsert' calls it before its definition ('lua/patches/07-tables.patch'). */
static void luaH_newkey (lua_State *L, Table *t, const TValue *key, TValue *value);

/* External tables. */
extern unsigned int cu_external_id (lua_State *L, int index);
static Table *cu_metatable;
static void cu_release (Table *t);

/* A bit of a table's flags that Lua does not use. */
#define CU_EXTERNAL	(1u << 6)
#define cu_is_external(t)	(((t)->flags & CU_EXTERNAL) != 0)

/* Objects ('objects.c'): the class of an external table, NULL for none; what an external table has as a metatable. */
static Table *cu_class_of (Table *t);
static Table *cu_events_of (Table *t);

/* The metatable that a script gave a table, NULL for none; the table in which the metamethods of a metatable are. */
#define cu_class(t)	(l_unlikely(cu_is_external(t)) ? cu_class_of(t) : (t)->metatable)

/* Functions: how a row of an external table is read and assigned, and its length told. */
static TValue cu_index, cu_newindex, cu_len;

/* Reads and assigns from an external table on. */
static __attribute__((noinline)) void cu_get_object (lua_State *L, const TValue *t, const TValue *key, StkId val, int loop);
static void cu_set_object (lua_State *L, const TValue *t, const TValue *key, const TValue *val, int loop);
/* What is known of an external table's row under the key, a function or nil; NULL if it has to be read. */
static const TValue *cu_known_method (lua_State *L, Table *t, const TValue *key);

static void cu_length_of (lua_State *L, StkId ra, const TValue *rb);
static int cu_equal (lua_State *L, const TValue *a, const TValue *b);
#define cu_events(mt)	(l_unlikely(cu_is_external(mt)) ? cu_events_of(mt) : (mt))
/* What lies there under the name. An external table is empty for Lua, so it is told from others only where nothing is found. */
static const TValue *cu_event (Table *mt, TString *name);

/* Lookups in stored classes, which no profiled program has: clang would call each small function in them. */
#define CU_WHOLE	__attribute__((flatten))

/* Whether the metatable is plain and may have the metamethod: one look at the flags. */
#define cu_may_have(mt,e)	(((mt)->flags & (1u << (e) | CU_EXTERNAL)) == 0)
static const TValue *cu_external_tm (Table *mt, TMS event, TString *name);
#undef fasttm
#define fasttm(L,mt,e) \
  ((mt) == NULL ? NULL : cu_may_have(mt, e) ? luaT_gettm(mt, e, G(L)->tmname[e]) : \
   l_unlikely(cu_is_external(mt)) ? cu_external_tm(mt, e, G(L)->tmname[e]) : NULL)

/*
** A function that no profiled program calls, so that the profile need not be
** counted anew for it ('lua/profile').
*/
#define CU_COLD	__attribute__((no_profile_instrument_function, cold))

/* What 'store/journal.rs' keeps of the transaction around one. */
#define CU_OUTER_WORDS	6

/* Computes that wait for the host ('waiting.c'): the thread of one keeps as many integers. */
#define CU_KEPT  7
static int cu_is_outermost (lua_State *L);
static CallInfo *cu_bottom (lua_State *L);
static int cu_is_waiting (lua_State *co);
/* 'library/host/wait.rs': a function of the host goes on. */
extern int cu_answered (lua_State *L, int status, lua_KContext context);
/* For the library of coroutines ('coroutines.h'). */
static int cu_yield (lua_State *L, int results);
static int cu_resume_for (lua_State *co, lua_State *L, int arguments, int *results);

/* 'iterate.rs': 'lua_next' of an external table at 1 with a key at 2, the top. */
extern int cu_external_next (lua_State *L);

/* 'standing.rs': which table stands for an id. */
extern void *cu_standing_find (unsigned int id);
extern void cu_standing_put (unsigned int id, void *table);
extern void cu_standing_remove (unsigned int id, void *table);

/* Stored functions: 'known.rs', their captured variables: 'cells.rs', their code: 'codes.rs'. */
extern unsigned int cu_function_id (const void *function);
extern void cu_function_gone (void *function);
extern void cu_cell_gone (void *cell);
extern void cu_code_gone (void *prototype);
extern void cu_mark_changed_cells (void *collector);

/* 'library/chunk.rs': raises when a binary chunk may not be loaded. */
extern void cu_check_chunk (lua_State *L, const char *name, const char *chunk,
                            size_t length);
/* The same file: reports a binary chunk that 'mode' does not allow. */
extern void cu_mode_refused (const char *mode);

/*
** Budget: the work that a run may still do ('src/budget.rs'), in the units of
** 'costs.h'. Once it is used up, it stays so until the run ends: code that catches
** the error gets it again at the next call, return or turn of a loop. It is
** volatile because compilers assume that memcmp and similar functions write
** nothing, but here they charge the budget.
*/
extern volatile long long cu_budget;

/*
** Below zero, the host may have to be asked whether the script goes on ('src/tick.rs'):
** these ask. 'cu_run_out' ends the run if it does not go on, 'cu_is_exhausted' tells,
** and 'cu_reserve' charges for 'n' units if there are so many.
*/
extern void cu_run_out (lua_State *L);
extern int cu_is_exhausted (void);
extern int cu_reserve (long long n);

/*
** Reads and changes the budget. A build for measuring charges nothing, but it
** keeps the comparisons: without them the profile would not fit the code.
*/
#if defined(CU_UNLIMITED)
#define cu_now()	(1LL << 62)
#define cu_set(n)	((void)(n))
#define cu_left(n)	(0LL)
#else
#define cu_now()	(cu_budget)
#define cu_set(n)	(cu_budget = (n))
#define cu_left(n)	(cu_budget -= (long long)(n))
#endif

/* Charges for work that soon ends by itself; a later check raises the error. */
#define cu_spend(n)	((void)cu_left(n))

/* Gives back in advance a charge that is about to be made and should not be. */
#define cu_refund(n)	((void)cu_left(-(long long)(n)))

/* Charges 'n' units if the budget covers them. Otherwise returns 0, and the budget is used up without a charge. */
static inline int cu_covers (long long n) {
  long long left = cu_now();
  if (l_likely(left >= n)) {
    cu_set(left - n);
    return 1;
  }
  return cu_reserve(n);
}

/* Charges for work before it is done, and ends the run when the budget does not cover it. */
#define cu_charge(L,n) \
	{ if (l_unlikely(__builtin_constant_p(n) ? cu_left(n) < 0 : !cu_covers(n))) cu_run_out(L); }

/* Ends the run when nothing is left. */
#define cu_check(L)	{ if (l_unlikely(cu_now() < 0)) cu_run_out(L); }

/* Charges 'n' units, and tells whether nothing is left. */
#define cu_used_up(n)	(l_unlikely(cu_left(n) < 0) && cu_is_exhausted())

/* The same in the interpreter's loop: a jump back over 'n' instructions. */
#define cu_turn(ci,n) \
	{ if (l_unlikely(cu_left(n) < 0)) { savestate(L, ci); cu_run_out(L); } }

/* Charges for a step along a chain, after 'far' steps. */
#define cu_step(far)	((void)(++(far) > CU_STEPS_FREE && cu_left(CU_COST_STEP)))

/* The charge for a block of memory. */
#define cu_block(size)	(CU_COST_BLOCK + (size) / CU_BYTES_ALLOCATED)

/* The length of a value on the stack, for the table library. */
static lua_Integer cu_length (lua_State *L, int index);

/* Charges for an element of a table, for the table library. */
static void cu_element (lua_State *L) {
  cu_charge(L, CU_COST_ELEMENT);
}

/* When the budget is used up, memory is refused, too; then the error is about the budget, not about memory. */
static l_noret cu_memory_error (lua_State *L) {
  cu_check(L);
  luaD_throw(L, LUA_ERRMEM);
}
#undef luaM_error
#define luaM_error(L)	cu_memory_error(L)

/* Call records stay for the next run, so they are free: otherwise a charge would depend on earlier runs. */
#undef luaM_reallocvector
#define luaM_reallocvector(L,v,oldn,n,t) \
	(__builtin_choose_expr(__builtin_types_compatible_p(t, CallInfo), \
	    cu_refund(cu_block(sizeof(t))), (void)0), \
	 cast(t *, luaM_realloc_(L, v, cast_sizet(oldn) * sizeof(t), \
	                               cast_sizet(n) * sizeof(t))))

/* Lua's default of a million slots does not fit the arena: the limit follows the arena's size. */
#undef LUAI_MAXSTACK
#define LUAI_MAXSTACK	CU_LUA_STACK_SLOTS

/*
** Library functions that the host has switched off for a compute
** ('permissions/switches.rs'): their number, and a check that raises if 'f' is one.
*/
extern unsigned int cu_switched_off;
extern void cu_check_switch (lua_State *L, lua_CFunction f);

/*
** The hash of a string: a multiplication mixes in four bytes at a time. For a name
** this takes a third of the time of Lua's own hash. A long string is hashed when it
** becomes a key; only this is charged.
*/
static inline unsigned int cu_hash (const char *text, size_t length, unsigned int seed) {
  unsigned int hash = seed ^ (unsigned int)length, word;
  if (length > LUAI_MAXSHORTLEN)
    cu_spend(length / CU_BYTES_HASHED);
  for (; length >= 4; length -= 4, text += 4) {
    memcpy(&word, text, 4);
    hash = (hash ^ word) * 0x9E3779B1u;
    hash ^= hash >> 15;
  }
  if (length > 0)
    hash ^= (unsigned char)text[0] | (unsigned char)text[length >> 1] << 8 |
            (unsigned int)(unsigned char)text[length - 1] << 16;
  hash *= 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return hash ^ hash >> 16;
}

/* Whether short texts of one length are equal. */
static inline int cu_same (const char *a, const char *b, size_t length) {
  unsigned long long difference = 0, x, y;
  for (; length >= 8; length -= 8, a += 8, b += 8) {
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    difference |= x ^ y;
  }
  for (; length > 0; length--)
    difference |= (unsigned char)*a++ ^ (unsigned char)*b++;
  return difference == 0;
}

/*
** Numbers as text, without reading a format. 'src/libc/format.rs' also writes
** integers, but a call of it from here costs 2 % of the time of programs that write
** many numbers, and 5 % of 'string_keys'.
*/
static int cu_integer_to_text (char *text, long long n) {
  unsigned long long rest = n < 0 ? 0ULL - (unsigned long long)n : (unsigned long long)n;
  char *end = text + 20, *from = end;
  int length = 0;
  cu_spend(CU_COST_NUMBER);
  for (; rest > 0xFFFFFFFFu; rest /= 10)
    *--from = (char)('0' + rest % 10);
  for (unsigned int low = (unsigned int)rest; low != 0 || from == end; low /= 10)
    *--from = (char)('0' + low % 10);
  if (n < 0)
    text[length++] = '-';
  while (from < end)
    text[length++] = *from++;
  return length;
}
#undef lua_integer2str
#define lua_integer2str(s,sz,n)	((void)(sz), cu_integer_to_text(s, n))
#if defined(__wasm__)  /* 'src/libc/symbols.rs' */
extern int cu_number_to_text (char *text, size_t size, double n);
#undef lua_number2str
#define lua_number2str(s,sz,n)	cu_number_to_text(s, sz, n)
#endif

/* The two iterators that the interpreter's loop knows ('interpreter.h'). */
static int cu_next (lua_State *L);
static int ipairsaux (lua_State *L);

/* For an ephemeron table when no more live keys are searched for. */
static int cu_keep_values (global_State *g, Table *h);

/*
** The fewest new bytes before the collector begins another cycle. With Lua's rule,
** twice what the libraries take, a cycle would begin every twenty small scripts.
*/
#define CU_LEAST_GARBAGE	((l_mem)64 * 1024)

/* While 'luaU_dump' runs: what is dumped is for the store ('lua/patches/02-stored-functions.patch'). */
static int cu_dumps_for_store = 0;

/* Whether Lua reports when it frees this object. Lua uses this bit only in its own tests. */
#define cu_is_reported(o)	testbit((o)->marked, TESTBIT)

/*
** Verified bytecode of a host may put any value where the compiler puts the state
** of a numeric loop, so changes of that state also write the type.
*/
#undef chgivalue
#define chgivalue(obj,x)	setivalue(obj,x)
#undef chgfltvalue
#define chgfltvalue(obj,x)	setfltvalue(obj,x)
