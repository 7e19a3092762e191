/*
** Part of Lua's one translation unit, before the libraries for strings, tables and
** UTF-8: reads an argument of the right type without a call. The functions of the
** API convert any other argument or raise its error.
*/

static inline __attribute__((always_inline))
const char *cu_check_string (lua_State *L, int arg, size_t *length) {
  StkId o = L->ci->func.p + arg;
  if (l_likely(o < L->top.p && ttisstring(s2v(o)))) {
    TString *text = tsvalue(s2v(o));
    if (length != NULL) *length = tsslen(text);
    return getstr(text);
  }
  return luaL_checklstring(L, arg, length);
}

static inline __attribute__((always_inline))
lua_Integer cu_check_integer (lua_State *L, int arg) {
  StkId o = L->ci->func.p + arg;
  if (l_likely(o < L->top.p && ttisinteger(s2v(o))))
    return ivalue(s2v(o));
  return luaL_checkinteger(L, arg);
}

static inline __attribute__((always_inline))
lua_Integer cu_optional_integer (lua_State *L, int arg, lua_Integer other) {
  StkId o = L->ci->func.p + arg;
  if (o >= L->top.p)
    return other;
  if (l_likely(ttisinteger(s2v(o))))
    return ivalue(s2v(o));
  return luaL_optinteger(L, arg, other);
}

#define luaL_checklstring(L,arg,length)	cu_check_string(L, arg, length)
#define luaL_checkinteger(L,arg)	cu_check_integer(L, arg)
#define luaL_optinteger(L,arg,other)	cu_optional_integer(L, arg, other)
