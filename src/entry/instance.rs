//! Life of the one instance: created, running, collected.
//!
//! Invariant: while `running` is set, Lua's state belongs to the compute that set it, and no export touches it.

use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use crate::budget;
use crate::control::config::Config;
use crate::control::output;
use crate::entry::{atomic, compute, prepare};
use crate::library::standard;
use crate::lua::ffi::{self, State};
use crate::lua::{call, cells, known, standing, state};
use crate::proxy::globals;
use crate::store::{counter, journal};
use crate::table::reclaim::{self, Object};

/// The instance: wasm32 has one thread, so the atomics are plain cells in a static.
pub struct Instance {
    state: AtomicPtr<State>,
    running: AtomicBool,
}

/// Puts the host's seed in place of the one that the state was made with. False when there is no memory, and then the state
/// is as before.
///
/// # Safety
/// `vm` is live, its stack empty, and no script has run in it.
unsafe fn reseed(vm: *mut State, seed: i64) -> bool {
    // SAFETY: the caller's. Only the first can fail; an error value is taken away.
    unsafe {
        let is_seeded = standard::seed_random(vm, seed) == ffi::STATUS_OK;
        ffi::lua_settop(vm, 0);
        is_seeded && state::reseed(vm, state::string_seed(seed))
    }
}

/// The one instance of the module.
pub static INSTANCE: Instance =
    Instance { state: AtomicPtr::new(core::ptr::null_mut()), running: AtomicBool::new(false) };

impl Instance {
    /// Creates the VM unless it exists; false when it cannot, or when an import called on the way.
    pub fn create(&self) -> bool {
        if !self.state().is_null() {
            return true;
        }
        if !self.begin_run() {
            return false;
        }
        let created = self.create_now();
        self.end_run();
        created
    }

    fn create_now(&self) -> bool {
        // A malformed configuration is the first compute's error.
        let seed = Config::fetch().map_or(Config::DEFAULT, |config| config).seed;
        if prepare::cu_prepare() == 0 {
            return false;
        }
        let created = prepare::state();
        // SAFETY: a live state in which nothing has run but this.
        if seed != Config::DEFAULT.seed && !unsafe { reseed(created, seed) } {
            return false;
        }
        call::raise_panics_in(created);
        #[cfg(target_arch = "wasm32")]
        crate::libc::time::set_clock_source(crate::control::clock::now_milliseconds);
        self.state.store(created, Ordering::Relaxed);
        true
    }

    /// The VM, null before `create`.
    pub fn state(&self) -> *mut State {
        self.state.load(Ordering::Relaxed)
    }

    /// Marks the beginning of a run; false when one is under way.
    pub fn begin_run(&self) -> bool {
        !self.running.swap(true, Ordering::Relaxed)
    }

    /// Marks its end.
    pub fn end_run(&self) {
        self.running.store(false, Ordering::Relaxed);
    }

    /// A full collection; nothing before `create` or from inside an import.
    pub fn collect(&self) {
        let state = self.state();
        if state.is_null() || !self.begin_run() {
            return;
        }
        // Finalizers may print, and there is no response to carry it.
        // SAFETY: one thread; the reference ends with the call.
        unsafe { output::global() }.begin(0, false);
        budget::suspend();
        // SAFETY: one thread, a live state, and nothing else runs in it.
        unsafe {
            let is_settled = atomic::settle().is_ok();
            budget::begin_again();
            compute::collect_all(state);
            budget::suspend();
            compute::end_finalizers(state);
            if is_settled {
                self.reclaim();
            }
        }
        self.end_run();
    }

    /// Frees the external tables, stored functions and captured variables that nothing reaches: not `_home`, not `_io`, and
    /// nothing that Lua still has. When the
    /// host fails meanwhile, or keeps a value that cannot be read, nothing is freed.
    fn reclaim(&self) {
        // SAFETY: one thread; the collection above freed every table that Lua no longer has.
        unsafe {
            standing::global().shrink();
            known::global().shrink();
            cells::global().shrink();
            let named = [globals::home(), cu_abi::tables::IO].map(Object::Table).into_iter();
            let tables = standing::global().entries().map(|(id, _)| Object::Table(id as u32));
            let functions = known::global().entries().map(|(id, _)| Object::Function(id));
            let captured = cells::global().all_ids().map(Object::Cell);
            let _ = reclaim::run(named.chain(tables).chain(functions).chain(captured));
        }
    }

    /// The id of `_home`, 0 before `create`.
    pub fn home(&self) -> u32 {
        if self.state().is_null() { 0 } else { globals::home() }
    }

    /// Makes that table `_home`.
    pub fn attach_home(&self, table: u32) {
        globals::attach(table);
        // The host may have brought another store.
        counter::forget();
        journal::forget();
    }

    /// No table id below `next` is handed out.
    pub fn raise_table_counter(&self, next: u32) {
        counter::raise_to(next);
    }

    /// Switches the legacy global on or off.
    pub fn set_alias(&self, enabled: bool) {
        globals::set_alias(enabled);
    }
}
