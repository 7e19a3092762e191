//! The options of an instance, and those that one compute can have.
//!
//! Invariant: an absent option keeps the module's default.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::audit::AuditLog;
use crate::event::{Clock, ConfigHandler, EventHandler, EventKind, TickHandler};
use crate::functions::{Args, Functions, Raised, Values};
use crate::permissions::Permissions;
use crate::rate::Rate;
use crate::replay::Recorder;

/// The options of an instance. An absent option keeps the module's default.
#[derive(Default)]
pub struct Options {
    /// Instructions that a compute may use before it is stopped; without a number, a script may run for ever.
    pub instructions: Option<u64>,
    /// The time after which a script is ended.
    pub time_limit: Option<Duration>,
    /// While it is true, scripts are ended; another thread sets it, and sets it back before the next compute.
    pub stop: Option<Arc<AtomicBool>>,
    /// Instructions after each of which a script is ended if its time is over or `stop` is set; 100,000 unless you say so.
    pub tick: Option<u64>,
    /// Asked after each of which: a reason ends the script, with that in the error.
    pub on_tick: Option<TickHandler>,
    /// Bytes of the arena that scripts may use.
    pub memory: Option<u64>,
    /// Bytes of printed text that are kept for the response.
    pub output: Option<u64>,
    /// Seed of `math.random` and of the string hash.
    pub seed: Option<i64>,
    /// Whether scripts may load binary chunks, which are verified.
    pub bytecode: bool,
    /// Whether functions are stored without names of variables and line numbers.
    pub strip: bool,
    /// Least size of the encoding, in bytes, from which strings are stored compressed; 0 for never.
    pub compression: Option<u64>,
    /// Whether a failed compute undoes all its changes to the store.
    pub atomic: bool,
    /// The same, but the store undoes them, which has to be able to roll back: so no notes of them are needed.
    pub atomic_by_store: bool,
    /// The name of the home that scripts see as `_home`, 1 to 255 bytes, usually text. It is made if there is none of
    /// that name. Without a name, `_home` is table 1 or the attached table.
    pub home: Option<Vec<u8>>,
    /// What scripts may not do; by default, nothing is forbidden.
    pub permissions: Permissions,
    /// The time that scripts see. Without a clock it is always 0, and runs are reproducible.
    pub clock: Option<Clock>,
    /// The kinds of event for which `on_event` is called.
    pub events: Vec<EventKind>,
    /// Called for each event; the script waits meanwhile.
    pub on_event: Option<EventHandler>,
    /// Where audit events are written, whether or not `events` has them too.
    pub audit: Option<AuditLog>,
    /// What scripts may call, as `host.name`.
    pub functions: Functions,
    /// Most computes that may wait for functions at once; 1,000 unless you say so, 0 for none.
    pub pending: Option<u64>,
    /// Bytes of the arena that may be in use when a compute begins to wait; half of it unless you say so.
    pub pending_memory: Option<u64>,
    /// How often computes and operations may happen in a second.
    pub rate: Rate,
    /// Changes the configuration of each call before the module reads it: for what this host has no option for
    /// (`abi/README.md`, "Table 0"). A table in which keys are texts.
    pub on_config: Option<ConfigHandler>,
    /// Records everything that crosses the border of the module, for a replay.
    pub record: Option<Recorder>,
}

/// The options in which one compute differs from its instance. An absent option is that of the instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComputeOptions {
    /// Instructions that the compute may use before it is stopped.
    pub instructions: Option<u64>,
    /// The time after which the script is ended.
    pub time_limit: Option<Duration>,
    /// Bytes of the arena that scripts may use.
    pub memory: Option<u64>,
    /// Bytes of printed text that are kept for the response.
    pub output: Option<u64>,
    /// Whether the compute undoes all its changes to the store if it fails.
    pub atomic: Option<bool>,
    /// Whether the store undoes them.
    pub atomic_by_store: Option<bool>,
    /// The name of the home that the script sees as `_home`.
    pub home: Option<Vec<u8>>,
    /// What the script may not do. This replaces all permissions of the instance.
    pub permissions: Option<Permissions>,
}

/// The options of a compute that has none of its own.
static USUAL: ComputeOptions = ComputeOptions {
    instructions: None,
    time_limit: None,
    memory: None,
    output: None,
    atomic: None,
    atomic_by_store: None,
    home: None,
    permissions: None,
};

impl ComputeOptions {
    /// The default, which need not be made anew for each compute.
    pub(crate) fn usual() -> &'static ComputeOptions {
        &USUAL
    }
}

impl Options {
    /// With a function that scripts may call: `host.http.get` for the name `http.get`.
    ///
    /// ```
    /// use cu_host::{Args, Instance, MODULE, MemoryStore, Module, Options};
    ///
    /// let options = Options::default().function("double", |args: Args| {
    ///     args.at(0).as_i64().map(|number| number * 2).ok_or("it doubles integers only")
    /// });
    /// let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), options)?;
    /// assert_eq!(instance.compute("return host.double(21)")?.value().as_i64(), Some(42));
    /// let error = instance.compute("return host.double('x')").unwrap_err();
    /// assert_eq!(error.to_string(), "compute:1: host.double: it doubles integers only");
    /// # Ok::<(), cu_host::Error>(())
    /// ```
    #[must_use]
    pub fn function<R: Into<Values>, E: Into<Raised>>(
        mut self,
        name: impl Into<String>,
        function: impl FnMut(Args) -> Result<R, E> + Send + 'static,
    ) -> Options {
        self.functions.add(name, function);
        self
    }

    /// With a function whose answer is a future: the script waits for it, and with [`SharedInstance`](crate::SharedInstance) others
    /// run meanwhile.
    #[must_use]
    pub fn async_function<R, E, F>(
        mut self,
        name: impl Into<String>,
        function: impl FnMut(Args) -> F + Send + 'static,
    ) -> Options
    where
        R: Into<Values>,
        E: Into<Raised>,
        F: Future<Output = Result<R, E>> + Send + 'static,
    {
        self.functions.add_async(name, function);
        self
    }

    /// With a function that says at each call whether it answers now, or the program later, as that of a
    /// [`later_function`](Options::later_function): then it returns none.
    #[must_use]
    pub fn either_function<R: Into<Values>, E: Into<Raised>>(
        mut self,
        name: impl Into<String>,
        function: impl FnMut(Args) -> Option<Result<R, E>> + Send + 'static,
    ) -> Options {
        self.functions.add_either(name, function);
        self
    }

    /// With a function whose calls the program answers by itself, between [`start`](crate::Instance::start) and
    /// [`resume`](crate::Instance::resume).
    #[must_use]
    pub fn later_function(mut self, name: impl Into<String>) -> Options {
        self.functions.add_later(name);
        self
    }

    /// A clock with the real time.
    pub fn system_clock() -> Clock {
        crate::event::system_clock()
    }
}
