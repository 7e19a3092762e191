//! An instance that several tasks share.
//!
//! Invariant: no thread waits for an instance that it has itself: it gets an error, and what it would cancel is cancelled by who has
//! the instance next.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::Instance;
use super::run::{Access, run_on};
use crate::call::Call;
use crate::error::Error;
use crate::functions::{Raised, Values};
use crate::options::ComputeOptions;
use crate::pending::{Pending, Step};
use crate::response::Response;

/// An instance that runs several scripts at once: where one waits, others go on. Clones are the same instance.
///
/// ```
/// use cu_host::{Args, Instance, MODULE, MemoryStore, Module, Options, SharedInstance};
///
/// let options = Options::default().async_function("price", |args: Args| async move {
///     tokio::time::sleep(std::time::Duration::from_millis(10)).await;
///     Ok::<_, String>(args.at(0).as_i64().unwrap_or(0) * 3)
/// });
/// let shared = SharedInstance::new(Instance::new(&Module::new(MODULE)?, MemoryStore::default(), options)?);
/// let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// runtime.block_on(async {
///     let (one, two) = tokio::join!(shared.run("return host.price(1)"), shared.run("return host.price(2)"));
///     assert_eq!((one?.value().as_i64(), two?.value().as_i64()), (Some(3), Some(6)));
///     Ok::<(), cu_host::Error>(())
/// })
/// # ?;
/// # Ok::<(), cu_host::Error>(())
/// ```
#[derive(Clone)]
pub struct SharedInstance(Arc<Shared>);

struct Shared {
    instance: Mutex<Instance>,
    /// The thread that has it.
    holder: Mutex<Option<ThreadId>>,
    /// Computes to cancel, whose futures were dropped by the thread that had the instance.
    dropped: Mutex<Vec<Pending>>,
}

/// The instance, until this is dropped.
pub struct Locked<'a> {
    instance: MutexGuard<'a, Instance>,
    shared: &'a Shared,
}

impl Deref for Locked<'_> {
    type Target = Instance;

    fn deref(&self) -> &Instance {
        &self.instance
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Instance {
        &mut self.instance
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        *locked(&self.shared.holder) = None;
    }
}

/// What a panic left behind a lock is as usable as before; an instance may answer that it is dead.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SharedInstance {
    /// Of this instance.
    pub fn new(instance: Instance) -> SharedInstance {
        SharedInstance(Arc::new(Shared {
            instance: Mutex::new(instance),
            holder: Mutex::default(),
            dropped: Mutex::default(),
        }))
    }

    /// The instance for one thing after another; scripts that wait do not go on meanwhile.
    ///
    /// # Panics
    /// If this thread has it already, by another lock or because a script runs that called this function.
    pub fn lock(&self) -> Locked<'_> {
        self.try_lock().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same; an error if this thread has it already.
    fn try_lock(&self) -> Result<Locked<'_>, Error> {
        let this = thread::current().id();
        if *locked(&self.0.holder) == Some(this) {
            return Err(Error::InUse);
        }
        let instance = locked(&self.0.instance);
        *locked(&self.0.holder) = Some(this);
        let mut lent = Locked { instance, shared: &self.0 };
        let dropped = std::mem::take(&mut *locked(&self.0.dropped));
        for pending in dropped {
            // Nobody is there for an error.
            let _ = lent.cancel(pending);
        }
        Ok(lent)
    }

    /// Runs Lua source. The instance is locked while the script runs, not while it waits. If the future is dropped, the script is
    /// cancelled.
    pub async fn run(&self, code: impl AsRef<[u8]>) -> Result<Response, Error> {
        self.run_with(code, ComputeOptions::usual()).await
    }

    /// The same with these options.
    pub async fn run_with(&self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Response, Error> {
        let step = self.try_lock()?.start_with(code, own)?;
        run_on(self.clone(), step).await
    }

    /// Calls a function that is there already, and waits as [`run`](SharedInstance::run) does.
    pub async fn run_call(&self, call: &Call) -> Result<Response, Error> {
        self.run(call.record()?).await
    }
}

impl Access for SharedInstance {
    fn resume(&mut self, pending: Pending, answer: Result<Values, Raised>) -> Result<Step, Error> {
        let (error, pending) = match self.try_lock() {
            Ok(mut instance) => return instance.resume(pending, answer),
            Err(error) => (error, pending),
        };
        self.cancel(pending);
        Err(error)
    }

    fn cancel(&mut self, pending: Pending) {
        match self.try_lock() {
            Ok(mut instance) => drop(instance.cancel(pending)),
            Err(_) => locked(&self.0.dropped).push(pending),
        }
    }
}
