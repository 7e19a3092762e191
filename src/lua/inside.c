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
