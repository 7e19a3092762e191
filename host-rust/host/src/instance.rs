//! One Lua VM: creation, compute, collection, figures.
//!
//! Invariant: a block that is placed in the arena for a call is freed after the call, also after an error. After a trap,
//! or after a unit that the store did not keep, the instance answers only [`Error::Dead`].
//!
//! - `unit`: each call that may reach the store is one unit of its changes
//! - `watch`: what others changed meanwhile
//! - `homes`: homes by name
//! - `recorded`: calls of the module, which may be recorded
//! - `run`: computes that may wait for functions of the host
//! - `shared`: an instance for several tasks
//! - `transaction`: several computes that change all or nothing

mod homes;
mod recorded;
pub(crate) mod run;
pub mod shared;
mod transaction;
mod unit;
mod watch;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use cu_abi::{limits, status, tables};

use crate::call::Call;
use crate::class;
use crate::control::Control;
use crate::engine::{Guest, Module};
use crate::error::{Cause, Error, LuaError};
use crate::imports::Host;
use crate::memory::Memory;
use crate::options::{ComputeOptions, Options};
use crate::pending::{self, Left};
use crate::rate::Meter;
use crate::read::{self, ReadOptions, Tables};
use crate::replay::{COMPUTE, Tape};
use crate::response::{Response, is_spilled};
use crate::store::{Store, StoreError, unfinished};
use crate::value::Value;
use watch::Watch;

/// A VM and the store of its external tables. It runs on the thread that calls it and may move between threads.
pub struct Instance {
    guest: Box<dyn Guest>,
    /// The error that ended it.
    death: Option<Cause>,
    /// Address of the I/O buffer.
    buffer: u32,
    /// What this instance knows of changes by others.
    watch: Watch,
    /// How many calls hold the turn of the store.
    holds: u32,
    /// Computes that wait, which the module could not be told to end.
    left: Vec<Left>,
    /// Room for the next answer, where the last one was.
    frame: Vec<u8>,
}

/// The answer of `get_memory_stats`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryStats {
    /// Size of the I/O buffer.
    pub io_buffer_bytes: u32,
    /// Bytes of the arena that Lua uses.
    pub lua_bytes: u32,
    /// Size of linear memory, in pages.
    pub wasm_pages: u32,
}

/// The arena has no block at this address.
const NO_BLOCK: u32 = 0;

/// The I/O buffer's size as an address: it is far below 4 GiB.
const BUFFER_BYTES: u32 = limits::IO_BUFFER_BYTES as u32;

/// The results of a compute.
struct Answer {
    /// The bytes in the I/O buffer: a response, or the text of an error.
    frame: Result<Vec<u8>, Vec<u8>>,
    /// The values that did not fit the buffer, if the caller wanted them.
    spilled: Option<Vec<u8>>,
}

/// What happens to values that do not fit the response.
#[derive(Clone, Copy)]
enum Spilled {
    Taken,
    Left,
}

impl Instance {
    /// Creates a VM whose external tables are in `store`.
    pub fn new(module: &Module, store: impl Store + 'static, mut options: Options) -> Result<Instance, Error> {
        let meter = Meter::new(std::mem::take(&mut options.rate))?;
        let tape = options.record.take().map(|recorder| Box::new(Tape::Recorder(recorder)));
        let control = Control::new(options)?;
        let host = Host { store: Box::new(store), control, meter, store_error: None, panic: None, tape };
        let mut instance = Instance {
            guest: module.instantiate(host)?,
            death: None,
            buffer: 0,
            watch: Watch::default(),
            holds: 0,
            left: Vec::new(),
            frame: Vec::new(),
        };
        instance.begin_recording(module)?;
        let init = instance.unit("init", &[], |instance, reply| {
            unfinished::refuse(instance.own_store())?;
            // An earlier instance may have died before its values were read.
            instance.forget_spilled();
            Ok(reply)
        })?;
        match init {
            status::OK => {}
            code => return Err(Error::Init { code, cause: instance.take_store_error() }),
        }
        let buffer = instance.ask("get_buffer_ptr", &[])?.cast_unsigned();
        let size = instance.ask("get_buffer_size", &[])?.cast_unsigned();
        if size != BUFFER_BYTES || instance.memory().read(buffer, size).is_none() {
            return Err(Error::Protocol(format!(
                "its I/O buffer has {size} bytes, at {buffer}; wanted are {BUFFER_BYTES}"
            )));
        }
        instance.buffer = buffer;
        Ok(instance)
    }

    /// Runs Lua source and returns what it printed and its values. Where the script waits for a function of the host, the thread
    /// is blocked.
    pub fn compute(&mut self, code: impl AsRef<[u8]>) -> Result<Response, Error> {
        self.compute_with(code, ComputeOptions::usual())
    }

    /// Runs Lua source with these options: a smaller budget, for example, or other permissions.
    pub fn compute_with(&mut self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Response, Error> {
        self.run_blocking(code.as_ref(), own)
    }

    /// Calls a function that is there already, such as one that a script has stored.
    pub fn call(&mut self, call: &Call) -> Result<Response, Error> {
        self.call_with(call, ComputeOptions::usual())
    }

    /// Calls a function with these options.
    pub fn call_with(&mut self, call: &Call, own: &ComputeOptions) -> Result<Response, Error> {
        self.compute_with(call.record()?, own)
    }

    /// Runs Lua source and returns the bytes that the module left in the I/O buffer: a response, or the text of the
    /// script's error. Values that did not fit the response stay in the store.
    pub fn compute_raw(&mut self, code: &[u8]) -> Result<Result<Vec<u8>, Vec<u8>>, Error> {
        self.compute_raw_with(code, ComputeOptions::usual())
    }

    /// Runs Lua source with these options; answers as [`compute_raw`](Instance::compute_raw) does.
    pub fn compute_raw_with(&mut self, code: &[u8], own: &ComputeOptions) -> Result<Result<Vec<u8>, Vec<u8>>, Error> {
        let answer = self.answer(code, own, Spilled::Left)?;
        self.audited()?;
        Ok(answer.frame)
    }

    fn answer(&mut self, code: &[u8], own: &ComputeOptions, spilled: Spilled) -> Result<Answer, Error> {
        self.admit(own)?;
        self.guest.host().meter.take_compute()?;
        self.place_and_run(code, spilled)
    }

    /// Prepares for a part of a compute.
    fn admit(&mut self, own: &ComputeOptions) -> Result<(), Error> {
        self.alive()?;
        let host = self.guest.host();
        host.control.take_error();
        host.store_error = None;
        host.control.differ(own)?;
        if host.control.undoes_failed() && !host.store.can_roll_back() {
            return Err(Error::Option("atomic_by_store is set; this store cannot roll back".into()));
        }
        Ok(())
    }

    /// The error of a compute. The store's error is its cause only if the message says so: a script that caught the
    /// store's error may fail for another reason.
    fn failed(&mut self, text: Vec<u8>) -> Error {
        let host = self.guest.host();
        let event = host.control.take_error();
        let error = Box::new(LuaError::new(text, event.as_ref()));
        match &host.store_error {
            Some(cause) if error.is_of(cause) => Error::Host { error, cause: cause.clone() },
            _ => Error::Lua(error),
        }
    }

    /// Reserves a place for code and runs it there, in a span.
    fn place_and_run(&mut self, code: &[u8], spilled: Spilled) -> Result<Answer, Error> {
        let span = self.guest.host().control.begin_trace(code);
        let answer = self.run_somewhere(code, spilled);
        self.guest.host().control.end_trace(|| match &answer {
            Ok(Answer { frame: Ok(frame), spilled }) => pending::outcome(frame, spilled.as_deref()),
            Ok(_) => "error",
            Err(_) => "failed",
        });
        drop(span);
        answer
    }

    fn run_somewhere(&mut self, code: &[u8], spilled: Spilled) -> Result<Answer, Error> {
        let length = u32::try_from(code.len()).map_err(|_| Error::CodeSize(code.len()))?;
        if length <= BUFFER_BYTES {
            return self.run_at(self.buffer, code, spilled);
        }
        let block = self.ask("lua_alloc", &[0, NO_BLOCK, 0, length])?.cast_unsigned();
        if block == NO_BLOCK {
            return Err(Error::CodeSize(code.len()));
        }
        let answer = self.run_at(block, code, spilled);
        if !self.is_dead() {
            self.ask("lua_alloc", &[0, block, length, 0])?;
        }
        answer
    }

    /// Places code, runs it, and copies the answer out of the I/O buffer.
    fn run_at(&mut self, address: u32, code: &[u8], spilled: Spilled) -> Result<Answer, Error> {
        let outside = || Error::Protocol(format!("no room for {} bytes of code at {address}", code.len()));
        self.memory().write(address, code).ok_or_else(outside)?;
        self.unit(COMPUTE, &[address, code.len() as u32], |instance, reply| {
            let frame = instance.frame(reply)?;
            let spilled = match (&frame, spilled) {
                (Ok(frame), Spilled::Taken) if is_spilled(frame) => instance.take_spilled()?,
                _ => None,
            };
            Ok(Answer { frame, spilled })
        })
    }

    /// The bytes that a compute left in the I/O buffer.
    fn frame(&mut self, reply: i32) -> Result<Result<Vec<u8>, Vec<u8>>, Error> {
        let length = if reply < 0 { -(reply + 1) } else { reply }.cast_unsigned();
        if length > BUFFER_BYTES {
            return Err(Error::Protocol(format!(
                "compute answered {reply}; the I/O buffer holds {BUFFER_BYTES} bytes"
            )));
        }
        let buffer = self.buffer;
        let mut bytes = std::mem::take(&mut self.frame);
        bytes.clear();
        bytes.extend_from_slice(self.memory().read(buffer, length).unwrap_or_default());
        Ok(if reply < 0 { Err(bytes) } else { Ok(bytes) })
    }

    /// Takes the values that did not fit the I/O buffer out of the store, where a later script would find them.
    fn take_spilled(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let values = self.own_store().get(tables::IO, tables::KEY_RESULT)?.map(Into::into);
        self.forget_spilled();
        Ok(values)
    }

    /// A failure to delete is ignored: the module tries again before the next compute, and the script that needs it
    /// gets the error.
    fn forget_spilled(&mut self) {
        let _ = self.own_store().delete(tables::IO, tables::KEY_RESULT);
    }

    /// Empties `_io`, as a host does when the next request begins.
    pub fn clear_io(&mut self) -> Result<(), Error> {
        self.begin_unit()?;
        match self.own_store().clear(tables::IO) {
            Ok(()) => self.commit_unit(),
            Err(error) => {
                self.own_store().roll_back();
                Err(error.into())
            }
        }
    }

    /// Runs a full collection. If the store failed, some rows may not have been freed: [`Error::Store`].
    pub fn run_gc(&mut self) -> Result<(), Error> {
        self.outside_transaction()?;
        self.guest.host().store_error = None;
        self.enter("run_gc", &[])?;
        self.audited()?;
        self.guest.host().store_error.clone().map_or(Ok(()), |error| Err(Error::Store(error)))
    }

    /// What the module uses.
    pub fn memory_stats(&mut self) -> Result<MemoryStats, Error> {
        let address = self.buffer;
        self.ask("get_memory_stats", &[address])?;
        let memory = self.memory();
        // The I/O buffer lies within memory; that was checked when the instance was made.
        let field = |index: u32| memory.read_u32(address + index * size_of::<u32>() as u32).unwrap_or(0);
        Ok(MemoryStats { io_buffer_bytes: field(0), lua_bytes: field(1), wasm_pages: field(2) })
    }

    /// Id of the external table that is `_home`.
    pub fn home_table(&mut self) -> Result<u32, Error> {
        self.ask("get_memory_table_id", &[]).map(i32::cast_unsigned)
    }

    /// Makes an external table `_home`.
    pub fn attach_home_table(&mut self, table: u32) -> Result<(), Error> {
        self.outside_transaction()?;
        self.enter("attach_memory_table", &[table]).map(drop)
    }

    /// Reads an external table, [`Value::External`], and the tables in it from the store; in any other value, reads the
    /// tables that it refers to. No script runs, and nothing changes.
    pub fn read(&mut self, value: &Value, options: ReadOptions) -> Result<Tables, Error> {
        self.alive()?;
        self.in_store(|store| read::read(store, value, options))
    }

    /// Reads `_home`, as [`read`](Instance::read) does.
    pub fn read_home(&mut self, options: ReadOptions) -> Result<Tables, Error> {
        let home = Value::External(self.home_table()?);
        self.read(&home, options)
    }

    /// The name of the class of an external table, [`Value::External`]: `__name` of its metatable, read from the store. None for a
    /// table without a metatable, for a metatable that has no such text, and for any other value.
    ///
    /// ```
    /// let mut instance = cu_host::in_memory()?;
    /// let ada = instance.compute("_home.ada = setmetatable({}, { __name = 'Account' }) return _home.ada")?;
    /// assert_eq!(instance.class_name(ada.value())?.as_deref(), Some("Account"));
    /// # Ok::<(), cu_host::Error>(())
    /// ```
    pub fn class_name(&mut self, value: &Value) -> Result<Option<String>, Error> {
        self.alive()?;
        match value {
            Value::External(id) => self.in_store(|store| class::name_of(store, *id)),
            _ => Ok(None),
        }
    }

    /// Keeps the module from handing out table ids below `next`.
    pub fn reserve_table_ids(&mut self, next: u32) -> Result<(), Error> {
        self.enter("sync_external_table_counter", &[next]).map(drop)
    }

    /// Switches the legacy global `Memory` on or off.
    pub fn enable_memory_alias(&mut self, enabled: bool) -> Result<(), Error> {
        self.enter("set_memory_alias_enabled", &[u32::from(enabled)]).map(drop)
    }

    /// The store, between calls. What is changed there the next call notices, as it notices what other instances change.
    pub fn store(&mut self) -> &mut dyn Store {
        self.watch.touch();
        self.own_store()
    }

    fn own_store(&mut self) -> &mut dyn Store {
        &mut *self.guest.host().store
    }

    /// Takes the last failure of the store in the last compute or collection, also if the script caught it.
    pub fn take_store_error(&mut self) -> Option<StoreError> {
        self.guest.host().store_error.take()
    }

    /// Ends the instance and gives its store back.
    pub fn into_store(self) -> Box<dyn Store> {
        self.guest.into_host().store
    }

    /// Whether the module trapped or the store did not keep its changes.
    pub fn is_dead(&self) -> bool {
        self.death.is_some()
    }

    /// Ends scripts while the flag is true, beside the flag of the options.
    pub(crate) fn cancel_by(&mut self, flag: Arc<AtomicBool>) -> Result<(), Error> {
        self.guest.host().control.cancel_by(flag)
    }

    fn alive(&self) -> Result<(), Error> {
        self.death.as_ref().map_or(Ok(()), |death| Err(Error::Dead(death.clone())))
    }

    /// Fails if an audit event could not be written.
    fn audited(&mut self) -> Result<(), Error> {
        self.guest.host().control.take_audit_error().map_or(Ok(()), Err)
    }

    fn memory(&mut self) -> Memory<'_> {
        self.guest.memory()
    }
}
