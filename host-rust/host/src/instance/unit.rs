//! Units: what an instance changes in its store, or reads there, belongs together.
//!
//! Invariant: each call of the module that may reach the store is one unit. A unit that has begun ends in every case: it
//! is committed or rolled back.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::Instance;
use crate::error::{Cause, Error};
use crate::replay::COMPUTE;
use crate::store::Store;

/// Why an instance is dead: its VM has seen changes that the store does not have.
const UNDONE: &str = "its changes were rolled back";

impl Instance {
    /// Calls an export that never reaches the store, so that it waits for no turn.
    pub(super) fn ask(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error> {
        self.alive()?;
        self.call_module(export, arguments).inspect_err(|trap| self.death = Some(Cause::of(trap.clone())))
    }

    /// Calls the module and keeps its changes in the store.
    pub(super) fn enter(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error> {
        self.unit(export, arguments, |_, reply| Ok(reply))
    }

    /// Calls the module as one unit of the store's changes:
    ///
    /// 1. The store begins a unit. If others changed the store meanwhile, the module is told so.
    /// 2. The module runs.
    /// 3. `finish` removes entries that are not to stay in the store.
    /// 4. The unit is committed, also when the script failed: the VM knows of the changes, and ids of tables that it
    ///    reserved must stay reserved.
    ///
    /// After a trap, a panic, or a `finish` that failed, the unit is rolled back instead, if the store can do that.
    pub(super) fn unit<T>(
        &mut self,
        export: &str,
        arguments: &[u32],
        finish: impl FnOnce(&mut Instance, i32) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.alive()?;
        self.begin_unit()?;
        self.guest.host().meter.counts = export == COMPUTE;
        self.guest.host().control.start_clock();
        let reply = self.call_module(export, arguments);
        let panic = self.guest.host().panic.take();
        let answer = match (panic, reply) {
            (None, Ok(reply)) => {
                // The VM knows that a failed compute is undone.
                let keep = !(export == COMPUTE && reply < 0 && self.guest.host().control.undoes_failed());
                self.guarded(keep, |instance| finish(instance, reply))
            }
            (None, Err(trap)) => {
                self.undo();
                self.death = Some(Cause::of(trap.clone()));
                Err(trap)
            }
            (Some(panic), _) => self.guarded(true, |_| resume_unwind(panic)),
        };
        if self.is_dead() {
            self.close_transaction();
        }
        answer
    }

    /// Begins a unit of the store, and compares its version.
    pub(super) fn begin_unit(&mut self) -> Result<(), Error> {
        let host = self.guest.host();
        host.store.begin()?;
        let noticed = host
            .store
            .version()
            .map_err(Error::Store)
            .and_then(|version| if self.watch.begins(version) { host.control.begin_epoch() } else { Ok(()) });
        noticed.inspect_err(|_| {
            host.store.roll_back();
        })
    }

    /// Does the last part of a unit, and ends it: its changes stay, or not.
    fn guarded<T>(&mut self, keep: bool, act: impl FnOnce(&mut Instance) -> Result<T, Error>) -> Result<T, Error> {
        // Unwind safety: no code sees the instance again before the panic is resumed.
        match catch_unwind(AssertUnwindSafe(|| act(self))) {
            Ok(Err(error)) if self.own_store().can_roll_back() => {
                if self.undo() {
                    self.death = Some(Cause::in_words(format!("{UNDONE}: {error}"), error.clone()));
                }
                Err(error)
            }
            Ok(answer) if keep => self.commit_unit().inspect_err(|_| self.record_undone()).and(answer),
            Ok(answer) => {
                self.undo();
                answer
            }
            Err(panic) => {
                if self.undo() {
                    self.death = Some(Cause::from(format!("{UNDONE}: the host panicked")));
                }
                resume_unwind(panic)
            }
        }
    }

    /// Undoes the unit, if the store can, and records that.
    fn undo(&mut self) -> bool {
        if self.own_store().can_roll_back() {
            self.record_undone();
        }
        self.own_store().roll_back()
    }

    /// Ends the unit, whose changes the instance knows.
    pub(super) fn commit_unit(&mut self) -> Result<(), Error> {
        let version = self.own_store().version().ok();
        self.watch.ends(version);
        self.own_store().commit().map_err(|error| {
            let error = Error::Commit(error);
            self.death = Some(Cause::of(error.clone()));
            error
        })
    }

    /// Calls `act` in one turn: between its calls nobody else reaches the store. So a host can store a request's input in
    /// `_io`, compute, and read what the script left there.
    ///
    /// ```
    /// use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Options, SharedStore, Value};
    ///
    /// let store = SharedStore::new(MemoryStore::default());
    /// let mut instance = Instance::new(&Module::new(MODULE)?, store.clone(), Options::default())?;
    /// let answer = instance.in_turn(|instance| {
    ///     instance.clear_io()?;
    ///     instance.store().set(2, &Value::from("input").encode_key()?, &Value::from(20).encode()?)?;
    ///     instance.compute("return _io.input + 1")
    /// })?;
    /// assert_eq!(answer.value().as_i64(), Some(21));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn in_turn<T>(&mut self, act: impl FnOnce(&mut Instance) -> Result<T, Error>) -> Result<T, Error> {
        self.hold()?;
        // Unwind safety: the turn is given back before the panic is resumed.
        let answer = catch_unwind(AssertUnwindSafe(|| act(self)));
        self.release();
        answer.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Takes the turn, unless this instance has it; `release` is to follow.
    pub(super) fn hold(&mut self) -> Result<(), Error> {
        if self.holds == 0 {
            self.own_store().hold()?;
        }
        self.holds += 1;
        Ok(())
    }

    /// Gives it back, if this is the end of the outermost `hold`.
    pub(super) fn release(&mut self) {
        self.holds -= 1;
        if self.holds == 0 {
            self.own_store().release();
        }
    }

    /// Reads or changes the store as one unit, without the module, which notices the changes at its next call.
    pub(super) fn in_store<T>(&mut self, act: impl FnOnce(&mut dyn Store) -> Result<T, Error>) -> Result<T, Error> {
        let store = self.own_store();
        store.begin()?;
        // Unwind safety: the unit is rolled back before the panic is resumed.
        match catch_unwind(AssertUnwindSafe(|| act(store))) {
            Ok(Ok(answer)) => {
                store.commit()?;
                Ok(answer)
            }
            Ok(Err(error)) => {
                store.roll_back();
                Err(error)
            }
            Err(panic) => {
                store.roll_back();
                resume_unwind(panic)
            }
        }
    }
}
