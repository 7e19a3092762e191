//! Computes that may wait for functions of the host: step by step, blocking, and as futures that need no runtime.
//!
//! Invariant: a compute that waits goes on or is cancelled, also when a future is dropped or a function panics. Only a [`Pending`]
//! that the program drops waits for ever.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cu_abi::pending::Answered;
use cu_abi::status::ErrorClass;

use super::{Answer, Instance, Spilled};
use crate::call::Call;
use crate::error::{Error, LuaError};
use crate::functions::{self, Raised, Values};
use crate::options::ComputeOptions;
use crate::pending::{self, Pending, Step};
use crate::response::Response;

/// What a script gets for a function of which nobody knows the answer.
const NOBODY: &str = "nobody answers it here: the program answers its calls between `start` and `resume`";

/// After this time a thread that waits looks again whether another one wants it to stop: a flag wakes nobody.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Step by step.
impl Instance {
    /// Runs Lua source to its end, or to a call for which it waits. Other computes may run in between.
    ///
    /// ```
    /// use cu_host::{Instance, MODULE, MemoryStore, Module, Options, Step, Value, Values};
    ///
    /// let options = Options::default().later_function("ask");
    /// let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), options)?;
    /// let Step::Waits(pending) = instance.start("return 'Hello ' .. host.ask('Who?')")? else { panic!("it waits") };
    /// assert_eq!((pending.name(), pending.args().at(0)), ("ask", &Value::from("Who?")));
    /// let Step::Done(response) = instance.resume(pending, Ok(Values::from("Ada")))? else { panic!("it is over") };
    /// assert_eq!(response.value().as_str(), Some("Hello Ada"));
    /// # Ok::<(), cu_host::Error>(())
    /// ```
    pub fn start(&mut self, code: impl AsRef<[u8]>) -> Result<Step, Error> {
        self.start_with(code, &ComputeOptions::default())
    }

    /// The same with these options, which hold until the script is over.
    pub fn start_with(&mut self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Step, Error> {
        let answer = self.answer(code.as_ref(), own, Spilled::Taken)?;
        let deadline = self.guest.host().control.deadline();
        self.step(answer, |call, ticket, output| Pending {
            call,
            ticket,
            answer: None,
            output,
            own: own.clone(),
            deadline,
        })
    }

    /// Goes on with a compute that waits: `answer` is what the function returns in the script, or raises there.
    pub fn resume(&mut self, pending: Pending, answer: Result<Values, Raised>) -> Result<Step, Error> {
        if let Some(reason) = self.guest.host().control.reason_to_stop_at(pending.deadline) {
            return Err(self.interrupt(pending, &reason));
        }
        let record = pending.record(answer);
        let answer = self.go_on(&pending, &record)?;
        let Pending { output: mut before, own, deadline, .. } = pending;
        let step =
            self.step(answer, |call, ticket, output| Pending { call, ticket, answer: None, output, own, deadline })?;
        Ok(match step {
            Step::Done(Response { output, values }) => {
                before.extend(output);
                Step::Done(Response { output: before, values })
            }
            Step::Waits(mut next) => {
                before.append(&mut next.output);
                Step::Waits(Pending { output: before, ..next })
            }
        })
    }

    /// Ends a compute that waits, for a reason of the host. It has no traceback any more, so the error says what it waited for.
    fn interrupt(&mut self, pending: Pending, reason: &str) -> Error {
        let message = format!("interrupted by the host: '{reason}', while it waited for host.{}", pending.name());
        if let Err(error) = self.cancel(pending) {
            return error;
        }
        Error::Lua(Box::new(LuaError {
            text: message.clone().into(),
            message,
            class: Some(ErrorClass::Interrupted),
            ..LuaError::default()
        }))
    }

    /// Ends a compute that waits: variables that are to be closed are closed.
    pub fn cancel(&mut self, pending: Pending) -> Result<(), Error> {
        match self.go_on(&pending, &Answered::cancel(pending.ticket))?.frame {
            Ok(_) => Ok(()),
            Err(text) => Err(self.failed(text)),
        }
    }

    /// A later part of a compute: it counts in no rate of computes, and its time began before.
    fn go_on(&mut self, pending: &Pending, record: &[u8]) -> Result<Answer, Error> {
        self.admit(&pending.own)?;
        self.guest.host().control.go_on_until(pending.deadline);
        let answer = self.place_and_run(record, Spilled::Taken)?;
        self.audited()?;
        Ok(answer)
    }

    /// What a part of a compute came to.
    fn step(
        &mut self,
        Answer { frame, spilled }: Answer,
        pending: impl FnOnce(functions::HostCall, i64, Vec<u8>) -> Pending,
    ) -> Result<Step, Error> {
        let frame = frame.map_err(|text| self.failed(text))?;
        match pending::read(&frame, spilled.as_deref())? {
            None => Response::decode(&frame, spilled.as_deref()).map(Step::Done),
            Some((ticket, call, output)) => {
                let mut pending = pending(call, ticket, output);
                let host = self.guest.host();
                pending.answer = match host.meter.take_call() {
                    Ok(()) => host.control.functions().begin(&pending.call),
                    Err(reason) => Some(functions::Answer::refused(reason)),
                };
                Ok(Step::Waits(pending))
            }
        }
    }
}

/// At once.
impl Instance {
    /// Runs Lua source to its end, and blocks the thread while it waits.
    pub(super) fn run_blocking(&mut self, code: &[u8], own: &ComputeOptions) -> Result<Response, Error> {
        let mut step = self.start_with(code, own)?;
        loop {
            step = match step {
                Step::Done(response) => return Ok(response),
                Step::Waits(pending) => {
                    let mut waiting = Waiting { access: &mut *self, pending: Some(pending) };
                    let end = waiting.deadline();
                    let stop = waiting.access.guest.host().control.stop();
                    let answer = block_on(waiting.answer(), end.map(|(end, _)| end), stop.as_deref());
                    match answer {
                        Some(answer) => waiting.resume(answer)?,
                        None => return Err(waiting.interrupt()),
                    }
                }
            };
        }
    }

    /// Runs Lua source; the future waits where the script waits for a function, and the instance for nothing else meanwhile
    /// ([`SharedInstance`] runs several scripts at once). It needs no runtime. If it is dropped, the script is cancelled.
    pub async fn run(&mut self, code: impl AsRef<[u8]>) -> Result<Response, Error> {
        self.run_with(code, &ComputeOptions::default()).await
    }

    /// The same with these options.
    pub async fn run_with(&mut self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Response, Error> {
        let step = self.start_with(code, own)?;
        run_on(self, step).await
    }

    /// Calls a function that is there already, and waits as [`run`](Instance::run) does.
    pub async fn run_call(&mut self, call: &Call) -> Result<Response, Error> {
        self.run(call.encode()?).await
    }
}

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
pub struct SharedInstance(Arc<Mutex<Instance>>);

impl SharedInstance {
    /// Of this instance.
    pub fn new(instance: Instance) -> SharedInstance {
        SharedInstance(Arc::new(Mutex::new(instance)))
    }

    /// The instance for one thing after another; scripts that wait do not go on meanwhile.
    pub fn lock(&self) -> MutexGuard<'_, Instance> {
        // An instance that a panic left is as usable as before, or answers that it is dead.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs Lua source. The instance is locked while the script runs, not while it waits. If the future is dropped, the script is
    /// cancelled.
    pub async fn run(&self, code: impl AsRef<[u8]>) -> Result<Response, Error> {
        self.run_with(code, &ComputeOptions::default()).await
    }

    /// The same with these options.
    pub async fn run_with(&self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Response, Error> {
        let step = self.lock().start_with(code, own)?;
        run_on(self.clone(), step).await
    }

    /// Calls a function that is there already, and waits as [`run`](SharedInstance::run) does.
    pub async fn run_call(&self, call: &Call) -> Result<Response, Error> {
        self.run(call.encode()?).await
    }
}

/// Who can lend an instance.
trait Access {
    fn with<T>(&mut self, act: impl FnOnce(&mut Instance) -> T) -> T;
}

impl Access for &mut Instance {
    fn with<T>(&mut self, act: impl FnOnce(&mut Instance) -> T) -> T {
        act(self)
    }
}

impl Access for SharedInstance {
    fn with<T>(&mut self, act: impl FnOnce(&mut Instance) -> T) -> T {
        act(&mut self.lock())
    }
}

async fn run_on(mut access: impl Access, mut step: Step) -> Result<Response, Error> {
    loop {
        step = match step {
            Step::Done(response) => return Ok(response),
            Step::Waits(pending) => {
                let mut waiting = Waiting { access: Lent(&mut access), pending: Some(pending) };
                let answer = waiting.answer().await;
                waiting.resume(answer)?
            }
        };
    }
}

struct Lent<'a, A>(&'a mut A);

impl<A: Access> Access for Lent<'_, A> {
    fn with<T>(&mut self, act: impl FnOnce(&mut Instance) -> T) -> T {
        self.0.with(act)
    }
}

/// A compute that waits, and is cancelled when this is dropped.
struct Waiting<A: Access> {
    access: A,
    pending: Option<Pending>,
}

impl<A: Access> Waiting<A> {
    /// The answer of the function that was called.
    async fn answer(&mut self) -> Result<Values, Raised> {
        match self.pending.as_mut().and_then(|pending| pending.answer.as_mut()) {
            Some(answer) => answer.future().await,
            None => Err(NOBODY.into()),
        }
    }

    fn resume(mut self, answer: Result<Values, Raised>) -> Result<Step, Error> {
        match self.pending.take() {
            Some(pending) => self.access.with(|instance| instance.resume(pending, answer)),
            None => Err(Error::Protocol("a compute goes on twice".into())),
        }
    }

    fn deadline(&self) -> Option<(Instant, Duration)> {
        self.pending.as_ref().and_then(|pending| pending.deadline)
    }

    /// Ends the compute because its time is over, or somebody raised the flag, and perhaps took it back already.
    fn interrupt(mut self) -> Error {
        let deadline = self.deadline();
        match self.pending.take() {
            Some(pending) => self.access.with(|instance| {
                let reason = instance.guest.host().control.reason_to_stop_at(deadline);
                instance.interrupt(pending, reason.as_deref().unwrap_or("stopped"))
            }),
            None => Error::Protocol("a compute ends twice".into()),
        }
    }
}

impl<A: Access> Drop for Waiting<A> {
    fn drop(&mut self) {
        if let Some(pending) = self.pending.take() {
            // Nobody is there for an error.
            let _ = self.access.with(|instance| instance.cancel(pending));
        }
    }
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Blocks the thread until the future is ready; none if that is not before the end, or before somebody raises the flag.
fn block_on<F: Future>(future: F, end: Option<Instant>, stop: Option<&AtomicBool>) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return None;
        }
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        match [left, stop.map(|_| LOOK_AGAIN)].into_iter().flatten().min() {
            None => thread::park(),
            Some(Duration::ZERO) => return None,
            Some(time) => thread::park_timeout(time),
        }
    }
}
