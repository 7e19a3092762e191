/*
** Part of Lua's one translation unit, before the library of coroutines: what that
** asks of a thread, where computes can wait ('waiting.c').
*/

/* A compute's own thread counts as the main one. */
#define lua_pushthread(L)	((lua_pushthread)(L) | cu_is_outermost(L))
#define lua_isyieldable(L)	((lua_isyieldable)(L) && !cu_is_outermost(L))
#undef lua_yield
#define lua_yield(L,n)	cu_yield(L, n)

/* A coroutine that waits has not yielded for a script: who resumed it runs. */
#define lua_status(L)	(cu_is_waiting(L) ? LUA_OK : (lua_status)(L))

#define lua_resume(L,from,n,nres)	cu_resume_for(L, from, n, nres)
