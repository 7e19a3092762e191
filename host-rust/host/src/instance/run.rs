//! Computes that may wait for functions of the host: step by step, blocking, and as futures that need no runtime.
//!
//! Invariant: a compute that waits goes on or is cancelled, also when a future is dropped or a function panics. What the module could
//! not be told stays in `Instance::left` until it is. Only a [`Pending`] that the program drops waits for ever.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cu_abi::functions::ANSWER_CANCEL;
use cu_abi::status::ErrorClass;

use super::{Answer, Instance, Spilled};
use crate::call::Call;
use crate::error::{Error, LuaError};
use crate::functions::{self, Raised, Values};
use crate::options::ComputeOptions;
use crate::pending::{self, Left, Parts, Pending, Step};
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
        self.start_with(code, ComputeOptions::usual())
    }

    /// The same with these options, which hold until the script is over.
    pub fn start_with(&mut self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Step, Error> {
        self.end_left();
        let answer = self.answer(code.as_ref(), own, Spilled::Taken)?;
        let deadline = self.guest.host().control.deadline();
        self.step(answer, own, deadline)
    }

    /// Goes on with a compute that waits: `answer` is what the function returns in the script, or raises there.
    pub fn resume(&mut self, pending: Pending, answer: Result<Values, Raised>) -> Result<Step, Error> {
        if let Some(reason) = self.guest.host().control.reason_to_stop_at(pending.0.deadline) {
            return Err(self.interrupt(pending, &reason));
        }
        let Parts { call, ticket, output: mut before, own, deadline, .. } = *pending.0;
        let encoded = functions::encoded(&call.name, answer);
        let answer = self.go_on(Left { ticket, own: own.clone(), deadline }, &encoded, &call.name)?;
        Ok(match self.step(answer, &own, deadline)? {
            Step::Done(Response { output, values }) => {
                before.extend(output);
                Step::Done(Response { output: before, values })
            }
            Step::Waits(mut next) => {
                before.append(&mut next.0.output);
                next.0.output = before;
                Step::Waits(next)
            }
        })
    }

    /// Ends a compute that waits, for a reason of the host. It has no traceback any more, so the error says what it waited for.
    fn interrupt(&mut self, pending: Pending, reason: &str) -> Error {
        let message = format!("interrupted by the host: '{reason}', while it waited for host.{}", pending.name());
        // The reason says more than what a variable's `__close` raised.
        let _ = self.cancel(pending);
        if let Err(error) = self.alive() {
            return error;
        }
        Error::Lua(Box::new(LuaError {
            text: message.clone().into(),
            message,
            class: Some(ErrorClass::Interrupted),
            ..LuaError::default()
        }))
    }

    /// Ends a compute that waits: variables that are to be closed are closed. If the module cannot be told now, it is before the
    /// next compute.
    pub fn cancel(&mut self, pending: Pending) -> Result<(), Error> {
        let Parts { call, ticket, own, deadline, .. } = *pending.0;
        let answer = self.go_on(Left { ticket, own, deadline }, &[ANSWER_CANCEL], &call.name)?;
        self.audited()?;
        answer.frame.map(drop).map_err(|text| self.failed(text))
    }

    /// A later part of a compute: `answer` is that to a call of the function with that name.
    fn go_on(&mut self, compute: Left, answer: &[u8], name: &str) -> Result<Answer, Error> {
        self.end_left();
        // It stays there when something fails or panics.
        self.left.push(compute);
        let mut gone_on = self.tell_last(answer);
        if let Err(Error::CodeSize(_)) = gone_on {
            let reason = format!("no memory for its answer of {} bytes", answer.len());
            gone_on = self.tell_last(&functions::encoded(name, Err(reason.into())));
        }
        if gone_on.is_ok() && !self.waits_on() {
            self.left.pop();
        }
        gone_on
    }

    /// Runs a part of the compute that was left last. It counts in no rate of computes, and its time began before.
    fn tell_last(&mut self, answer: &[u8]) -> Result<Answer, Error> {
        let Some(Left { ticket, own, deadline }) = self.left.last().cloned() else {
            return Err(Error::Protocol("nothing waits".into()));
        };
        self.admit(&own)?;
        self.guest.host().control.go_on_until(deadline);
        self.place_and_run(&pending::record(ticket, answer), Spilled::Taken)
    }

    /// Cancels what is left, if the module can be told now.
    fn end_left(&mut self) {
        while !self.left.is_empty() && !self.is_in_transaction() {
            if self.tell_last(&[ANSWER_CANCEL]).is_err() || self.waits_on() {
                return;
            }
            self.left.pop();
        }
    }

    /// Whether the compute that was to go on could not, and waits on.
    fn waits_on(&mut self) -> bool {
        self.guest.host().control.waits_on()
    }

    /// What a part of a compute with these options came to.
    fn step(
        &mut self,
        Answer { frame, spilled }: Answer,
        own: &ComputeOptions,
        deadline: Option<(Instant, Duration)>,
    ) -> Result<Step, Error> {
        let audited = self.audited();
        let waits = match &frame {
            Ok(frame) => pending::read(frame, spilled.as_deref())?,
            Err(_) => None,
        };
        let Some((ticket, call, output)) = waits else {
            audited?;
            let frame = frame.map_err(|text| self.failed(text))?;
            let response = Response::decode(&frame, spilled.as_deref());
            self.frame = frame;
            return response.map(Step::Done);
        };
        // It stays there if the caller gets an error, or the function panics.
        self.left.push(Left { ticket, own: own.clone(), deadline });
        audited?;
        let host = self.guest.host();
        let answer = match host.meter.take_call() {
            Ok(()) => host.control.functions().begin(&call),
            Err(reason) => Some(functions::Answer::refused(reason)),
        };
        self.left.pop();
        let parts = Parts { call, ticket, answer, output, own: own.clone(), deadline };
        Ok(Step::Waits(Pending(Box::new(parts))))
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
                    let stops = waiting.access.guest.host().control.stops();
                    let answer = block_on(waiting.answer(), end.map(|(end, _)| end), &stops);
                    match answer {
                        Some(answer) => waiting.resume(answer)?,
                        None => return Err(waiting.interrupt()),
                    }
                }
            };
        }
    }

    /// Runs Lua source; the future waits where the script waits for a function, and the instance for nothing else meanwhile
    /// ([`SharedInstance`](crate::SharedInstance) runs several scripts at once). It needs no runtime. If it is dropped, the script is cancelled.
    pub async fn run(&mut self, code: impl AsRef<[u8]>) -> Result<Response, Error> {
        self.run_with(code, ComputeOptions::usual()).await
    }

    /// The same with these options.
    pub async fn run_with(&mut self, code: impl AsRef<[u8]>, own: &ComputeOptions) -> Result<Response, Error> {
        let step = self.start_with(code, own)?;
        run_on(self, step).await
    }

    /// Calls a function that is there already, and waits as [`run`](Instance::run) does.
    pub async fn run_call(&mut self, call: &Call) -> Result<Response, Error> {
        self.run(call.record()?).await
    }
}

/// Who can lend an instance.
pub(super) trait Access {
    fn resume(&mut self, pending: Pending, answer: Result<Values, Raised>) -> Result<Step, Error>;

    /// Nobody is there for an error.
    fn cancel(&mut self, pending: Pending);
}

impl Access for &mut Instance {
    fn resume(&mut self, pending: Pending, answer: Result<Values, Raised>) -> Result<Step, Error> {
        Instance::resume(self, pending, answer)
    }

    fn cancel(&mut self, pending: Pending) {
        let _ = Instance::cancel(self, pending);
    }
}

pub(super) async fn run_on(mut access: impl Access, mut step: Step) -> Result<Response, Error> {
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
    fn resume(&mut self, pending: Pending, answer: Result<Values, Raised>) -> Result<Step, Error> {
        self.0.resume(pending, answer)
    }

    fn cancel(&mut self, pending: Pending) {
        self.0.cancel(pending);
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
        match self.pending.as_mut().and_then(|pending| pending.0.answer.as_mut()) {
            Some(answer) => answer.future().await,
            None => Err(NOBODY.into()),
        }
    }

    fn resume(mut self, answer: Result<Values, Raised>) -> Result<Step, Error> {
        match self.pending.take() {
            Some(pending) => self.access.resume(pending, answer),
            None => Err(Error::Protocol("a compute goes on twice".into())),
        }
    }

    fn deadline(&self) -> Option<(Instant, Duration)> {
        self.pending.as_ref().and_then(|pending| pending.0.deadline)
    }
}

impl Waiting<&mut Instance> {
    /// Ends the compute because its time is over, or somebody raised the flag, and perhaps took it back already.
    fn interrupt(mut self) -> Error {
        let deadline = self.deadline();
        let Some(pending) = self.pending.take() else { return Error::Protocol("a compute ends twice".into()) };
        let instance = &mut *self.access;
        let reason = instance.guest.host().control.reason_to_stop_at(deadline);
        instance.interrupt(pending, reason.as_deref().unwrap_or("stopped"))
    }
}

impl<A: Access> Drop for Waiting<A> {
    fn drop(&mut self) {
        if let Some(mut pending) = self.pending.take() {
            // The function may itself wait for a script of the instance, so it is dropped when nobody has that.
            let _answer = pending.0.answer.take();
            self.access.cancel(pending);
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

/// Blocks the thread until the future is ready; none if that is not before the end, or before somebody raises a flag.
pub(crate) fn block_on<F: Future>(future: F, end: Option<Instant>, stops: &[Arc<AtomicBool>]) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        if stops.iter().any(|stop| stop.load(Ordering::Relaxed)) {
            return None;
        }
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        match [left, stops.first().map(|_| LOOK_AGAIN)].into_iter().flatten().min() {
            None => thread::park(),
            Some(Duration::ZERO) => return None,
            Some(time) => thread::park_timeout(time),
        }
    }
}
