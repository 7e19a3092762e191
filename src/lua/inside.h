/*
** Part of Lua's one translation unit, in front of Lua's own files: what they
** have to know of 'inside.c', and which of their functions stay calls.
*/
#include "lvm.h"

/*
** Slow paths. Inlined into the interpreter's loop they cost its fast paths the
** registers; as calls they made the benchmark set 6 % faster.
*/
static __attribute__((noinline)) void luaV_finishget (lua_State *L,
	const TValue *t, TValue *key, StkId val, const TValue *slot);
static __attribute__((noinline)) void luaV_finishset (lua_State *L,
	const TValue *t, TValue *key, TValue *val, const TValue *slot);

/* External tables. */
extern unsigned int cu_external_id (lua_State *L, int index);
static Table *cu_metatable;
static void cu_release (Table *t);

#define cu_is_external(t)	((t)->metatable == cu_metatable && cu_metatable != NULL)

/* 'iterate.rs': 'lua_next' of an external table at 1 with a key at 2, the top. */
extern int cu_external_next (lua_State *L);

/* 'standing.rs': which table stands for an id. */
extern void *cu_standing_find (unsigned int id);
extern void cu_standing_put (unsigned int id, void *table);
extern void cu_standing_remove (unsigned int id, void *table);

/* Stored functions: 'known.rs', and their captured variables: 'cells.rs'. */
extern unsigned int cu_function_id (const void *function);
extern void cu_function_gone (void *function);
extern void cu_cell_gone (void *cell);
extern void cu_mark_changed_cells (void *collector);

/* 'library/chunk.rs': whether a binary chunk may be loaded; raises when not. */
extern void cu_check_chunk (lua_State *L, const char *name, const char *chunk,
                            size_t length);
extern void cu_chunk_refused (const char *message);

/*
** Budget: the work that a run may still do, in instructions of the machine
** ('src/budget.rs'). Once nothing is left it stays so until the run ends: whatever
** catches the error meets it again at the next call or turn of a loop.
** 'build/edits/budget.rs' says where Lua spends it.
*/
extern long long cu_budget;
extern l_noret cu_exhausted (lua_State *L);

/*
** What is left after so much work. A build for measuring counts nothing; the
** comparisons stay in the text, or the profile would not fit it.
*/
#if defined(CU_UNLIMITED)
#define cu_left(n)	(0LL)
#else
#define cu_left(n)	(cu_budget -= (long long)(n))
#endif

/* Counts work; an error comes later. */
#define cu_spend(n)	((void)cu_left(n))

/*
** Steps along a chain of a hash table that count nothing: few chains are so
** long, and which keys share one depends on what else is there.
*/
#define CU_NEAR		16

/* Counts work, and ends the run when nothing is left. */
#define cu_charge(L,n) \
	{ if (l_unlikely(cu_left(n) < 0)) cu_exhausted(L); }

/* The same in the interpreter's loop: a jump back over 'n' instructions. */
#define cu_turn(ci,n) \
	{ if (l_unlikely(cu_left(n) < 0)) { savestate(L, ci); cu_exhausted(L); } }

/*
** Library functions that the host has switched off for a compute
** ('library/switches.rs'): how many, and what raises if 'f' is one.
*/
extern unsigned int cu_switched_off;
extern void cu_check_switch (lua_State *L, lua_CFunction f);

/* An object whose end is reported. Lua uses this bit in its own tests only. */
#define cu_is_reported(o)	testbit((o)->marked, TESTBIT)

/*
** Verified bytecode of a host may put anything where the compiler puts the
** state of a numeric loop: its changes write the type too.
*/
#undef chgivalue
#define chgivalue(obj,x)	setivalue(obj,x)
#undef chgfltvalue
#define chgfltvalue(obj,x)	setfltvalue(obj,x)
