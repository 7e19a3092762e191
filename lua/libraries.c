/*
** The libraries that a script sees. A function that is not listed here is not
** compiled: files, processes, and functions that show or change values of other
** functions. 'print' and 'require' are in 'src/library/'.
*/

/* Charges for a string that is changed letter by letter. */
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

/* Charges for the pieces. An empty string without separator stays empty for any count, so it is free. */
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
  /* 'str_rep' refuses a result that is too long for a string before any work. */
  if (n > 0 && l_castS2U(n) <= MAXSIZE / (length + separator))
    cu_charge(L, n * CU_COST_PIECE);
  return str_rep(L);
}

/* Charges for the whole text: Lua reads it to the end even when it is not a number. */
static int cu_tonumber (lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING && lua_isnoneornil(L, 2))
    cu_charge(L, lua_rawlen(L, 1) / CU_BYTES_TEXT);
  return luaB_tonumber(L);
}

/* 'next' also walks external tables, even one that was promoted during the loop. */
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
** Charges for the memory that a collection reads, when this call begins one.
** 'restart' begins none. A parameter that asks for more frequent collections than
** the default has no effect, but later calls report it as if it had.
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

/* How many instructions have a line number in the function that 'getinfo' describes. */
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

/* 'getinfo' describes a function but never returns it: a script must not get functions that way. */
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

/* 'luaB_pcall' with a faster way to move the arguments: Lua's rotates them with two reversals. */
static int cu_pcall (lua_State *L) {
  StkId p;
  luaL_checkany(L, 1);
  for (p = L->top.p++; p > L->ci->func.p + 1; p--)
    setobjs2s(L, p, p - 1);
  setbtvalue(s2v(p));  /* first result if no errors */
  return finishpcall(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finishpcall), 0);
}

static const luaL_Reg cu_base[] = {
  {"assert", luaB_assert}, {"collectgarbage", cu_collectgarbage},
  {"error", luaB_error}, {"getmetatable", cu_getmetatable},
  {"ipairs", luaB_ipairs}, {"load", luaB_load}, {"next", cu_next},
  {"pairs", cu_pairs}, {"pcall", cu_pcall}, {"rawequal", luaB_rawequal},
  {"rawget", luaB_rawget}, {"rawlen", luaB_rawlen}, {"rawset", luaB_rawset},
  {"select", luaB_select}, {"setmetatable", cu_setmetatable},
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
