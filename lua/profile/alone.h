/*
** Replaces the functions of the module that cu's Lua calls, for native programs
** without the module: no external tables, no stored functions, no limits.
*/
#include <stdlib.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

/* The same hash on every machine. */
unsigned int cu_string_seed (void) { return 0x5bd1e995; }

int cu_external_next (lua_State *L) { (void)L; return 0; }
int cu_is_guarded (void) { return 0; }
void cu_admit_link (unsigned int from, unsigned int to) { (void)from; (void)to; }
void cu_set_class (lua_State *L) { (void)L; }
void cu_want_events (lua_State *L) { (void)L; }
void cu_admit_class (lua_State *L) { (void)L; }
void cu_transaction_begin (lua_State *L, unsigned int *outer) { (void)L; (void)outer; }
void cu_transaction_end (lua_State *L, const unsigned int *outer, int failed) { (void)L; (void)outer; (void)failed; }
void *cu_standing_find (unsigned int id) { (void)id; return NULL; }
void cu_standing_put (unsigned int id, void *table) { (void)id; (void)table; }
void cu_standing_remove (unsigned int id, void *table) { (void)id; (void)table; }
unsigned int cu_function_id (const void *function) { (void)function; return 0; }
void cu_function_gone (void *function) { (void)function; }
void cu_code_gone (void *prototype) { (void)prototype; }
void cu_cell_gone (void *cell) { (void)cell; }
void cu_mark_changed_cells (void *collector) { (void)collector; }

/* Nothing waits. */
int cu_answered (lua_State *L, int status, lua_KContext context) { (void)L; (void)status; (void)context; return 0; }

/* Binary chunks are not verified: they come from the compiler. */
void cu_check_chunk (lua_State *L, const char *name, const char *chunk, size_t length) {
  (void)L; (void)name; (void)chunk; (void)length;
}

void cu_mode_refused (const char *mode) { (void)mode; }

/* No function is switched off. */
unsigned int cu_switched_off = 0;
void cu_check_switch (lua_State *L, lua_CFunction f) { (void)L; (void)f; }

/* No run is limited. */
volatile long long cu_budget = 1LL << 62;
void cu_run_out (lua_State *L) { luaL_error(L, "not reached"); }
int cu_is_exhausted (void) { return 0; }
int cu_reserve (long long n) { (void)n; return 0; }

/* The libraries as scripts see them (lua/libraries.c). */
extern int cu_open_base (lua_State *L);
extern int cu_open_string (lua_State *L);
extern int cu_open_debug (lua_State *L);

static void open_libraries (lua_State *L) {
  static const luaL_Reg libraries[] = {
    {LUA_GNAME, cu_open_base},
    {LUA_COLIBNAME, luaopen_coroutine},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, cu_open_string},
    {LUA_UTF8LIBNAME, luaopen_utf8},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_DBLIBNAME, cu_open_debug},
    {NULL, NULL}
  };
  const luaL_Reg *library;
  for (library = libraries; library->func != NULL; library++) {
    luaL_requiref(L, library->name, library->func, 1);
    lua_pop(L, 1);
  }
}
