/*
** Objects: external tables that have a metatable, their class, and external
** tables that are one.
**
** What Lua finds as the metatable of an external table is its behaviour, a table
** in which it finds no metamethod: only there it is asked whether a table is
** external, so plain tables cost nothing more. Those without a class have one
** together ('cu_metatable'). Any other behaviour has elements:
**
**   [1]  the class, an external table; true where nobody has looked for it: no
**        script has the table yet, to which only a chain leads
**   [2]  the events: a plain table with those fields of the external table that
**        Lua looks for in a metatable, and, until they change, with functions that
**        were read from it, its methods, and false under names that it lacks;
**        [1] is the number of those
**   [3]  the behaviour of all external tables of which it is the class, if they
**        have no events themselves
**
** No script can reach a behaviour or the events. 'src/proxy/objects.rs' fills
** them, before Lua goes on.
*/

/* For external tables that are no metatables. */
static Table *cu_nothing;

/* Takes the table at 'index', anchored elsewhere and empty, as the events of tables without any. */
void cu_set_nothing (lua_State *L, int index) {
  cu_nothing = hvalue(index2value(L, index));
}

static Table *element (Table *behaviour, unsigned int n) {
  return behaviour->alimit > n && ttistable(&behaviour->array[n]) ? hvalue(&behaviour->array[n]) : NULL;
}

/* Whether nobody has looked for the class of the external table. */
static int cu_is_unknown (const Table *t) {
  const Table *behaviour = t->metatable;
  return behaviour->alimit > 0 && ttistrue(&behaviour->array[0]);
}

static Table *cu_class_of (Table *t) {
  return element(t->metatable, 0);
}

static Table *cu_events_of (Table *t) {
  Table *events = element(t->metatable, 1);
  return events != NULL ? events : cu_nothing;
}

static const TValue *cu_event (Table *mt, TString *name) {
  const TValue *found = luaH_getshortstr(mt, name);
  if (l_unlikely(isempty(found) && cu_is_external(mt)))
    found = luaH_getshortstr(cu_events_of(mt), name);
  return found;
}

/* 'luaT_gettm' of an external table. */
CU_WHOLE static const TValue *cu_external_tm (Table *mt, TMS event, TString *name) {
  if (mt->flags & (1u << event))
    return NULL;
  {
    const TValue *tm = luaH_getshortstr(cu_events_of(mt), name);
    if (notm(tm)) {
      mt->flags |= cast_byte(1u << event);
      return NULL;
    }
    if (event <= TM_NEWINDEX) cu_spend(CU_COST_LINK);
    return tm;
  }
}

/* Pushes the behaviour of the external table at 'index'. */
void cu_push_behaviour (lua_State *L, int index) {
  sethvalue2s(L, L->top.p, hvalue(index2value(L, index))->metatable);
  api_incr_top(L);
}

/* Gives the external table at 'index' the behaviour on top, which is popped. */
void cu_set_behaviour (lua_State *L, int index) {
  Table *t = hvalue(index2value(L, index));
  t->metatable = hvalue(s2v(L->top.p - 1));
  luaC_objbarrier(L, t, t->metatable);
  L->top.p--;
}

static int is_event_name (const TString *name) {
  return getshrstr(name)[0] == '_' && getshrstr(name)[1] == '_';
}

/* Whether the key is a text that begins as the names of events do. */
int cu_may_be_event (lua_State *L, int key) {
  const TValue *name = index2value(L, key);
  return ttisshrstring(name) && is_event_name(tsvalue(name));
}

/* Whether the events of the external table at 'index' have been read. */
int cu_has_events (lua_State *L, int index) {
  return element(hvalue(index2value(L, index))->metatable, 1) != NULL;
}

/* The external table at 'index' has other events: what Lua knows to be absent may be there. */
void cu_forget_events (lua_State *L, int index) {
  invalidateTMcache(hvalue(index2value(L, index)));
}

/* Whether the external table at 'index' is a metatable, or may have one. */
int cu_is_object (lua_State *L, int index) {
  return hvalue(index2value(L, index))->metatable != cu_metatable;
}

/* Whether the external table at 'index' has a class of which nobody knows. */
int cu_wants_class (lua_State *L, int index) {
  return cu_is_unknown(hvalue(index2value(L, index)));
}

static int raise_text (lua_State *L, const TValue *text) {
  luaL_where(L, 1);
  setobj2s(L, L->top.p, text);
  api_incr_top(L);
  lua_concat(L, 2);
  return lua_error(L);
}

/* In the place of a value that could not be read: raises why, its upvalue ('src/proxy/fault.rs'). */
int cu_stand_in (lua_State *L) {
  return raise_text(L, index2value(L, lua_upvalueindex(1)));
}

static int is_stand_in (const TValue *o) {
  return ttisCclosure(o) && clCvalue(o)->f == cu_stand_in;
}

/* Names without a row that are remembered of a table: more than there are methods of a class, in few bytes. */
#define CU_ABSENT  64

/* What is known of the row under the key: a function, or nil where there is none; NULL if it has to be read. */
static const TValue *cu_method (lua_State *L, Table *t, const TValue *key) {
  Table *events = element(t->metatable, 1);
  if (events != NULL && ttisshrstring(key)) {
    const TValue *slot = luaH_getshortstr(events, tsvalue(key));
    if (ttisfunction(slot))
      return is_stand_in(slot) ? NULL : slot;
    if (ttisfalse(slot) && !is_event_name(tsvalue(key)))
      return &G(L)->nilvalue;
  }
  return NULL;
}

/* 'collector.rs': whether a script may not see every table. */
extern int cu_is_guarded (void);

CU_WHOLE static const TValue *cu_known_method (lua_State *L, Table *t, const TValue *key) {
  const TValue *method = cu_method(L, t, key);
  if (method == NULL || cu_is_guarded())
    return NULL;
  cu_spend(CU_COST_HOST);  /* as much as to read it */
  return method;
}

/* Pushes what is known of the external table at 'index', under the key at 'key'; returns 0, and pushes nothing, if it has to be read. */
int cu_push_method (lua_State *L, int index, int key) {
  const TValue *method = cu_method(L, hvalue(index2value(L, index)), index2value(L, key));
  if (method == NULL)
    return 0;
  setobj2s(L, L->top.p, method);
  api_incr_top(L);
  return 1;
}

/*
** The value on top was read from the external table at 'index', with the key at 'key': returns 1 if that is remembered, a function or
** that there is none.
*/
int cu_keep_method (lua_State *L, int index, int key) {
  Table *events = element(hvalue(index2value(L, index))->metatable, 1);
  const TValue *name = index2value(L, key), *value = s2v(L->top.p - 1);
  if (events == NULL || !ttisshrstring(name) || strlen(getshrstr(tsvalue(name))) != tsvalue(name)->shrlen)
    return 0;
  sethvalue2s(L, L->top.p, events);
  api_incr_top(L);
  if (ttisfunction(value))
    lua_pushvalue(L, -2);
  else {
    const TValue *count = luaH_getint(events, 1);
    lua_Integer absent = ttisinteger(count) ? ivalue(count) : 0;
    if (!ttisnil(value) || is_event_name(tsvalue(name)) || absent == CU_ABSENT) {
      lua_pop(L, 1);
      return 0;
    }
    lua_pushinteger(L, absent + 1);
    lua_rawseti(L, -2, 1);
    lua_pushboolean(L, 0);
  }
  lua_pushvalue(L, key);
  lua_insert(L, -2);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  return 1;
}

/* The row with that name changes: what was read is not known any more. Allocates nothing. */
void cu_forget_method (lua_State *L, void *table, const char *name, size_t length) {
  Table *events = element(((Table *)table)->metatable, 1);
  const TString *s;
  if (events == NULL || (s = cu_interned(L, name, length)) == NULL)
    return;
  {
    TValue *slot = (TValue *)luaH_getshortstr(events, (TString *)s);
    if (ttisfalse(slot) && !is_event_name(s)) {
      TValue *count = (TValue *)luaH_getint(events, 1);
      setivalue(count, ivalue(count) - 1);
    }
    if (!isempty(slot))
      setempty(slot);
  }
}

static void cu_get_row (lua_State *L, const TValue *t, const TValue *key, StkId val) {
  cu_spend(CU_COST_LINK);
  luaT_callTMres(L, &cu_index, t, key, val);
}

static void cu_set_row (lua_State *L, const TValue *t, const TValue *key, const TValue *val) {
  cu_spend(CU_COST_LINK);
  luaT_callTM(L, &cu_newindex, t, key, val);
}

/*
** Reads what lies under the key in the external table, and nothing that is inherited, to the top of the stack, which stays
** where it was (and its class is known afterwards, if nothing lies there): nothing may be called or pushed before that is used. Lua's stack may move.
*/
static const TValue *cu_read_row (lua_State *L, const TValue *table, const TValue *key) {
  cu_get_row(L, table, key, L->top.p);
  return s2v(L->top.p);
}

/* 'src/proxy/objects.rs': a script that may not see or change everything gets from one external table to another. */
extern void cu_admit_link (unsigned int from, unsigned int to);

static unsigned int cu_id_of (const Table *t) {
  return t != NULL && cu_is_external(t) ? cu_id(t) : 0;
}

/* A chain leads from 'h' to the value, which its class has: as if the script had read both. */
static void cu_follow (Table *h, const TValue *to) {
  Table *class;
  if (!cu_is_guarded()) return;
  class = cu_class(h);
  cu_admit_link(cu_id_of(h), cu_id_of(class));
  if (ttistable(to))
    cu_admit_link(cu_id_of(class), cu_id_of(hvalue(to)));
}

/*
** What 'luaV_finishget' and 'luaV_finishset' do from an external table on that has a class, or that another table inherits
** from: its rows are asked for, and then its class. A metamethod is called from where the operation is, as any other is.
** The stack may move, so 'o', 'k' and 'v' are copies. The values are where they were, or are arguments of what is called.
*/
static void cu_get_object (lua_State *L, const TValue *t, const TValue *key, StkId val, int loop) {
  ptrdiff_t result = savestack(L, val);
  TValue o, k;
  setobj(L, &o, t);
  setobj(L, &k, key);
  for (; ; loop++) {
    const TValue *tm;
    if (l_likely(ttistable(&o))) {
      Table *h = hvalue(&o);
      const TValue *found;
      if (!cu_is_external(h))
        found = luaH_get(h, &k);
      else if (loop == 0 || (found = cu_known_method(L, h, &k)) == NULL)
        found = cu_read_row(L, &o, &k);
      if (!ttisnil(found)) {
        setobj2s(L, restorestack(L, result), found);
        return;
      }
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = fasttm(L, cu_class(h), TM_INDEX);
      if (tm == NULL) {
        setnilvalue(s2v(restorestack(L, result)));
        return;
      }
      cu_follow(h, tm);
    }
    else {
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = luaT_gettmbyobj(L, &o, TM_INDEX);
      if (l_unlikely(notm(tm)))
        luaG_typeerror(L, &o, "index");
    }
    if (ttisfunction(tm)) {
      luaT_callTMres(L, tm, &o, &k, restorestack(L, result));
      return;
    }
    setobj(L, &o, tm);
  }
  luaG_runerror(L, "'__index' chain too long; possible loop");
}

static void cu_set_object (lua_State *L, const TValue *t, const TValue *key, const TValue *val, int loop) {
  TValue o, k, v;
  setobj(L, &o, t);
  setobj(L, &k, key);
  setobj(L, &v, val);
  for (; ; loop++) {
    const TValue *tm;
    if (l_likely(ttistable(&o))) {
      Table *h = hvalue(&o);
      int is_external = cu_is_external(h);
      const TValue *slot = NULL;
      int is_there;
      if (!is_external)
        is_there = !isempty(slot = luaH_get(h, &k));
      else  /* without '__newindex' it makes no difference; where there is no row, the class is known afterwards */
        is_there = (!cu_is_unknown(h) && fasttm(L, cu_class_of(h), TM_NEWINDEX) == NULL) || !ttisnil(cu_read_row(L, &o, &k));
      tm = NULL;
      if (!is_there) {
        if (l_unlikely(loop == MAXTAGLOOP)) break;
        tm = fasttm(L, cu_class(h), TM_NEWINDEX);
      }
      if (tm == NULL) {
        if (is_external)
          cu_set_row(L, &o, &k, &v);
        else {
          sethvalue2s(L, L->top.p, h);  /* as in 'luaV_finishset' */
          L->top.p++;
          luaH_finishset(L, h, &k, slot, &v);
          L->top.p--;
          invalidateTMcache(h);
          luaC_barrierback(L, obj2gco(h), &v);
        }
        return;
      }
      cu_follow(h, tm);
    }
    else {
      if (l_unlikely(loop == MAXTAGLOOP)) break;
      tm = luaT_gettmbyobj(L, &o, TM_NEWINDEX);
      if (l_unlikely(notm(tm)))
        luaG_typeerror(L, &o, "index");
    }
    if (ttisfunction(tm)) {
      luaT_callTM(L, tm, &o, &k, &v);
      return;
    }
    setobj(L, &o, tm);
  }
  luaG_runerror(L, "'__newindex' chain too long; possible loop");
}

/* 'luaV_objlen'. */
static void cu_length_of (lua_State *L, StkId ra, const TValue *rb) {
  if (ttistable(rb) && cu_is_external(hvalue(rb))) {
    const TValue *tm = fasttm(L, cu_class_of(hvalue(rb)), TM_LEN);
    luaT_callTMres(L, tm != NULL ? tm : &cu_len, rb, rb, ra);
  }
  else
    (luaV_objlen)(L, ra, rb);
}

/* 'luaV_equalobj'; without 'L' no metamethod is asked. */
static int cu_equal (lua_State *L, const TValue *a, const TValue *b) {
  const TValue *tm;
  if (L == NULL || !ttistable(a) || !ttistable(b) || hvalue(a) == hvalue(b))
    return (luaV_equalobj)(L, a, b);
  tm = fasttm(L, cu_class(hvalue(a)), TM_EQ);
  if (tm == NULL)
    tm = fasttm(L, cu_class(hvalue(b)), TM_EQ);
  if (tm == NULL)
    return 0;
  luaT_callTMres(L, tm, a, b, L->top.p);
  return !l_isfalse(s2v(L->top.p));
}
