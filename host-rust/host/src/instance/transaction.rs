//! Transactions: several computes change all that they change, or nothing.
//!
//! Invariant: while one is open, its instance holds the turn of the store. It is over after `commit` or `roll_back`, also when
//! these fail: what the store did not let the module undo is undone before its next compute. The module has the journal; if the
//! host dies, the next start over the store undoes all of it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use cu_abi::config;

use super::{Instance, Spilled};
use crate::error::Error;
use crate::options::ComputeOptions;

const OPEN: &str = "a transaction of this instance is open";
const NESTED: &str = "a transaction of this instance is open, and they do not nest; each compute in it is a savepoint";
const CLOSED: &str = "no transaction of this instance is open";

impl Instance {
    /// Begins a transaction: what the computes from now on change is kept together by [`commit`](Instance::commit), or undone
    /// by [`roll_back`](Instance::roll_back). A compute that fails undoes what it changed alone. Meanwhile no other instance
    /// has a turn of the store. If the host dies, the next start undoes everything.
    pub fn begin(&mut self) -> Result<(), Error> {
        self.alive()?;
        if self.is_in_transaction() {
            return Err(Error::Transaction(NESTED));
        }
        self.hold()?;
        let begun = self.guest.host().control.set_transaction(Some(config::OPEN));
        begun.inspect_err(|_| self.close_transaction())
    }

    /// Keeps what the transaction changed. If that cannot be done, it is undone.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.in_open_transaction()?;
        let kept = self.run_word(config::COMMIT);
        if kept.is_err() && !self.is_dead() {
            // What is not known to be kept is undone. The first error says more.
            let _ = self.run_word(config::ROLLBACK);
        }
        self.close_transaction();
        kept
    }

    /// Undoes what the transaction changed.
    pub fn roll_back(&mut self) -> Result<(), Error> {
        self.in_open_transaction()?;
        let undone = self.run_word(config::ROLLBACK);
        self.close_transaction();
        undone
    }

    /// Calls `act` in a transaction, which is kept if that succeeds, and undone if it fails or panics.
    ///
    /// ```
    /// use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Options};
    ///
    /// let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
    /// instance.compute("_home.from, _home.to = 10, 0")?;
    /// let moved = instance.transaction(|instance| {
    ///     instance.compute("_home.from = _home.from - 20")?;
    ///     instance.compute("_home.to = _home.to + 20")?;
    ///     instance.compute("assert(_home.from >= 0, 'too little')")
    /// });
    /// assert!(moved.is_err());
    /// assert_eq!(instance.compute("return _home.from + _home.to")?.value().as_i64(), Some(10));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn transaction<T>(&mut self, act: impl FnOnce(&mut Instance) -> Result<T, Error>) -> Result<T, Error> {
        self.begin()?;
        // Unwind safety: what was changed is undone before the panic is resumed.
        let answer = catch_unwind(AssertUnwindSafe(|| act(self)));
        match answer {
            Ok(Ok(answer)) => {
                // `act` may have ended it.
                if self.is_in_transaction() {
                    self.commit()?;
                }
                Ok(answer)
            }
            Ok(Err(error)) => {
                self.undo_transaction();
                Err(error)
            }
            Err(panic) => {
                self.undo_transaction();
                resume_unwind(panic)
            }
        }
    }

    /// The caller gets another error. If this fails, the next compute says so.
    fn undo_transaction(&mut self) {
        if self.is_in_transaction() {
            let _ = self.roll_back();
        }
    }

    pub(super) fn is_in_transaction(&mut self) -> bool {
        self.guest.host().control.transaction().is_some()
    }

    fn in_open_transaction(&mut self) -> Result<(), Error> {
        self.alive()?;
        if self.is_in_transaction() { Ok(()) } else { Err(Error::Transaction(CLOSED)) }
    }

    /// For what cannot be done in a transaction.
    pub(super) fn outside_transaction(&mut self) -> Result<(), Error> {
        if self.is_in_transaction() { Err(Error::Transaction(OPEN)) } else { Ok(()) }
    }

    /// The transaction, if there is one, is over.
    pub(super) fn close_transaction(&mut self) {
        if self.is_in_transaction() {
            // What was valid before is valid now.
            let _ = self.guest.host().control.set_transaction(None);
            self.release();
        }
    }

    /// Runs an empty compute with this word. It is the module's work, not that of a script with a budget or a rate.
    fn run_word(&mut self, word: &'static str) -> Result<(), Error> {
        let host = self.guest.host();
        host.control.take_error();
        host.store_error = None;
        host.control.set_transaction(Some(word))?;
        host.control.differ(&ComputeOptions { instructions: Some(0), ..ComputeOptions::default() })?;
        let answer = self.place_and_run(b"", Spilled::Left)?;
        self.audited()?;
        answer.frame.map(drop).map_err(|text| self.failed(text))
    }
}
