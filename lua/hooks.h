/*
** Included before every C file of Lua: the changes of cu that a macro can make.
** All other changes are patches in lua/patches.
*/
#ifndef CU_HOOKS_H
#define CU_HOOKS_H

#include <stddef.h>

/* The host gives the seed of the string hash, so a run is the same on every engine. */
extern unsigned int cu_string_seed (void);
#define luai_makeseed(L)	cu_string_seed()

/* Numbers read and print the same everywhere. */
#define lua_getlocaledecpoint()	'.'

/* Only src/library/print.rs prints. */
#define lua_writestring(s,l)	((void)(s), (void)(l))
#define lua_writeline()		((void)0)
#define lua_writestringerror(s,p)	((void)(s), (void)(p))

#if defined(__wasm__)

/*
** Two pseudo-imports, which the link step `unwind` turns into code: WebAssembly 1.0
** has neither exceptions nor longjmp.
*/
__attribute__((import_module("unwind"), import_name("throw"), noreturn))
extern void cu_throw (void);
__attribute__((import_module("unwind"), import_name("try")))
extern void cu_try (void (*f) (void *L, void *ud), void *L, void *ud);

#define LUAI_THROW(L,c)		cu_throw()
#define LUAI_TRY(L,c,a)		cu_try((void (*) (void *, void *))f, L, ud)
#define luai_jmpbuf		int

/* WebAssembly has no computed goto: the interpreter's jump table would compile to a slower switch. */
#define LUA_USE_JUMPTABLE	0

#endif

#endif
