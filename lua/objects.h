/*
** Included before Lua's API, whose functions reach external tables, too: what
** 'objects.c' does in the place of what 'lvm.c' does.
*/
#define luaV_finishget(L,t,key,val,slot)	((void)(slot), cu_get_object(L, t, key, val, 0))
#define luaV_finishset(L,t,key,val,slot)	((void)(slot), cu_set_object(L, t, key, val, 0))
#define luaV_equalobj(L,a,b)	cu_equal(L, a, b)
#define luaV_objlen(L,ra,rb)	cu_length_of(L, ra, rb)
