//! A home that is open: its store, and the instances that use it.
//!
//! Invariant: what a caller who may only read has sent runs in an instance that nobody else's scripts use, and that ends
//! with it: permissions bind a compute, but a global that it changed would stay. Calls of stored functions leave
//! nothing behind, so all callers who may only read share an instance for those.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use cu_host::{ComputeOptions, Error, EventKind, Instance, Module, Options, Permissions, Response, SharedStore, Store};

use crate::call::NamedCall;
use crate::heard::{Ears, Listener};

/// What runs in a home.
pub enum Work {
    /// Lua source.
    Source(Vec<u8>),
    /// A call of a function that is there.
    Call(NamedCall),
}

/// What the caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing is changed.
    Read,
    /// Anything in the home.
    Write,
}

/// The store and instances of a home.
pub struct OpenHome {
    store: SharedStore<Box<dyn Store>>,
    ears: Ears,
    setup: Setup,
    writer: Option<Instance>,
    reader: Option<Instance>,
}

/// How instances are made.
#[derive(Clone)]
pub struct Setup {
    /// The module.
    pub module: Module,
    /// Ends all scripts, when the server ends.
    pub stop: Arc<AtomicBool>,
    /// Whether a compute that fails changes nothing.
    pub atomic: bool,
    /// Whether events for an audit log are wanted.
    pub audit: bool,
}

impl OpenHome {
    /// Over this store.
    pub fn new(store: Box<dyn Store>, setup: Setup) -> OpenHome {
        OpenHome { store: SharedStore::new(store), ears: Ears::default(), setup, writer: None, reader: None }
    }

    /// Runs something, while `listener` hears what the module reports. `then` gets the answer, with the instance for what results
    /// refer to.
    pub fn run<T>(
        &mut self,
        work: &Work,
        access: Access,
        mut own: ComputeOptions,
        listener: Listener,
        then: impl FnOnce(Result<(Response, &mut Instance), Error>) -> T,
    ) -> (T, Listener) {
        if access == Access::Read {
            own.permissions = Some(Permissions::new().read_only());
        }
        self.ears.hear(listener);
        let mut used_once = None;
        let place = match (access, work) {
            (Access::Write, _) => &mut self.writer,
            (Access::Read, Work::Call(_)) => &mut self.reader,
            (Access::Read, Work::Source(_)) => &mut used_once,
        };
        let ready = match place {
            Some(instance) => Ok(instance),
            none => instance(&self.store, &self.setup, &self.ears).map(|instance| none.insert(instance)),
        };
        let done = then(ready.and_then(|instance| {
            let answer = match work {
                Work::Source(code) => instance.compute_with(code, &own),
                Work::Call(named) => named.check(instance).and_then(|()| instance.call_with(&named.call, &own)),
            };
            answer.map(|response| (response, instance))
        }));
        (done, self.ears.take())
    }

    /// Whether it has to be closed: an instance has seen changes that are not in the store.
    pub fn is_dead(&self) -> bool {
        [&self.writer, &self.reader].into_iter().flatten().any(Instance::is_dead)
    }
}

fn instance(store: &SharedStore<Box<dyn Store>>, setup: &Setup, ears: &Ears) -> Result<Instance, Error> {
    let by_store = setup.atomic && store.can_roll_back();
    let mut events = vec![EventKind::Output, EventKind::Usage];
    events.extend(setup.audit.then_some(EventKind::Audit));
    let ears = ears.clone();
    let options = Options {
        stop: Some(Arc::clone(&setup.stop)),
        atomic: setup.atomic && !by_store,
        atomic_by_store: by_store,
        clock: Some(Options::system_clock()),
        events,
        on_event: Some(Box::new(move |event| ears.event(event))),
        ..Options::default()
    };
    let mut instance = Instance::new(&setup.module, store.clone(), options)?;
    // What a request before a crash left there.
    instance.clear_io()?;
    Ok(instance)
}
