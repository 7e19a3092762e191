//! The edits of Lua's C, applied to the copy in OUT_DIR.
//!
//! Invariant: each edit replaces a text that occurs exactly once in its file, or the build stops.
//! What a macro can do is in `src/lua/hooks.h`; only what no macro reaches is here.

#[path = "edits/budget.rs"]
mod budget;

use std::path::Path;

pub struct Edit {
    file: &'static str,
    /// Why the stock text does not do.
    reason: &'static str,
    from: &'static str,
    to: &'static str,
}

const EDITS: &[Edit] = &[
    Edit {
        file: "luaconf.h",
        reason: "a stack of a million slots does not fit the arena: its limit follows the arena's size",
        from: "#define LUAI_MAXSTACK\t\t1000000",
        to: "#define LUAI_MAXSTACK\t\tCU_LUA_STACK_SLOTS",
    },
    Edit { file: "lbaselib.c", reason: "a script has no files", from: "  {\"dofile\", luaB_dofile},\n", to: "" },
    Edit { file: "lbaselib.c", reason: "a script has no files", from: "  {\"loadfile\", luaB_loadfile},\n", to: "" },
    Edit {
        file: "lbaselib.c",
        reason: "print is captured: src/library/print.rs",
        from: "  {\"print\", luaB_print},\n",
        to: "",
    },
    Edit {
        file: "ldo.c",
        reason: "a forged binary chunk could leave its frame: it is verified, if any may be loaded (library/chunk.rs)",
        from: "    cl = luaU_undump(L, p->z, p->name);",
        to: "    cu_check_chunk(L, p->name, p->z->p - 1, p->z->n + 1);\n    cl = luaU_undump(L, p->z, p->name);",
    },
    Edit {
        file: "ldo.c",
        reason: "a binary chunk that is refused is reported (library/chunk.rs)",
        from: "    luaO_pushfstring(L,\n       \"attempt to load a %s chunk (mode is '%s')\", x, mode);\n",
        to: "    const char *refused = luaO_pushfstring(L,\n       \"attempt to load a %s chunk (mode is '%s')\", x, mode);\n    \
             if (*x == 'b') cu_chunk_refused(refused);\n",
    },
    Edit {
        file: "lbaselib.c",
        reason: "next walks external tables too, also one that was a plain table when pairs began",
        from: "  if (lua_next(L, 1))\n    return 2;\n",
        to: "  if (cu_external_id(L, 1) != 0 ? cu_external_next(L) : lua_next(L, 1))\n    return 2;\n",
    },
    Edit {
        file: "ltable.c",
        reason: "a table that stands for an external one is found by its id until it is freed (inside.c)",
        from: "void luaH_free (lua_State *L, Table *t) {\n",
        to: "void luaH_free (lua_State *L, Table *t) {\n  if (l_unlikely(cu_is_external(t))) cu_release(t);\n",
    },
    Edit {
        file: "lgc.c",
        reason: "a stored function is found by its id until it is freed (known.rs)",
        from: "      LClosure *cl = gco2lcl(o);\n      luaM_freemem(",
        to: "      LClosure *cl = gco2lcl(o);\n      if (l_unlikely(cu_is_reported(o))) cu_function_gone(o);\n      luaM_freemem(",
    },
    Edit {
        file: "lgc.c",
        reason: "as above, a captured variable (cells.rs)",
        from: "static void freeupval (lua_State *L, UpVal *uv) {\n",
        to: "static void freeupval (lua_State *L, UpVal *uv) {\n  if (l_unlikely(cu_is_reported(uv))) cu_cell_gone(uv);\n",
    },
    Edit {
        file: "lgc.c",
        reason: "a captured variable that changed lives until the store has its value (cells.rs)",
        from: "  markmt(g);  /* mark global metatables */\n  work += propagateall(g);  /* empties 'gray' list */\n",
        to: "  markmt(g);  /* mark global metatables */\n  cu_mark_changed_cells(g);\n  work += propagateall(g);\n",
    },
    Edit {
        file: "lvm.c",
        reason: "verified bytecode of a host may have anything where the compiler puts a new table",
        from: "        Table *h = hvalue(s2v(ra));\n        if (n == 0)\n",
        to: "        Table *h = hvalue(s2v(ra));\n        if (l_unlikely(!ttistable(s2v(ra)) || h->metatable != NULL))\n          \
             Protect(luaG_typeerror(L, s2v(ra), \"fill\"));\n        if (n == 0)\n",
    },
    Edit {
        file: "lvm.c",
        reason: "as above: a variable yet to be closed would be lost with its frame",
        from: "          lua_assert(L->tbclist.p < base);  /* no pending tbc variables */\n",
        to: "          if (l_unlikely(L->tbclist.p >= base))\n            luaG_runerror(L, \"tail call with a variable to be closed\");\n",
    },
    Edit {
        file: "lfunc.c",
        reason: "as above: the list of variables to be closed goes upwards only",
        from: "  lua_assert(level > L->tbclist.p);\n",
        to: "  if (l_unlikely(level <= L->tbclist.p))\n    luaG_runerror(L, \"variable to be closed below another\");\n",
    },
    Edit {
        file: "ldo.c",
        reason: "a library function may be switched off, wherever a script has it from (library/switches.rs)",
        from: "  L->ci = ci = prepCallInfo(L, func, nresults, CIST_C,\n",
        to: "  if (l_unlikely(cu_switched_off != 0)) cu_check_switch(L, f);  /* raises, so only now that the stack has room */\n  \
             L->ci = ci = prepCallInfo(L, func, nresults, CIST_C,\n",
    },
    Edit {
        file: "ldblib.c",
        reason: "debug shows where, never what: no access to functions, locals, upvalues, metatables, hooks, registry",
        from: "  {\"debug\", db_debug},\n  {\"getuservalue\", db_getuservalue},\n  {\"gethook\", db_gethook},\n",
        to: "",
    },
    Edit {
        file: "ldblib.c",
        reason: "as above",
        from: "  {\"getlocal\", db_getlocal},\n  {\"getregistry\", db_getregistry},\n  {\"getmetatable\", db_getmetatable},\n  \
               {\"getupvalue\", db_getupvalue},\n  {\"upvaluejoin\", db_upvaluejoin},\n  {\"upvalueid\", db_upvalueid},\n  \
               {\"setuservalue\", db_setuservalue},\n  {\"sethook\", db_sethook},\n  {\"setlocal\", db_setlocal},\n  \
               {\"setmetatable\", db_setmetatable},\n  {\"setupvalue\", db_setupvalue},\n",
        to: "",
    },
    Edit { file: "ldblib.c", reason: "as above", from: "  {\"setcstacklimit\", db_setcstacklimit},\n", to: "" },
    Edit {
        file: "ldblib.c",
        reason: "getinfo never returns the function",
        from: "  const char *options = luaL_optstring(L, arg+2, \"flnSrtu\");\n",
        to: "  const char *options = luaL_optstring(L, arg+2, \"lnSrtu\");\n  \
             luaL_argcheck(L, strchr(options, 'f') == NULL, arg + 2, \"invalid option 'f'\");\n",
    },
    Edit {
        file: "loslib.c",
        reason: "os keeps time, date, clock and difftime",
        from: "  {\"execute\",   os_execute},\n  {\"exit\",      os_exit},\n  {\"getenv\",    os_getenv},\n  \
               {\"remove\",    os_remove},\n  {\"rename\",    os_rename},\n  {\"setlocale\", os_setlocale},\n",
        to: "",
    },
    Edit { file: "loslib.c", reason: "as above", from: "  {\"tmpname\",   os_tmpname},\n", to: "" },
];

/// Applies every edit to the copy of Lua in `copy`.
pub fn apply_all(copy: &Path) {
    let edits: Vec<&Edit> = EDITS.iter().chain(budget::EDITS).collect();
    for (index, edit) in edits.iter().enumerate() {
        // What an edit puts back would be found, and edited again.
        let earlier = edits[..index].iter().find(|other| (other.file, other.from) == (edit.file, edit.from));
        assert!(earlier.is_none(), "two edits of {} replace the same text:\n{}", edit.file, edit.from);
        apply(copy, edit);
    }
}

fn apply(copy: &Path, edit: &Edit) {
    let path = copy.join(edit.file);
    let text = std::fs::read_to_string(&path).expect("a copied Lua source is readable");
    let found = text.matches(edit.from).count();
    assert!(
        found == 1,
        "edit of {} ({}): the text to replace occurs {found} times, wanted once:\n{}",
        edit.file,
        edit.reason,
        edit.from
    );
    std::fs::write(&path, text.replacen(edit.from, edit.to, 1)).expect("OUT_DIR is writable");
}
