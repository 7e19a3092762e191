//! Accounts and nonces: a thread that writes what all requests have for it, many at a time, into a home (`ledger.lua`).
//!
//! Invariant: who has an answer of this has it from the disk. What was admitted is settled, whatever happens to the request: an
//! [`Open`] settles itself when it is dropped, and what the disk does not take is tried again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use cu_host::{Call, Error, Instance, MODULE, Module, Options, Store, Value};
use tokio::sync::oneshot;

use crate::refusal::{Counts, Reason, Refusal};
use crate::vault::Limits;

const CODE: &str = include_str!("ledger.lua");

/// Operations of one unit: their tables have to fit the module's memory.
const MOST: usize = 200;

/// How often the use of requests that run is noted: no more than that of this time is lost if the process is killed.
const NOTED: Duration = Duration::from_secs(1);

/// How long to wait before what the store did not take is tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// An operation, and what is to be done with its result.
struct Job {
    operation: Value,
    /// Whether it is tried again when the store fails.
    is_kept: bool,
    then: Then,
}

/// Why operations were not done.
struct Failed {
    problem: String,
    /// Whether the store failed, which may do them later; else one of them is wrong.
    is_of_store: bool,
}

type Then = Box<dyn FnOnce(Result<&Value, ()>) + Send>;

enum Message {
    Do(Job),
    End,
}

/// The thread's address.
#[derive(Clone)]
pub struct Ledger {
    sender: Sender<Message>,
    open: Arc<Mutex<HashMap<String, Weak<Used>>>>,
}

/// What a request has used so far.
#[derive(Default)]
pub struct Used {
    pub instructions: AtomicU64,
    pub bytes: AtomicU64,
}

/// A request that was admitted, until this is dropped.
pub struct Open {
    pub id: String,
    /// What it may use.
    pub instructions: u64,
    pub bytes: u64,
    pub used: Arc<Used>,
    ledger: Ledger,
}

/// What is asked of the ledger when a request begins.
pub struct Asked {
    pub id: String,
    pub key: String,
    pub nonce: String,
    pub time: u64,
    pub now: u64,
    pub skew: u64,
    pub limits: Limits,
    /// What it wants to use at most.
    pub instructions: u64,
    pub bytes: u64,
    /// Length of its body.
    pub body: u64,
}

fn number(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

impl Asked {
    fn operation(&self) -> Value {
        operation(
            "admit",
            [
                ("id", self.id.as_str().into()),
                ("key", self.key.as_str().into()),
                ("nonce", self.nonce.as_str().into()),
                ("time", number(self.time)),
                ("now", number(self.now)),
                ("skew", number(self.skew)),
                ("limits", self.limits.value()),
                ("instructions", number(self.instructions)),
                ("bytes", number(self.bytes)),
                ("body", number(self.body)),
            ],
        )
    }
}

impl Ledger {
    /// Starts the thread over a store, which `open` opens, now and after a failure. Answers also how often it was started.
    pub fn start(
        mut open: impl FnMut() -> Result<Box<dyn Store>, String> + Send + 'static,
    ) -> Result<(Ledger, JoinHandle<()>, i64), String> {
        let module = Module::new(MODULE).map_err(|error| error.to_string())?;
        let mut instance = Some(instance(&module, open()?)?);
        let mut apply = move |list: Value| -> Result<Vec<Value>, Failed> {
            let of_store = |problem| Failed { problem, is_of_store: true };
            let current = match &mut instance {
                Some(current) => current,
                none => none.insert(open().and_then(|store| self::instance(&module, store)).map_err(of_store)?),
            };
            match current.call(&Call::new("batch").value(list).by_content()) {
                Ok(response) => Ok(elements(response.value())),
                Err(error) => {
                    // Nobody knows what its VM has seen.
                    instance = None;
                    Err(Failed { is_of_store: !matches!(error, Error::Lua(_)), problem: error.to_string() })
                }
            }
        };
        let recovered = apply(vec![operation("recover", [])].into()).map_err(|failed| failed.problem)?;
        let start = recovered.first().and_then(|result| result.get("start")).and_then(Value::as_i64).unwrap_or(0);
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("ledger".into()).spawn(move || work(&receiver, apply));
        let thread = thread.map_err(|error| format!("cannot start a thread: {error}"))?;
        Ok((Ledger { sender, open: Arc::default() }, thread, start))
    }

    fn send(&self, operation: Value, is_kept: bool, then: Then) {
        // The thread ends when nobody is left who asks.
        let _ = self.sender.send(Message::Do(Job { operation, is_kept, then }));
    }

    async fn ask<T: Send + 'static>(
        &self,
        operation: Value,
        read: impl FnOnce(&Value) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        let then = move |result: Result<&Value, ()>| {
            let answer = match result {
                Ok(result) => refused(result).map_or_else(|| Ok(read(result)), Err),
                Err(()) => Err(unavailable()),
            };
            // Who has left does not hear it.
            let _ = reply.send(answer);
        };
        self.send(operation, false, Box::new(then));
        answer.await.unwrap_or_else(|_| Err(unavailable()))
    }

    /// Takes the nonce and begins the request, if the account allows it.
    pub async fn admit(&self, asked: Asked) -> Result<Open, Refusal> {
        let (reply, answer) = oneshot::channel();
        let (operation, ledger) = (asked.operation(), self.clone());
        let then = move |result: Result<&Value, ()>| {
            let answer = match result.map(|result| (refused(result), result)) {
                Ok((Some(refusal), _)) => Err(refusal),
                Ok((None, result)) => Ok(ledger.open(asked, result)),
                Err(()) => {
                    // It may have been kept all the same: then it is to be settled.
                    drop(ledger.open(asked, &Value::Nil));
                    Err(unavailable())
                }
            };
            // Where nobody takes it, it settles itself.
            let _ = reply.send(answer);
        };
        self.send(operation, false, Box::new(then));
        answer.await.unwrap_or_else(|_| Err(unavailable()))
    }

    /// A request that may use what the result says.
    fn open(&self, asked: Asked, result: &Value) -> Open {
        let grant = |name| result.get(name).and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok());
        let used = Arc::new(Used { bytes: AtomicU64::new(asked.body), ..Used::default() });
        self.open_requests(|open| open.insert(asked.id.clone(), Arc::downgrade(&used)));
        Open {
            id: asked.id,
            instructions: grant("instructions").unwrap_or(0),
            bytes: grant("bytes").unwrap_or(0),
            used,
            ledger: self.clone(),
        }
    }

    /// The account of a key.
    pub async fn account(&self, key: &str) -> Result<Value, Refusal> {
        self.ask(operation("account", [("key", key.into())]), Value::clone).await
    }

    /// Accounts behind that key, and the counts of refusals.
    pub async fn accounts(&self, after: Option<&str>) -> Result<Value, Refusal> {
        self.ask(operation("accounts", [("after", after.into())]), Value::clone).await
    }

    /// Writes down, from time to time, what was refused and what runs.
    pub async fn note_regularly(&self, counts: Arc<Counts>) {
        loop {
            tokio::time::sleep(NOTED).await;
            self.note(&counts);
        }
    }

    fn note(&self, counts: &Counts) {
        for (reason, count) in counts.take() {
            let fields = [("reason", reason.name().into()), ("count", number(count))];
            self.send(operation("refused", fields), true, Box::new(|_| ()));
        }
        let running: Vec<_> = self
            .open_requests(|open| open.iter().filter_map(|(id, used)| Some((id.clone(), used.upgrade()?))).collect());
        for (id, used) in running {
            self.send(operation("note", used.fields(&id)), false, Box::new(|_| ()));
        }
    }

    /// Writes everything down and ends the thread.
    pub fn end(&self, counts: &Counts) {
        self.note(counts);
        let _ = self.sender.send(Message::End);
    }

    fn open_requests<T>(&self, act: impl FnOnce(&mut HashMap<String, Weak<Used>>) -> T) -> T {
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Used {
    fn fields(&self, id: &str) -> [(&'static str, Value); 3] {
        [
            ("id", id.into()),
            ("instructions", number(self.instructions.load(Ordering::Relaxed))),
            ("bytes", number(self.bytes.load(Ordering::Relaxed))),
        ]
    }
}

impl Open {
    /// Counts that an upstream is asked now, if the account allows one more.
    pub async fn call(&self, limit: Option<u64>) -> Result<(), Refusal> {
        let fields = [("id", self.id.as_str().into()), ("limit", limit.map(number).into())];
        self.ledger.ask(operation("call", fields), |_| ()).await
    }

    /// Ends the request. When this is ready, what it has used is on the disk.
    pub async fn settle(&self) {
        let (reply, done) = oneshot::channel();
        self.close(Box::new(move |_| {
            // Who waits no longer does not hear it.
            let _ = reply.send(());
        }));
        let _ = done.await;
    }

    fn close(&self, then: Then) {
        let is_first = self.ledger.open_requests(|open| open.remove(&self.id)).is_some();
        if is_first {
            self.ledger.send(operation("settle", self.used.fields(&self.id)), true, then);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.close(Box::new(|_| ()));
    }
}

/// What exactly is wrong is not for clients: the log has it.
fn unavailable() -> Refusal {
    Refusal::new(Reason::Unavailable, "the accounts cannot be written now").after(1)
}

fn refused(result: &Value) -> Option<Refusal> {
    let name = result.get("refused")?.as_str()?;
    let reason = Reason::ALL.into_iter().find(|reason| reason.name() == name).unwrap_or(Reason::Unavailable);
    let message = result.get("message").and_then(Value::as_str).unwrap_or_default();
    let after = result.get("after").and_then(Value::as_i64).and_then(|after| u64::try_from(after).ok());
    Some(Refusal { reason, message: message.to_owned(), after })
}

fn operation<const N: usize>(name: &str, fields: [(&'static str, Value); N]) -> Value {
    std::iter::once(("operation", name.into())).chain(fields).filter(|(_, value)| !value.is_nil()).collect()
}

fn elements(list: &Value) -> Vec<Value> {
    (1..).map_while(|at| list.at(at).cloned()).collect()
}

fn instance(module: &Module, store: Box<dyn Store>) -> Result<Instance, String> {
    let make = || -> Result<Instance, Error> {
        let mut instance = Instance::new(module, store, Options { atomic_by_store: true, ..Options::default() })?;
        instance.compute(CODE)?;
        Ok(instance)
    };
    make().map_err(|error| format!("the accounts: {error}"))
}

fn work(receiver: &Receiver<Message>, mut apply: impl FnMut(Value) -> Result<Vec<Value>, Failed>) {
    let mut again: Vec<Job> = Vec::new();
    let mut is_ending = false;
    while !is_ending {
        let mut jobs = std::mem::take(&mut again);
        let is_retry = !jobs.is_empty();
        // While something has to be tried again, that goes on without a new message.
        let mut next = if is_retry { receiver.recv_timeout(AGAIN).ok() } else { receiver.recv().ok() };
        is_ending = next.is_none() && !is_retry;
        while let Some(message) = next {
            match message {
                Message::Do(job) => jobs.push(job),
                Message::End => is_ending = true,
            }
            next = if jobs.len() < MOST && !is_ending { receiver.try_recv().ok() } else { None };
        }
        while !jobs.is_empty() {
            let rest = jobs.split_off(jobs.len().min(MOST));
            again.extend(perform(jobs, &mut apply));
            jobs = rest;
        }
    }
}

/// Does operations in one unit; those that are to be tried again.
fn perform(mut jobs: Vec<Job>, apply: &mut impl FnMut(Value) -> Result<Vec<Value>, Failed>) -> Vec<Job> {
    let list: Value = jobs.iter().map(|job| job.operation.clone()).collect();
    let failed = match apply(list) {
        Ok(results) => {
            jobs.into_iter().zip(&results).for_each(|(job, result)| (job.then)(Ok(result)));
            return Vec::new();
        }
        Err(failed) => failed,
    };
    if !failed.is_of_store && jobs.len() > 1 {
        // The others are not to suffer from the one that is wrong.
        let second = jobs.split_off(jobs.len() / 2);
        let mut again = perform(jobs, apply);
        again.extend(perform(second, apply));
        return again;
    }
    eprintln!("relay: the accounts cannot be written: {}", failed.problem);
    let (again, over): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.is_kept && failed.is_of_store);
    over.into_iter().for_each(|job| (job.then)(Err(())));
    again
}

#[cfg(test)]
mod tests;
