/*
** Runs snippets that return nothing in cu's Lua and prints the same answers as
** `native-lua --snippets`. `scripts/stress.sh` compiles this so that mistakes of
** the interpreter become visible.
*/
#include <stdio.h>
#include <string.h>

#include "profile/alone.h"

/* What a snippet printed so far. */
static char *output;
static size_t length, room;

static void put (const char *bytes, size_t n) {
  if (length + n > room) {
    room = 2 * (length + n);
    output = realloc(output, room);
    if (output == NULL) abort();
  }
  memcpy(output + length, bytes, n);
  length += n;
}

static int print (lua_State *L) {
  int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    size_t l;
    const char *text = luaL_tolstring(L, i, &l);
    if (i > 1) put("\t", 1);
    put(text, l);
    lua_pop(L, 1);
  }
  put("\n", 1);
  return 0;
}

static int write (lua_State *L) {
  int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    size_t l;
    const char *text = luaL_checklstring(L, i, &l);
    put(text, l);
  }
  return 0;
}

static void answer (const char *name, size_t name_length, const char *chunk, size_t chunk_length) {
  static const luaL_Reg io[] = {{"write", write}, {NULL, NULL}};
  lua_State *L = luaL_newstate();
  const char *message = "";
  int failed;
  if (L == NULL) abort();
  length = 0;
  open_libraries(L);
  lua_register(L, "print", print);
  luaL_newlib(L, io);
  lua_setglobal(L, "io");
  failed = luaL_loadbufferx(L, chunk, chunk_length, "=snippet", "t") || lua_pcall(L, 0, 0, 0);
  if (failed)
    message = luaL_tolstring(L, -1, NULL);
  printf("=== %.*s %zu %zu %s\n", (int)name_length, name, length, strlen(message), failed ? "error" : "ok");
  fwrite(output, 1, length, stdout);
  printf("%s\n", message);
  lua_close(L);
}

int main (int argc, char **argv) {
  static char text[1 << 20];
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  char *at, *end;
  if (file == NULL) {
    fprintf(stderr, "stress: one file of snippets\n");
    return 1;
  }
  end = text + fread(text, 1, sizeof(text) - 1, file);
  fclose(file);
  for (at = text; at < end;) {
    char *name = at + strlen("--- "), *chunk = strchr(at, '\n') + 1, *next = strstr(chunk, "\n--- ");
    next = next == NULL ? end : next + 1;
    answer(name, (size_t)(chunk - 1 - name), chunk, (size_t)(next - chunk));
    at = next;
  }
  return 0;
}
