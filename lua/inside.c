/*
** The end of Lua's one translation unit: the functions of cu that need Lua's
** internal data.
*/

/*
** Frees the stack and the call records that a deep recursion left behind. Lua
** frees them in a normal collection, but not in an emergency collection. Until
** then the records keep memory all over the arena in use. Call this only while
** nothing runs.
*/
void cu_trim_stack (lua_State *L) {
  if (L->nci > 16)
    freeCI(L);
  if (stacksize(L) > 1024)
    luaD_shrinkstack(L);
}

/* Throws the message on top as the error of a chunk. No message handler sees it. */
l_noret cu_refuse_chunk (lua_State *L) {
  luaD_throw(L, LUA_ERRSYNTAX);
}

/*
** Ends the run. The throw skips the message handlers, because they belong to the
** script.
*/
l_noret cu_leave_run (lua_State *L) {
  setnilvalue(s2v(L->top.p));
  L->top.p++;  /* assume EXTRA_STACK */
  luaD_throw(L, LUA_ERRRUN);
}

/*
** External tables. A Lua table that stands for an external table has no content.
** Its metatable is 'cu_metatable' or like that ('objects.c'), and its id is stored in place of the array's
** address: Lua never reads an array without elements. 'src/vm/standing.rs' finds
** the table by its id. That entry does not keep the table alive: it lives as
** long as a script has it.
*/

#define cu_id(t)	((unsigned int)(size_t)(t)->array)

/* Takes the table at 'index', anchored elsewhere, as the metatable, and what external tables do. */
void cu_set_metatable (lua_State *L, int index, lua_CFunction get, lua_CFunction set, lua_CFunction measure) {
  cu_metatable = hvalue(index2value(L, index));
  setfvalue(&cu_index, get);
  setfvalue(&cu_newindex, set);
  setfvalue(&cu_len, measure);
}

/* The id of the external table at 'index'; 0 for any other value. */
unsigned int cu_external_id (lua_State *L, int index) {
  const TValue *value = index2value(L, index);
  return ttistable(value) && cu_is_external(hvalue(value)) ? cu_id(hvalue(value)) : 0;
}

/* The short string with these bytes, NULL if there is none: then it is a key of no table. */
static TString *cu_interned (lua_State *L, const char *name, size_t length) {
  global_State *g = G(L);
  TString *s = g->strt.hash[lmod(luaS_hash(name, length, g->seed), g->strt.size)];
  while (s != NULL && (s->shrlen != length || memcmp(getshrstr(s), name, length) != 0))
    s = s->u.hnext;
  return s;
}

/*
** The id of the external table that is the value of a global, 0 for any other value. No metamethod is called, and nothing is
** allocated: a name that is not in the table of strings is no key.
*/
unsigned int cu_global_id (lua_State *L, const char *name, size_t length) {
  const TValue *globals = luaH_getint(hvalue(&G(L)->l_registry), LUA_RIDX_GLOBALS);
  TString *s = cu_interned(L, name, length);
  if (s != NULL && ttistable(globals)) {
    const TValue *value = luaH_getshortstr(hvalue(globals), s);
    if (ttistable(value) && cu_is_external(hvalue(value)))
      return cu_id(hvalue(value));
  }
  return 0;
}

/* Pushes the metatable that a script gave the table at 'index'; returns 0, and pushes nothing, when there is none. */
int cu_push_class (lua_State *L, int index) {
  Table *class = cu_class(hvalue(index2value(L, index)));
  if (class == NULL)
    return 0;
  sethvalue2s(L, L->top.p, class);
  api_incr_top(L);
  return 1;
}

/* Pushes the table that stands for 'id'. Without such a table it pushes nothing and returns 0. */
int cu_push_standing (lua_State *L, unsigned int id) {
  Table *t = (Table *)cu_standing_find(id);
  /* A table that the collector found dead counts as gone, even before it is freed. */
  if (t == NULL || isdead(G(L), obj2gco(t)))
    return 0;
  sethvalue2s(L, L->top.p, t);
  api_incr_top(L);
  return 1;
}

/*
** Makes the plain table at 'index' stand for 'id': it loses its content and
** gets the metatable. This needs no memory, so it cannot fail. The caller has
** made room in the map of 'standing.rs'.
*/
void cu_become_external (lua_State *L, int index, unsigned int id) {
  Table *t = hvalue(index2value(L, index));
  freehash(L, t);
  luaM_freearray(L, t->array, luaH_realasize(t));
  setnodevector(L, t, 0);
  t->alimit = 0;
  setrealasize(t);
  t->array = (TValue *)(size_t)id;
  t->flags = CU_EXTERNAL;
  t->metatable = cu_metatable;
  luaC_objbarrier(L, t, cu_metatable);
  cu_standing_put(id, t);
}

/* Makes the external table stand for 'id', which no other table stands for. */
void cu_let_go (void *table, unsigned int id) {
  ((Table *)table)->array = (TValue *)(size_t)id;
}

/* Called for an external table that is about to be freed, or to become plain. */
static void cu_release (Table *t) {
  cu_standing_remove(cu_id(t), t);
  t->array = NULL;
}

/*
** Makes the external table at 'index' a plain one with the content of the plain
** table on top, which loses it and is popped. This needs no memory, so it cannot
** fail.
*/
CU_COLD void cu_become_plain (lua_State *L, int index) {
  Table *t = hvalue(index2value(L, index));
  Table *from = hvalue(s2v(L->top.p - 1));
  cu_release(t);
  t->metatable = cu_class_of(t);
  t->flags = from->flags;
  t->alimit = from->alimit;
  t->array = from->array;
  t->lsizenode = from->lsizenode;
  t->node = from->node;
  t->lastfree = from->lastfree;
  from->array = NULL;
  setnodevector(L, from, 0);
  from->alimit = 0;
  setrealasize(from);
  if (isblack(t))
    luaC_barrierback_(L, obj2gco(t));  /* its content may be white */
  L->top.p--;
}

/*
** 'ext.transaction(function, ...)'. The function runs under the message handler
** that there is, which so sees the place of an error, and an error goes on with
** its status, past the handlers: they have seen it. Both functions of
** 'src/library/transaction.rs' may raise; 'outer' is what they keep.
*/
extern void cu_transaction_begin (lua_State *L, unsigned int *outer);
extern void cu_transaction_end (lua_State *L, const unsigned int *outer, int failed);

/* What the end of a transaction may need of C's stack, which is measured in calls. */
#define CU_CALLS_AT_END  40

CU_COLD static void call_inside (lua_State *L, void *function) {
  luaD_callnoyield(L, restorestack(L, *(ptrdiff_t *)function), LUA_MULTRET);
}

CU_COLD int cu_transaction (lua_State *L) {
  unsigned int outer[CU_OUTER_WORDS];
  ptrdiff_t function;
  int status;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  if (getCcalls(L) > LUAI_MAXCCALLS - CU_CALLS_AT_END)
    luaL_error(L, "C stack overflow");
  cu_transaction_begin(L, outer);
  function = savestack(L, L->ci->func.p + 1);
  status = luaD_pcall(L, call_inside, &function, function, L->errfunc);
  if (status == LUA_OK)
    adjustresults(L, LUA_MULTRET);
  cu_transaction_end(L, outer, status != LUA_OK);
  if (status != LUA_OK)
    luaD_throw(L, status);
  return lua_gettop(L);
}

/*
** Stored functions. 'src/vm/known.rs', 'cells.rs' and 'codes.rs' keep the
** addresses of the Lua functions, captured variables and prototypes that the
** store has, until the collector frees them. A captured variable is Lua's UpVal.
*/

/* The Lua function at 'index', or NULL for any other value. */
void *cu_function (lua_State *L, int index) {
  const TValue *value = index2value(L, index);
  return ttisLclosure(value) ? (void *)clLvalue(value) : NULL;
}

/* From now on, Lua reports when it frees this function, captured variable or prototype. */
void cu_report (void *object) {
  l_setbit(((GCObject *)object)->marked, TESTBIT);
}

/* Whether the collector found the object dead, even if it has not freed it yet. */
int cu_is_dead (lua_State *L, void *object) {
  return isdead(G(L), (GCObject *)object);
}

/* Pushes a function. */
void cu_push_function (lua_State *L, void *function) {
  setclLvalue2s(L, L->top.p, (LClosure *)function);
  api_incr_top(L);
}

/* The prototype of a function. */
void *cu_prototype (void *function) {
  return ((LClosure *)function)->p;
}

/* How many variables the functions of a prototype capture. */
int cu_captured_count (void *prototype) {
  return ((Proto *)prototype)->sizeupvalues;
}

/* Whether a prototype has the lines of its instructions: one that was stripped has none. */
int cu_has_lines (void *prototype) {
  return ((Proto *)prototype)->sizelineinfo > 0;
}

/*
** Pushes a new function of a prototype. Its captured variables are new and nil.
** Raises when memory runs out.
*/
void cu_push_closure (lua_State *L, void *prototype) {
  Proto *p = (Proto *)prototype;
  LClosure *f;
  /* Until the function has it, the stack keeps it alive. */
  setgcovalue(L, s2v(L->top.p), obj2gco(p));
  api_incr_top(L);
  f = luaF_newLclosure(L, p->sizeupvalues);
  f->p = p;
  setclLvalue2s(L, L->top.p - 1, f);
  luaF_initupvals(L, f);
}

/* Dumps the Lua function on top for the store. */
int cu_dump (lua_State *L, lua_Writer writer, void *data, int strip) {
  int status;
  cu_dumps_for_store = 1;
  status = luaU_dump(L, getproto(s2v(L->top.p - 1)), writer, data, strip);
  cu_dumps_for_store = 0;
  return status;
}

/* Pushes the value of a captured variable. */
void cu_push_cell (lua_State *L, void *cell) {
  setobj2s(L, L->top.p, ((UpVal *)cell)->v.p);
  api_incr_top(L);
}

/* Gives a captured variable the value on top, and pops it. */
void cu_set_cell (lua_State *L, void *cell) {
  UpVal *uv = (UpVal *)cell;
  setobj(L, uv->v.p, s2v(L->top.p - 1));
  luaC_barrier(L, uv, s2v(L->top.p - 1));
  L->top.p--;
}

/* Makes a captured variable number 'n' of the Lua function at 'index'. Numbers start at 0. */
void cu_join (lua_State *L, int index, int n, void *cell) {
  LClosure *f = clLvalue(index2value(L, index));
  f->upvals[n] = (UpVal *)cell;
  luaC_objbarrier(L, f, (UpVal *)cell);
}

/* The name of a captured variable in a function, or NULL. */
const char *cu_cell_name (void *function, void *cell) {
  LClosure *f = (LClosure *)function;
  int n;
  for (n = 0; n < f->nupvalues; n++) {
    TString *name = f->p->upvalues[n].name;
    if (f->upvals[n] == (UpVal *)cell && name != NULL)
      return getstr(name);
  }
  return NULL;
}

/*
** Big integers: userdata with a metatable that no script can reach. The lowest
** bit of the first word is 1 for a negative number; the other bits are the hash
** ('big_hash'). The limbs follow, the least first. The top limb is never zero
** ('src/codec/big.rs').
*/
static Table *cu_big_metatable;

/* Takes the table at 'index', anchored elsewhere, as the metatable. */
void cu_set_big_metatable (lua_State *L, int index) {
  cu_big_metatable = hvalue(index2value(L, index));
}

#define cu_is_big(u)	((u)->metatable == cu_big_metatable && cu_big_metatable != NULL)

/* The words of the big integer at 'index', and their number in 'count'; NULL for any other value. */
const unsigned int *cu_big_words (lua_State *L, int index, size_t *count) {
  const TValue *value = index2value(L, index);
  if (!ttisfulluserdata(value) || !cu_is_big(uvalue(value)))
    return NULL;
  *count = uvalue(value)->len / sizeof(unsigned int);
  return (const unsigned int *)getudatamem(uvalue(value));
}

/*
** Pushes a big integer of 'count' words; the caller fills them. Without memory
** it pushes nothing and returns NULL. It raises nothing and runs no finalizer:
** the caller must call 'cu_check_collector' later.
*/
unsigned int *cu_push_big (lua_State *L, size_t count) {
  size_t size = sizeudata(0, count * sizeof(unsigned int));
  GCObject *o = (GCObject *)luaM_realloc_(L, NULL, 0, size);
  Udata *u;
  if (o == NULL)
    return NULL;
  o->marked = luaC_white(G(L));
  o->tt = LUA_VUSERDATA;
  o->next = G(L)->allgc;
  G(L)->allgc = o;
  u = gco2u(o);
  u->len = count * sizeof(unsigned int);
  u->nuvalue = 0;
  u->metatable = cu_big_metatable;
  setuvalue(L, s2v(L->top.p), u);
  api_incr_top(L);
  return (unsigned int *)getudatamem(u);
}

/* Lets the collector work, if it is time. Raises what a finalizer raises. */
void cu_check_collector (lua_State *L) {
  luaC_checkGC(L);
}

/* Raises the error "not enough memory". */
l_noret cu_no_memory (lua_State *L) {
  luaM_error(L);
}

typedef struct Bytes {
  const char *at;
  size_t length;
} Bytes;

static const char *read_bytes (lua_State *L, void *data, size_t *length) {
  Bytes *bytes = (Bytes *)data;
  (void)L;
  *length = bytes->length;
  bytes->length = 0;
  return bytes->at;
}

/*
** Pushes the function of verified bytecode. Its captured variables are new and
** nil. Raises when memory runs out.
*/
void cu_load_bytecode (lua_State *L, const char *at, size_t length) {
  Bytes bytes = {at, length};
  ZIO z;
  luaZ_init(L, &z, read_bytes, &bytes);
  (void)zgetc(&z);  /* the first byte only marks bytecode */
  luaF_initupvals(L, luaU_undump(L, &z, "=stored"));
}

/* Stops the collector, so no finalizer runs; returns its state before. */
int cu_hold_collector (lua_State *L) {
  int before = G(L)->gcstp;
  G(L)->gcstp |= GCSTPUSR;
  return before;
}

void cu_release_collector (lua_State *L, int before) {
  G(L)->gcstp = cast_byte(before);
}

/* Makes a full collection that runs no finalizer. */
void cu_collect_quietly (lua_State *L) {
  luaC_fullgc(L, 1);
}

/*
** When the run ends anyway, marks all values of an ephemeron table, with live
** keys or without, to save the search. Returns whether it marked any.
*/
static int cu_keep_values (global_State *g, Table *h) {
  int marked = 0;
  unsigned int i;
  if (!cu_used_up(0))
    return 0;
  for (i = 0; i < sizenode(h); i++) {
    if (valiswhite(gval(gnode(h, i)))) {
      marked = 1;
      reallymarkobject(g, gcvalue(gval(gnode(h, i))));
    }
  }
  return marked;
}

void cu_mark_cell (void *collector, void *cell) {
  markobject((global_State *)collector, (UpVal *)cell);
}

static unsigned long long mix (unsigned long long h, unsigned long long x) {
  h = (h ^ x) * 0x9E3779B97F4A7C15ULL;
  return h ^ (h >> 29);
}

static unsigned long long mix_string (unsigned long long h, const char *s, size_t l) {
  unsigned long long word;
  h = mix(h, l);
  for (; l >= sizeof(word); l -= sizeof(word), s += sizeof(word)) {
    memcpy(&word, s, sizeof(word));
    h = mix(h, word);
  }
  for (word = 0; l > 0; l--)
    word = word << 8 | (unsigned char)*s++;
  return mix(h, word);
}

/* The first word of a big integer: its sign bit and, above, a hash of the limbs. The first call makes the hash. */
static unsigned int big_hash (Udata *u) {
  unsigned int *word = (unsigned int *)getudatamem(u);
  if (*word >> 1 == 0) {
    unsigned long long h = mix_string(1, (const char *)(word + 1), u->len - sizeof(*word));
    *word |= (unsigned int)(h >> 32) << 1 | 2;
  }
  return *word;
}

/*
** A number that changes when the captured variable gets another value, even when
** a new object has the address of an old one. 0 for a value that cannot have
** been stored as it is.
*/
unsigned long long cu_cell_fingerprint (void *cell) {
  const TValue *v = ((UpVal *)cell)->v.p;
  unsigned long long h = mix(1, rawtt(v));
  switch (ttypetag(v)) {
    case LUA_VNIL: case LUA_VFALSE: case LUA_VTRUE: break;
    case LUA_VNUMINT: h = mix(h, l_castS2U(ivalue(v))); break;
    case LUA_VNUMFLT: {
      lua_Number n = fltvalue(v);
      unsigned long long bits;
      memcpy(&bits, &n, sizeof(bits));
      h = mix(h, bits);
      break;
    }
    case LUA_VSHRSTR:
      h = mix_string(h, getstr(tsvalue(v)), tsslen(tsvalue(v))); break;
    case LUA_VLNGSTR: {
      /* The string keeps its hash, so it is read once even if many variables hold it. */
      TString *ts = tsvalue(v);
      long long left = cu_budget;
      h = mix(mix(mix(h, (size_t)ts), ts->u.lnglen), luaS_hashlongstr(ts));
      cu_budget = left;
      break;
    }
    /* A plain table here is a library's, which stays; any other was promoted when it was written. */
    case LUA_VTABLE:
      h = cu_is_external(hvalue(v)) ? mix(h, cu_id(hvalue(v))) : mix(h ^ 1, (size_t)hvalue(v)); break;
    case LUA_VLCF: h = mix(h, (size_t)fvalue(v)); break;
    case LUA_VCCL: h = mix(h, (size_t)clCvalue(v)); break;
    case LUA_VUSERDATA:
      if (!cu_is_big(uvalue(v))) return 0;
      h = mix(mix(mix(h, (size_t)uvalue(v)), uvalue(v)->len), big_hash(uvalue(v)));
      break;
    case LUA_VLCL: {
      unsigned int id = cu_function_id(clLvalue(v));
      if (id == 0) return 0;
      h = mix(h, id);
      break;
    }
    default: return 0;
  }
  return h | 1;  /* never 0 */
}

/* For a plain table this skips the calls that other values may need. */
static lua_Integer cu_length (lua_State *L, int index) {
  const TValue *value = index2value(L, index);
  if (ttistable(value) && hvalue(value)->metatable == NULL)
    return l_castU2S(luaH_getn(hvalue(value)));
  return (luaL_len)(L, index);
}
