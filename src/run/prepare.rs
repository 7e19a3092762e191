//! What comes before the script: names are bound, tables that the host guards are looked up, what an earlier compute could
//! not finish is done, a transaction begins.
//!
//! Invariant: no finalizer runs meanwhile, since it is not known yet what it may do, and it counts in no budget.

use crate::budget;
use crate::closure::write_back;
use crate::lua::call::Raise;
use crate::lua::settle;
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::proxy::access::ExternalRows;
use crate::proxy::{fault, globals, resolve};
use crate::run::config::Config;
use crate::run::{atomic, shared};
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

/// All of it, in the order that each needs; `Ok`, or an error value on the stack.
pub fn prepare(lua: Stack<'_>, config: &Config) -> Status {
    let is_bound = globals::are_bound();
    INSTANCE.objects.begin();
    if is_bound
        && !config.functions.are_new()
        && !shared::is_behind()
        && !resolve::is_wanted()
        && !INSTANCE.has_to_put_back.get()
        && !atomic::is_wanted(config)
        && !settle::is_wanted()
    {
        RUN.is_permitted.set(true);
        return Status::Ok;
    }
    budget::suspend();
    let held = lua.hold_collector();
    let mut left = None;
    let status = prepare_in_order(lua, config, is_bound, &mut left);
    lua.release_collector(held);
    RUN.is_permitted.set(status.is_ok());
    if let Some(left) = left {
        budget::resume(left);
    }
    status
}

/// `left` becomes what is left of the budget, where something counted.
fn prepare_in_order(lua: Stack<'_>, config: &Config, is_bound: bool, left: &mut Option<i64>) -> Status {
    let mut status = Status::Ok;
    if !is_bound {
        status = protected(lua, |lua, ()| globals::bind(lua));
    }
    if status.is_ok() && config.functions.are_new() {
        let mut functions = config.functions;
        status = lua.protected(|lua, functions| functions.show(lua), &mut functions, 0);
    }
    if status.is_ok() && shared::is_behind() {
        status = write_back::read_anew(lua, &ExternalRows);
        if status.is_ok() {
            shared::end_behind();
        }
    }
    if status.is_ok() && settle::is_wanted() {
        // The way from Rust to Lua is enough.
        status = protected(lua, |_, ()| Ok(0));
    }
    if status.is_ok() && resolve::is_wanted() {
        status = protected(lua, |lua, ()| resolve::names(lua));
    }
    if status.is_ok() && INSTANCE.has_to_put_back.get() {
        status = write_back::put_back(lua, &ExternalRows, false);
    }
    let is_read_only = RUN.permissions.is_read_only.get();
    // What an earlier compute could not write is not for this one to pay, but it is bounded, too.
    if status.is_ok() && (is_read_only || atomic::is_wanted(config)) {
        budget::begin_again();
        status = write_back::run(lua, &ExternalRows);
        *left = Some(budget::suspend());
    }
    // What cannot be stored has failed the compute before, and would pass for a change of this one.
    if status.is_ok() && is_read_only {
        status = write_back::put_back(lua, &ExternalRows, false);
    }
    if status.is_ok() && atomic::is_wanted(config) {
        let mut wanted = config;
        status = if lua.has_room(2) { lua.protected(begin_transaction, &mut wanted, 0) } else { Status::Memory };
    }
    status
}

fn begin_transaction(lua: Stack<'_>, config: &mut &Config) -> Result<u8, Raise> {
    atomic::begin(config).map_err(|failure| fault::raise_of_table(lua, failure.into(), failure.table()))?;
    Ok(0)
}

/// Calls a function without results, also when scripts left no room on the stack; `Ok`, or an error value on the stack.
pub fn protected<F>(lua: Stack<'_>, body: F) -> Status
where
    F: Fn(Stack<'_>, &mut ()) -> Result<u8, Raise> + Copy,
{
    if lua.has_room(2) { lua.protected(body, &mut (), 0) } else { Status::Memory }
}
