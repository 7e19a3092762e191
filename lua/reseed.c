/*
** Sets a new seed of the string hash in a state in which no script has run, and
** moves strings and table keys to the places of that seed. This needs no memory:
** only the links between strings and the contents of table slots change.
*/

/* The most slots of a table that can be moved. The largest library table has fewer. */
#define RESEED_SLOTS	256

static void reseed_short_strings (global_State *g) {
  stringtable *tb = &g->strt;
  TString *all = NULL;
  int i;
  for (i = 0; i < tb->size; i++) {
    while (tb->hash[i] != NULL) {
      TString *ts = tb->hash[i];
      tb->hash[i] = ts->u.hnext;
      ts->u.hnext = all;
      all = ts;
    }
  }
  while (all != NULL) {
    TString *ts = all;
    TString **list;
    all = ts->u.hnext;
    ts->hash = luaS_hash(getstr(ts), tsslen(ts), g->seed);
    list = &tb->hash[lmod(ts->hash, tb->size)];
    ts->u.hnext = *list;
    *list = ts;
  }
}

/* Puts the keys of a table into its slots again; 0 when the table is too large. */
static int reseed_table (lua_State *L, Table *t) {
  Node old[RESEED_SLOTS];
  int i, size = sizenode(t);
  if (isdummy(t))
    return 1;
  if (size > RESEED_SLOTS)
    return 0;
  memcpy(old, t->node, size * sizeof(Node));
  for (i = 0; i < size; i++) {
    Node *n = gnode(t, i);
    gnext(n) = 0;
    setnilkey(n);
    setempty(gval(n));
  }
  t->lastfree = gnode(t, size);
  for (i = size - 1; i >= 0; i--) {
    if (!isempty(gval(&old[i]))) {
      TValue key;
      getnodekey(L, &key, &old[i]);
      luaH_newkey(L, t, &key, gval(&old[i]));
    }
  }
  return 1;
}

/* A long string holds its hash or, before it is hashed, the seed. */
static void reseed_long_string (global_State *g, TString *ts) {
  ts->hash = g->seed;
  ts->extra = 0;
}

/* 0 when a table is too large: then the state cannot be used. */
int cu_reseed (lua_State *L, unsigned int seed) {
  global_State *g = G(L);
  GCObject *o;
  g->seed = seed;
  reseed_short_strings(g);
  /* All string hashes change first: the keys of tables are found by them. */
  for (o = g->allgc; o != NULL; o = o->next) {
    if (o->tt == LUA_VLNGSTR)
      reseed_long_string(g, gco2ts(o));
  }
  for (o = g->allgc; o != NULL; o = o->next) {
    if (o->tt == LUA_VTABLE && !reseed_table(L, gco2t(o)))
      return 0;
  }
  return 1;
}
