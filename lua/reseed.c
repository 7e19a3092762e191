/*
** Another seed of the string hash, for a state in which no script has run:
** strings and the keys of tables go to where that seed puts them. Needs no
** memory: everything stays in its place but the links between strings and what
** the slots of tables hold.
*/

/* Slots of a table that can be moved; the largest of the libraries' has fewer. */
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

/* Puts the keys of a table into its slots anew; 0 when it is too large. */
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

/* Long strings know their hash, or the seed of it, themselves. */
static void reseed_long_string (global_State *g, TString *ts) {
  ts->hash = g->seed;
  ts->extra = 0;
}

/* 0 when a table is too large: the state is of no use then. */
int cu_reseed (lua_State *L, unsigned int seed) {
  global_State *g = G(L);
  GCObject *o;
  g->seed = seed;
  reseed_short_strings(g);
  /* The hashes of all strings come first: keys of tables are found by them. */
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
