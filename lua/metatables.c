/*
** 'setmetatable' and 'getmetatable' of scripts, where external tables are concerned
** ('src/proxy/metatables.rs'). What cannot be read of a class is raised here, as
** wherever it is used.
*/

/* 'src/proxy/metatables.rs': gives the external table at 1 the metatable at 2, or none for nil. */
extern void cu_set_class (lua_State *L);
/* The same file: the table at 1, which is plain, is to have the external one at 2 as a metatable. */
extern void cu_want_events (lua_State *L);
/* The same file: puts nil in the place of the external table on top, if the script may not see it. */
extern void cu_admit_class (lua_State *L);

/* Pushes the '__metatable' of the value at 1 and returns 1, or neither; raises why it could not be read. */
static int push_protection (lua_State *L) {
  if (luaL_getmetafield(L, 1, "__metatable") == LUA_TNIL)
    return 0;
  if (is_stand_in(s2v(L->top.p - 1)))
    raise_text(L, &clCvalue(s2v(L->top.p - 1))->upvalue[0]);
  return 1;
}

/* 'setmetatable': Lua's own, where no external table is involved. */
static int cu_setmetatable (lua_State *L) {
  const TValue *t = index2value(L, 1), *mt = index2value(L, 2);
  int is_external = ttistable(t) && cu_is_external(hvalue(t));
  if (l_likely(!is_external && !(ttistable(mt) && cu_is_external(hvalue(mt))))) {
    Table *old = ttistable(t) ? hvalue(t)->metatable : NULL;
    if (l_likely(ttistable(t) && ttistable(mt) && old == NULL)) {
      lua_settop(L, 2);  /* nothing can be wrong */
      lua_setmetatable(L, 1);
      return 1;
    }
    if (old == NULL || !cu_is_external(old))
      return luaB_setmetatable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, lua_type(L, 2) == LUA_TNIL || ttistable(mt), 2, "nil or table");
  if (push_protection(L))
    return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (is_external)
    cu_set_class(L);
  else {
    cu_want_events(L);
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
  }
  lua_settop(L, 1);
  return 1;
}

static int cu_getmetatable (lua_State *L) {
  const TValue *t = index2value(L, 1);
  Table *class = ttistable(t) ? cu_class(hvalue(t)) : NULL;
  if (class == NULL)
    luaB_getmetatable(L);
  else if (!push_protection(L)) {
    sethvalue2s(L, L->top.p, class);
    api_incr_top(L);
  }
  if (cu_external_id(L, -1) != 0)
    cu_admit_class(L);
  return 1;
}
