
/*
** A compute that can wait for the host runs in a thread of its own: to wait is to
** yield, and needs nothing of the engine. A script sees no difference: for it,
** this thread is the main one, and its outermost function is not there.
**
** The innermost coroutine of the script yields. 'coroutine.resume', or the
** function of 'coroutine.wrap', that resumed it passes that on, and resumes it
** again when the compute goes on: the library of coroutines is Lua's own, but for
** what it asks of a thread ('coroutines.h').
*/
#undef lua_pushthread
#undef lua_isyieldable
#undef lua_yield
#undef lua_status
#undef lua_resume

/* How the function inside the outermost one ended. */
static int cu_end;

/* Whether whoever resumed the running thread, up to the compute, can yield. */
static int cu_can_pass_on = 0;

/* The thread that runs; NULL for the main one. */
static lua_State *cu_running = NULL;

static int outermost_ended (lua_State *L, int status, lua_KContext context) {
  (void)context;
  cu_end = status == LUA_YIELD ? LUA_OK : status;
  return lua_gettop(L) - CU_KEPT - 1;
}

/* Its arguments: a message handler, integers that are kept here, a function and its arguments. */
CU_COLD int cu_outermost (lua_State *L) {
  int arguments = lua_gettop(L) - CU_KEPT - 2;
  int status = lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, outermost_ended);
  return outermost_ended(L, status, 0);
}

/* Whether the thread is that of a compute. */
static int cu_is_outermost (lua_State *L) {
  const TValue *function = s2v(L->stack.p + 1);
  return ttislcf(function) && fvalue(function) == cu_outermost;
}

/* The call record under those that a script may see. When the compute is cancelled, that of the outermost function is gone. */
static CallInfo *cu_bottom (lua_State *L) {
  CallInfo *first = L->base_ci.next;
  return L->ci != &L->base_ci && cu_is_outermost(L) && first->func.p == L->stack.p + 1 ? first : &L->base_ci;
}

/* Who resumed a coroutine goes on as it began, and so resumes it again; 'cu_goes_on' tells that from a script that would. */
static int cu_goes_on = 0;

static int cu_passed_on (lua_State *L, int status, lua_KContext context) {
  const TValue *function = s2v(L->ci->func.p);
  (void)status;
  (void)context;
  cu_goes_on = 1;
  return (ttislcf(function) ? fvalue(function) : clCvalue(function)->f)(L);
}

/* Whether the thread waits for the host, itself or by one that it resumed. */
static int cu_is_waiting (lua_State *co) {
  return co->status == LUA_YIELD && (co->ci->callstatus & CIST_C) &&
         (co->ci->u.c.k == cu_answered || co->ci->u.c.k == cu_passed_on);
}

/* The thread that one has resumed, and for which it waits; NULL for the innermost one. */
static lua_State *cu_waits_for (lua_State *co) {
  StkId function = co->ci->func.p;
  if (co->ci->u.c.k != cu_passed_on)
    return NULL;
  /* The function of 'coroutine.wrap' has it, 'coroutine.resume' gets it. */
  return thvalue(ttislcf(s2v(function)) ? s2v(function + 1) : &clCvalue(s2v(function))->upvalue[0]);
}

/* 'lua_resume', for all threads. */
int cu_resume (lua_State *co, lua_State *from, int arguments, int *results) {
  lua_State *running = cu_running;
  int can_pass_on = cu_can_pass_on, status;
  cu_can_pass_on = cu_is_outermost(co) || (can_pass_on && yieldable(from));
  cu_running = co;
  status = lua_resume(co, from, arguments, results);
  cu_running = running;
  cu_can_pass_on = can_pass_on;
  return status;
}

/* 'lua_resume' for the library of coroutines. If the coroutine waits, so does who resumed it, and this does not return. */
static int cu_resume_for (lua_State *co, lua_State *L, int arguments, int *results) {
  int goes_on = cu_goes_on, status;
  cu_goes_on = 0;
  if (l_unlikely(cu_is_waiting(co)) && !goes_on) {  /* for the host, in another compute */
    lua_pop(co, arguments);
    lua_pushliteral(L, "cannot resume non-suspended coroutine");
    lua_xmove(L, co, 1);
    return LUA_ERRRUN;
  }
  status = cu_resume(co, L, arguments, results);
  if (l_unlikely(cu_is_waiting(co))) {
    lua_xmove(co, L, 1);
    lua_yieldk(L, 1, 0, cu_passed_on);
  }
  return status;
}

/* 'lua_yield' for the same. */
static int cu_yield (lua_State *L, int results) {
  if (l_unlikely(cu_is_outermost(L)))
    luaG_runerror(L, "attempt to yield from outside a coroutine");
  return lua_yieldk(L, results, 0, NULL);
}

/* The thread that runs, NULL for the main one. */
lua_State *cu_running_thread (void) {
  return cu_running;
}

/* Nothing runs, whatever became of what ran before. */
void cu_begin_threads (void) {
  cu_running = NULL;
  cu_can_pass_on = 0;
}

/* How the function of a compute ended, whose thread has come to its end. */
int cu_ended (void) {
  return cu_end;
}

/* Whether the compute can wait now. */
int cu_can_wait (lua_State *L) {
  return cu_can_pass_on && yieldable(L);
}

/* Waits for the host: what is asked of it is on top. The function goes on in 'cu_answered', without what it had on the stack. */
l_noret cu_wait (lua_State *L) {
  lua_yieldk(L, 1, 0, cu_answered);
  abort();  /* not reached */
}

/* Integer number 'n' of those that a suspended compute keeps. */
static TValue *cu_kept_at (lua_State *co, int n) {
  return s2v(co->stack.p + 3 + n);  /* above: the function and its message handler */
}

long long cu_kept (lua_State *co, int n) {
  return ivalue(cu_kept_at(co, n));
}

void cu_keep (lua_State *co, int n, long long value) {
  setivalue(cu_kept_at(co, n), value);
}

/* Instead of that integer, keeps the value on top of 'from', which is popped. */
CU_COLD void cu_keep_value (lua_State *co, int n, lua_State *from) {
  from->top.p--;
  setobj(co, cu_kept_at(co, n), s2v(from->top.p));
}

/* Pushes such a value to 'to', which has room, and no longer keeps it; 0 if there is none. */
CU_COLD int cu_take_value (lua_State *co, int n, lua_State *to) {
  TValue *kept = cu_kept_at(co, n);
  if (ttisinteger(kept))
    return 0;
  setobj2s(to, to->top.p, kept);
  to->top.p++;
  setivalue(kept, 0);
  return 1;
}

/*
** Ends a compute that waits, from the innermost coroutine on: variables to be
** closed are closed. Returns the last status that is not LUA_OK, whose error is
** then on top.
*/
CU_COLD int cu_cancel (lua_State *co, lua_State *from) {
  int last = LUA_OK, top = lua_gettop(from);
  while (cu_is_waiting(co)) {
    lua_State *innermost = co, *inside;
    int status;
    while ((inside = cu_waits_for(innermost)) != NULL && cu_is_waiting(inside))
      innermost = inside;
    status = lua_closethread(innermost, from);
    if (status != LUA_OK) {
      lua_settop(from, top);
      lua_xmove(innermost, from, 1);
      last = status;
    }
  }
  return last;
}
