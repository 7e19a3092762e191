//! Instances of many homes on threads of their own: what runs there is a future for its caller, on any runtime or on none.
//!
//! Invariant: who drops a future ends what runs for it, and nothing else. A task that has begun ends before its home has the next one.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::{Cause, Error};
use crate::instance::Instance;
use crate::instance::run::block_on;
use crate::threads::{Bounds, Figures, Refused, TenantId, Threads};

/// Who uses a pool is one tenant: more threads than were asked for are never started.
const EVERYBODY: TenantId = 0;

/// Opens the instance of a home, on a thread of the pool.
type Open = dyn Fn(&str) -> Result<Instance, Error> + Send + Sync;

/// Instances by the names of their homes, which are opened when they are needed and closed when they are idle or too many. Clones are the
/// same pool; with the last one it ends, after all that waits has run.
///
/// ```
/// use cu_host::threads::Bounds;
/// use cu_host::{Error, Instance, MemoryStore, Module, Options, Pool};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let open = |_home: &str| Instance::new(&Module::embedded()?, MemoryStore::default(), Options::default());
/// let pool = Pool::new(Bounds::default(), open)?;
/// let count = |instance: &mut Instance| instance.compute("n = (n or 0) + 1 return n");
/// let (first, second, other) = tokio::join!(pool.run("ada", count), pool.run("ada", count), pool.run("bob", count));
/// assert_eq!((first?.value().as_i64(), second?.value().as_i64(), other?.value().as_i64()), (Some(1), Some(2), Some(1)));
///
/// // Whoever waits no longer ends the script.
/// let endless = pool.run("ada", |instance| instance.compute("while true do end"));
/// assert!(tokio::time::timeout(std::time::Duration::from_millis(20), endless).await.is_err());
/// assert_eq!(pool.run("ada", count).await?.value().as_i64(), Some(3));
/// # Ok::<(), Error>(())
/// # })?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    threads: Threads<Opened>,
    open: Arc<Open>,
}

/// An instance, and the flag that ends its scripts.
struct Opened {
    instance: Instance,
    cancel: Arc<AtomicBool>,
}

impl Pool {
    /// Starts the threads. `open` makes the instance of a home, where a task is the first one or the instance before is dead.
    pub fn new(
        bounds: Bounds,
        open: impl Fn(&str) -> Result<Instance, Error> + Send + Sync + 'static,
    ) -> Result<Pool, Error> {
        let cannot = |error| Error::Option(Cause::in_words(format!("{} threads: {error}", bounds.threads), error));
        Ok(Pool(Arc::new(Shared { threads: Threads::new(bounds).map_err(cannot)?, open: Arc::new(open) })))
    }

    /// Runs something with the instance of a home, after all that was given for that home before. It is on its way at once; the
    /// answer comes by the future. If that is dropped, what waits is not begun, and a script that runs is ended, as by
    /// [`Options::stop`](crate::Options::stop): what it did stays unless it is atomic.
    ///
    /// A script that waits for a function of the host blocks a thread of the pool. A panic comes to who waits for the future, and the
    /// instance is closed.
    pub fn run<T: Send + 'static>(
        &self,
        home: &str,
        act: impl FnOnce(&mut Instance) -> Result<T, Error> + Send + 'static,
    ) -> Run<T> {
        let call = Arc::new(Call { state: Mutex::new(State::Waits(None)) });
        let end = End(Arc::clone(&call));
        let (name, open) = (home.to_owned(), Arc::clone(&self.0.open));
        let submitted = self.0.threads.submit(
            home,
            EVERYBODY,
            Box::new(move |place| {
                // Unwind safety: nobody sees the instance after a panic.
                let ran = catch_unwind(AssertUnwindSafe(|| {
                    if end.0.is_left() {
                        return Err(Error::Refused(Refused::Closing));
                    }
                    let opened = match &mut *place {
                        Some(opened) => opened,
                        none => none.insert(Opened::new(open(&name)?)?),
                    };
                    if !end.0.begin(&opened.cancel) {
                        return Err(Error::Refused(Refused::Closing));
                    }
                    act(&mut opened.instance)
                }));
                if place.as_ref().is_some_and(|opened| ran.is_err() || opened.instance.is_dead()) {
                    *place = None;
                }
                end.0.end(ran);
            }),
        );
        if let Err(refused) = submitted {
            // The task is gone, and with it went `End`.
            *call.state() = State::Over(Ok(Err(Error::Refused(refused))));
        }
        Run(call)
    }

    /// How many homes are open, and what waits.
    pub fn figures(&self) -> Figures {
        self.0.threads.figures()
    }

    /// Takes nothing more, runs what waits, closes everything and ends the threads. It blocks until then.
    pub fn close(&self) {
        self.0.threads.close();
    }
}

impl Opened {
    fn new(mut instance: Instance) -> Result<Opened, Error> {
        let cancel = Arc::new(AtomicBool::new(false));
        instance.cancel_by(Arc::clone(&cancel))?;
        Ok(Opened { instance, cancel })
    }
}

/// The answer of what runs in a [`Pool`], when it is there.
#[must_use = "what nobody waits for is ended"]
pub struct Run<T>(Arc<Call<T>>);

/// What a thread of the pool and who waits for it have in common.
struct Call<T> {
    state: Mutex<State<T>>,
}

/// What an act answered, or its panic.
type Ran<T> = Result<Result<T, Error>, Box<dyn Any + Send>>;

enum State<T> {
    /// It has not begun; who is to be woken.
    Waits(Option<Waker>),
    /// It runs, until the flag is raised.
    Runs(Option<Waker>, Arc<AtomicBool>),
    Over(Ran<T>),
    /// Nobody waits for it, or the answer was taken.
    Left,
}

impl<T> Call<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_left(&self) -> bool {
        matches!(*self.state(), State::Left)
    }

    /// Whether somebody still waits for it. The one before may have been ended by the flag.
    fn begin(&self, cancel: &Arc<AtomicBool>) -> bool {
        let mut state = self.state();
        let State::Waits(waker) = &mut *state else { return false };
        cancel.store(false, Ordering::Relaxed);
        *state = State::Runs(waker.take(), Arc::clone(cancel));
        true
    }

    /// From here on its flag is not raised any more: it is that of the next task.
    fn end(&self, ran: Ran<T>) {
        let mut state = self.state();
        let waker = match &mut *state {
            State::Waits(waker) | State::Runs(waker, _) => waker.take(),
            State::Over(_) | State::Left => return,
        };
        *state = State::Over(ran);
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Says that a task is over, also if it never began.
struct End<T>(Arc<Call<T>>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        self.0.end(Ok(Err(Error::Refused(Refused::Closing))));
    }
}

impl<T> Run<T> {
    /// Blocks the thread until the answer is there. On a thread of a pool it is [`Error::InUse`]: what is waited for may need
    /// this very thread.
    pub fn wait(self) -> Result<T, Error> {
        if crate::threads::is_one() {
            return Err(Error::InUse);
        }
        match block_on(self, None, &[]) {
            Some(answer) => answer,
            None => Err(Error::InUse),
        }
    }
}

impl<T> Future for Run<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let mut state = self.0.state();
        match &mut *state {
            State::Waits(waker) | State::Runs(waker, _) => {
                *waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            State::Over(_) | State::Left => {}
        }
        let taken = std::mem::replace(&mut *state, State::Left);
        drop(state);
        match taken {
            State::Over(Ok(answer)) => Poll::Ready(answer),
            State::Over(Err(panic)) => resume_unwind(panic),
            _ => Poll::Ready(Err(Error::Argument("the answer was taken already".into()))),
        }
    }
}

impl<T> Drop for Run<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if let State::Runs(_, cancel) = &*state {
            // Under the lock, so what comes next has not begun.
            cancel.store(true, Ordering::Relaxed);
        }
        let left = std::mem::replace(&mut *state, State::Left);
        drop(state);
        drop(left);
    }
}
