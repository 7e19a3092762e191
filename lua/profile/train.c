/*
** Runs the training scripts in Lua as cu compiles it, to count its branches.
** `make profile` compiles this with the counters and keeps what they say.
*/
#include <stdio.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

/* The same hash on every machine, so that the counts are the same too. */
unsigned int cu_string_seed (void) { return 0x5bd1e995; }

/* There are no external tables and no stored functions here. */
int cu_external_next (lua_State *L) { (void)L; return 0; }
void *cu_standing_find (unsigned int id) { (void)id; return NULL; }
void cu_standing_put (unsigned int id, void *table) { (void)id; (void)table; }
void cu_standing_remove (unsigned int id, void *table) { (void)id; (void)table; }
unsigned int cu_function_id (const void *function) { (void)function; return 0; }
void cu_function_gone (void *function) { (void)function; }
void cu_cell_gone (void *cell) { (void)cell; }
void cu_mark_changed_cells (void *collector) { (void)collector; }

/* No binary chunk is loaded. */
void cu_check_chunk (lua_State *L, const char *name, const char *chunk, size_t length) {
  (void)name; (void)chunk; (void)length; luaL_error(L, "not reached");
}

void cu_mode_refused (const char *mode) { (void)mode; }

/* No function is switched off. */
unsigned int cu_switched_off = 0;
void cu_check_switch (lua_State *L, lua_CFunction f) { (void)L; (void)f; }

/* No run is limited. */
volatile long long cu_budget = 1LL << 62;
__attribute__((noreturn)) void cu_exhausted (lua_State *L) { luaL_error(L, "not reached"); abort(); }

/* The libraries as scripts see them (lua/libraries.c). */
extern int cu_open_base (lua_State *L);
extern int cu_open_string (lua_State *L);

static const luaL_Reg libraries[] = {
  {LUA_GNAME, cu_open_base},
  {LUA_COLIBNAME, luaopen_coroutine},
  {LUA_TABLIBNAME, luaopen_table},
  {LUA_STRLIBNAME, cu_open_string},
  {LUA_UTF8LIBNAME, luaopen_utf8},
  {LUA_MATHLIBNAME, luaopen_math},
  {NULL, NULL}
};

static char source[1 << 16];

static int run (const char *path) {
  lua_State *L = luaL_newstate();
  FILE *file = fopen(path, "rb");
  size_t length;
  int status;
  const luaL_Reg *library;
  if (L == NULL || file == NULL) {
    fprintf(stderr, "train: cannot open %s\n", path);
    return 1;
  }
  length = fread(source, 1, sizeof(source), file);
  fclose(file);
  for (library = libraries; library->func != NULL; library++) {
    luaL_requiref(L, library->name, library->func, 1);
    lua_pop(L, 1);
  }
  status = luaL_loadbufferx(L, source, length, path, "t") || lua_pcall(L, 0, 0, 0);
  if (status)
    fprintf(stderr, "train: %s\n", lua_tostring(L, -1));
  lua_close(L);
  return status;
}

int main (int argc, char **argv) {
  int failed = 0;
  for (int i = 1; i < argc; i++)
    failed |= run(argv[i]);
  return failed;
}
