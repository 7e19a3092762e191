/*
** The end of Lua's one translation unit: what cu asks of Lua's insides.
*/

/*
** Gives back the stack and the call records that a deep recursion left behind.
** Lua does so while it collects, but not in an emergency collection; kept
** until then, the records pin memory all over the arena. To be called while
** nothing runs.
*/
void cu_trim_stack (lua_State *L) {
  if (L->nci > 16)
    freeCI(L);
  if (stacksize(L) > 1024)
    luaD_shrinkstack(L);
}

/*
** External tables. A Lua table that stands for one has no content, the one
** metatable 'cu_metatable', and its id in the place of its array's address:
** an array of no elements is never looked at. 'src/lua/standing.rs' finds it
** by its id; no reference counts there, so it lives as long as a script has it.
*/

#define cu_id(t)	((unsigned int)(size_t)(t)->array)

/* Takes the table at 'index', anchored elsewhere, as the metatable. */
void cu_set_metatable (lua_State *L, int index) {
  cu_metatable = hvalue(index2value(L, index));
}

/* The id of the external table at 'index', 0 for any other value. */
unsigned int cu_external_id (lua_State *L, int index) {
  const TValue *value = index2value(L, index);
  return ttistable(value) && cu_is_external(hvalue(value)) ? cu_id(hvalue(value)) : 0;
}

/* Whether the table at 'index' has a metatable. */
int cu_has_metatable (lua_State *L, int index) {
  return hvalue(index2value(L, index))->metatable != NULL;
}

/* Pushes the table that stands for 'id'; 0, and nothing pushed, when there is none. */
int cu_push_standing (lua_State *L, unsigned int id) {
  Table *t = (Table *)cu_standing_find(id);
  /* One that the collector has given up and not freed yet is gone already. */
  if (t == NULL || isdead(G(L), obj2gco(t)))
    return 0;
  sethvalue2s(L, L->top.p, t);
  api_incr_top(L);
  return 1;
}

/*
** Makes the plain table at 'index' stand for 'id': it loses its content and
** gets the metatable. Needs no memory, so it cannot fail; there is room in
** the map of standing tables.
*/
void cu_become_external (lua_State *L, int index, unsigned int id) {
  Table *t = hvalue(index2value(L, index));
  freehash(L, t);
  luaM_freearray(L, t->array, luaH_realasize(t));
  setnodevector(L, t, 0);
  t->alimit = 0;
  setrealasize(t);
  t->array = (TValue *)(size_t)id;
  t->metatable = cu_metatable;
  luaC_objbarrier(L, t, cu_metatable);
  cu_standing_put(id, t);
}

/* Called for an external table that is about to be freed. */
static void cu_release (Table *t) {
  cu_standing_remove(cu_id(t), t);
  t->array = NULL;
}
