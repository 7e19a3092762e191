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

/* Throws the message on top as what is wrong with a chunk: no handler sees it. */
l_noret cu_refuse_chunk (lua_State *L) {
  luaD_throw(L, LUA_ERRSYNTAX);
}

/*
** Ends the run: throws past the message handlers, which belong to the script.
*/
l_noret cu_leave_run (lua_State *L) {
  setnilvalue(s2v(L->top.p));
  L->top.p++;  /* assume EXTRA_STACK */
  luaD_throw(L, LUA_ERRRUN);
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

/*
** Stored functions. A Lua function and a captured variable that the store has
** are known to 'src/lua/known.rs' and 'cells.rs' by their addresses, until the
** collector frees them. A captured variable is Lua's UpVal.
*/

/* The Lua function at 'index', or NULL for any other value. */
void *cu_function (lua_State *L, int index) {
  const TValue *value = index2value(L, index);
  return ttisLclosure(value) ? (void *)clLvalue(value) : NULL;
}

/* The end of this function or captured variable is to be reported. */
void cu_report (void *object) {
  l_setbit(((GCObject *)object)->marked, TESTBIT);
}

/* Whether the collector has given the object up, though it has not freed it yet. */
int cu_is_dead (lua_State *L, void *object) {
  return isdead(G(L), (GCObject *)object);
}

/* Pushes a function. */
void cu_push_function (lua_State *L, void *function) {
  setclLvalue2s(L, L->top.p, (LClosure *)function);
  api_incr_top(L);
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

/* Makes a captured variable the one with number 'n', from 0, of the Lua function at 'index'. */
void cu_join (lua_State *L, int index, int n, void *cell) {
  LClosure *f = clLvalue(index2value(L, index));
  f->upvals[n] = (UpVal *)cell;
  luaC_objbarrier(L, f, (UpVal *)cell);
}

/* The name by which a function knows a captured variable, or NULL. */
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
** Big integers: userdata with a metatable of their own, which no script can
** reach. A word comes first whose lowest bit is 1 for a negative number (the
** others: 'big_hash'), then the limbs, the least first and none of them zero at
** the top ('src/codec/big.rs').
*/
static Table *cu_big_metatable;

/* Takes the table at 'index', anchored elsewhere, as the metatable. */
void cu_set_big_metatable (lua_State *L, int index) {
  cu_big_metatable = hvalue(index2value(L, index));
}

#define cu_is_big(u)	((u)->metatable == cu_big_metatable && cu_big_metatable != NULL)

/* The words of the big integer at 'index' and their number, or NULL for any other value. */
const unsigned int *cu_big_words (lua_State *L, int index, size_t *count) {
  const TValue *value = index2value(L, index);
  if (!ttisfulluserdata(value) || !cu_is_big(uvalue(value)))
    return NULL;
  *count = uvalue(value)->len / sizeof(unsigned int);
  return (const unsigned int *)getudatamem(uvalue(value));
}

/*
** Pushes a big integer of so many words, which are to be filled; NULL, and
** nothing pushed, when there is no memory. Raises nothing and runs no
** finalizer: 'cu_check_collector' is owed later.
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

/* Lets the collector do what it owes. Raises what a finalizer raises. */
void cu_check_collector (lua_State *L) {
  luaC_checkGC(L);
}

/* Raises the error of memory that ran out. */
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
** Pushes the function of verified bytecode, its captured variables new and nil.
** Raises when memory runs out.
*/
void cu_load_bytecode (lua_State *L, const char *at, size_t length) {
  Bytes bytes = {at, length};
  ZIO z;
  luaZ_init(L, &z, read_bytes, &bytes);
  (void)zgetc(&z);  /* the first byte only tells bytecode from text */
  luaF_initupvals(L, luaU_undump(L, &z, "=stored"));
}

/* Stops the collector, and with it finalizers; what it was before. */
int cu_hold_collector (lua_State *L) {
  int before = G(L)->gcstp;
  G(L)->gcstp |= GCSTPUSR;
  return before;
}

void cu_release_collector (lua_State *L, int before) {
  G(L)->gcstp = cast_byte(before);
}

/* A full collection that runs no finalizer. */
void cu_collect_quietly (lua_State *L) {
  luaC_fullgc(L, 1);
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

/* The first word of a big integer: its sign, and above it a hash of the limbs, made when it is asked for. */
static unsigned int big_hash (Udata *u) {
  unsigned int *word = (unsigned int *)getudatamem(u);
  if (*word >> 1 == 0) {
    unsigned long long h = mix_string(1, (const char *)(word + 1), u->len - sizeof(*word));
    *word |= (unsigned int)(h >> 32) << 1 | 2;
  }
  return *word;
}

/*
** A number that tells whether a captured variable has another value than
** before, also when an object now lies where another one was. 0 for what
** cannot have been stored as it is.
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
      /* Each string is read once, however many variables hold it: it keeps its hash. */
      TString *ts = tsvalue(v);
      long long left = cu_budget;
      h = mix(mix(mix(h, (size_t)ts), ts->u.lnglen), luaS_hashlongstr(ts));
      cu_budget = left;
      break;
    }
    /* A plain table was promoted when it was written, or is a library's, which stays. */
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

/*
** The libraries that a script sees. What is not listed here is not compiled
** either: files, processes, and what would show or change values behind a
** script's back. 'print' and 'require' are in 'src/library/'.
*/

/* Counts a string that is changed letter by letter. */
static void count_letters (lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  cu_charge(L, length * CU_COST_LETTER);
}

static int cu_lower (lua_State *L) {
  count_letters(L);
  return str_lower(L);
}

static int cu_upper (lua_State *L) {
  count_letters(L);
  return str_upper(L);
}

static int cu_reverse (lua_State *L) {
  count_letters(L);
  return str_reverse(L);
}

/* Counts the pieces; nothing repeated is nothing, however often. */
static int cu_rep (lua_State *L) {
  size_t length, separator;
  lua_Integer n;
  luaL_checklstring(L, 1, &length);
  n = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &separator);
  if (length + separator == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  /* What cannot be a string is refused before any work. */
  if (n > 0 && l_castS2U(n) <= MAXSIZE / (length + separator))
    cu_charge(L, n * CU_COST_PIECE);
  return str_rep(L);
}

/* Counts a text that is read for a number: what is no number is read to its end, too. */
static int cu_tonumber (lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING && lua_isnoneornil(L, 2))
    cu_charge(L, lua_rawlen(L, 1) / CU_BYTES_TEXT);
  return luaB_tonumber(L);
}

/* 'next' walks external tables, too, also one that was a plain table while the loop began. */
static int cu_next (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (cu_external_id(L, 1) == 0)
    return luaB_next(L);
  lua_settop(L, 2);
  if (cu_external_next(L))
    return 2;
  lua_pushnil(L);
  return 1;
}

static int cu_pairs (lua_State *L) {
  int results = luaB_pairs(L);
  if (lua_tocfunction(L, -results) == luaB_next) {
    lua_pushcfunction(L, cu_next);
    lua_replace(L, -results - 1);
  }
  return results;
}

/*
** Counts what a collection looks at, when this call begins one; 'restart' begins
** none. Parameters that would make the collector run more often than it does by
** itself have no effect, but are told as they were asked for.
*/
static int cu_collectgarbage (lua_State *L) {
  static int asked_pause = LUAI_GCPAUSE;
  const char *what = luaL_optstring(L, 1, "collect");
  global_State *g = G(L);
  l_mem debt = g->GCdebt;
  int results;
  cu_charge(L, CU_COST_COLLECTGARBAGE);
  if (strcmp(what, "collect") == 0 || strcmp(what, "step") == 0 ||
      strcmp(what, "generational") == 0 || strcmp(what, "incremental") == 0)
    cu_charge(L, gettotalbytes(g) / CU_BYTES_COLLECTED);
  results = luaB_collectgarbage(L);
  if (strcmp(what, "restart") == 0)
    luaE_setdebt(g, debt);
  if (strcmp(what, "setpause") == 0) {
    lua_pushinteger(L, asked_pause);
    asked_pause = getgcparam(g->gcpause);
  }
  else if (strcmp(what, "incremental") == 0)
    asked_pause = getgcparam(g->gcpause);
  if (getgcparam(g->gcpause) < LUAI_GCPAUSE)
    setgcparam(g->gcpause, LUAI_GCPAUSE);
  if (g->genminormul < LUAI_GENMINORMUL)
    g->genminormul = LUAI_GENMINORMUL;
  return results;
}

static int cu_time (lua_State *L) {
  cu_charge(L, CU_COST_DATE);
  return os_time(L);
}

static int cu_date (lua_State *L) {
  cu_charge(L, CU_COST_DATE);
  return os_date(L);
}

/* How many instructions have a line in the function that 'getinfo' is asked about. */
static int lines_asked (lua_State *L, int arg) {
  lua_State *L1 = arg ? lua_tothread(L, 1) : L;
  lua_Debug ar;
  if (lua_isfunction(L, arg + 1)) {
    const TValue *f = index2value(L, arg + 1);
    return ttisLclosure(f) ? clLvalue(f)->p->sizelineinfo : 0;
  }
  if (lua_getstack(L1, (int)lua_tointeger(L, arg + 1), &ar) && isLua(ar.i_ci))
    return ci_func(ar.i_ci)->p->sizelineinfo;
  return 0;
}

/* 'getinfo' tells where, never what: it does not return the function. */
static int cu_getinfo (lua_State *L) {
  int arg = lua_isthread(L, 1) ? 1 : 0;
  const char *options = luaL_optstring(L, arg + 2, "lnSrtu");
  luaL_argcheck(L, strchr(options, 'f') == NULL, arg + 2, "invalid option 'f'");
  cu_charge(L, (strlen(options) + 1) * CU_COST_INFO);
  if (strchr(options, 'L') != NULL)
    cu_charge(L, lines_asked(L, arg) * CU_COST_SLOT);
  if (lua_isnoneornil(L, arg + 2) && lua_gettop(L) > arg) {
    lua_settop(L, arg + 1);
    lua_pushstring(L, options);
  }
  return db_getinfo(L);
}

static const luaL_Reg cu_base[] = {
  {"assert", luaB_assert}, {"collectgarbage", cu_collectgarbage},
  {"error", luaB_error}, {"getmetatable", luaB_getmetatable},
  {"ipairs", luaB_ipairs}, {"load", luaB_load}, {"next", cu_next},
  {"pairs", cu_pairs}, {"pcall", luaB_pcall}, {"rawequal", luaB_rawequal},
  {"rawget", luaB_rawget}, {"rawlen", luaB_rawlen}, {"rawset", luaB_rawset},
  {"select", luaB_select}, {"setmetatable", luaB_setmetatable},
  {"tonumber", cu_tonumber}, {"tostring", luaB_tostring},
  {"type", luaB_type}, {"warn", luaB_warn}, {"xpcall", luaB_xpcall},
  {NULL, NULL}
};

static const luaL_Reg cu_string[] = {
  {"lower", cu_lower}, {"rep", cu_rep}, {"reverse", cu_reverse},
  {"upper", cu_upper}, {NULL, NULL}
};

static const luaL_Reg cu_os[] = {
  {"clock", os_clock}, {"date", cu_date}, {"difftime", os_difftime},
  {"time", cu_time}, {NULL, NULL}
};

static const luaL_Reg cu_debug[] = {
  {"getinfo", cu_getinfo}, {"traceback", db_traceback}, {NULL, NULL}
};

int cu_open_base (lua_State *L) {
  lua_pushglobaltable(L);
  luaL_setfuncs(L, cu_base, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, LUA_GNAME);
  lua_pushliteral(L, LUA_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}

int cu_open_string (lua_State *L) {
  luaopen_string(L);
  luaL_setfuncs(L, cu_string, 0);
  return 1;
}

int cu_open_os (lua_State *L) {
  luaL_newlib(L, cu_os);
  return 1;
}

int cu_open_debug (lua_State *L) {
  luaL_newlib(L, cu_debug);
  return 1;
}
