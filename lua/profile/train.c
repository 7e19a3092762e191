/*
** Runs the training scripts in cu's Lua, to count its branches. `make profile`
** compiles this with counters and keeps the counts.
*/
#include <stdio.h>

#include "profile/alone.h"

static char source[1 << 16];

static int run (const char *path) {
  lua_State *L = luaL_newstate();
  FILE *file = fopen(path, "rb");
  size_t length;
  int status;
  if (L == NULL || file == NULL) {
    fprintf(stderr, "train: cannot open %s\n", path);
    return 1;
  }
  length = fread(source, 1, sizeof(source), file);
  fclose(file);
  open_libraries(L);
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
