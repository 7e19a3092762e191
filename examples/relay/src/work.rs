//! The work on one request: its route runs, and its answer is sent.
//!
//! Invariant: when a client has the end of an answer, what the request used is on the disk.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cu_host::{Error, ErrorClass, Response, Value, json};
use hyper::StatusCode;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::answer::{Allowance, Head, Sending, Stop};
use crate::audit::Audit;
use crate::functions;
use crate::ledger::Open;
use crate::refusal::{Reason, Refusal};
use crate::routes::{self, Routes};
use crate::upstream::{Body, Upstreams};
use crate::vault::{Limits, Vault};

/// How long an answer waits for its account to be written.
const SETTLING: Duration = Duration::from_secs(5);

/// Streams of upstreams that one request has at a time.
const STREAMS: usize = 16;

/// All that the functions of a request need.
pub struct Job {
    pub open: Open,
    pub limits: Limits,
    /// Instructions of a request, unless its account has fewer.
    pub instructions: u64,
    pub vault: Arc<Vault>,
    pub upstreams: Arc<Upstreams>,
    pub sending: Sending,
    /// Bytes of the answer.
    pub answer: Allowance,
    pub deadline: Instant,
    pub stop: Arc<AtomicBool>,
    /// The threads for scripts, and those for everything else.
    pub scripts: Handle,
    pub io: Handle,
    /// Its place among the requests that run.
    pub _room: OwnedSemaphorePermit,
    pub log: Option<Arc<Audit>>,
    pub streams: Mutex<HashMap<i64, Body>>,
    pub next_stream: AtomicI64,
    /// Why the script was refused something that the client has to know.
    pub failure: Mutex<Option<Failure>>,
}

/// What is done for a request.
pub enum Task {
    /// A route.
    Route { routes: Arc<Routes>, name: String, request: Value },
    /// An answer that is there.
    Text(String),
}

/// An answer that is sent when the account is written.
struct Reply {
    head: Head,
    body: Vec<u8>,
}

/// Why a request failed: the status, and what its client is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    status: StatusCode,
    class: &'static str,
    message: String,
}

impl Failure {
    fn new(status: StatusCode, class: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, class, message: message.into() }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Failure {
        match stop {
            Stop::Quota => Failure::new(StatusCode::PAYMENT_REQUIRED, "quota", stop.to_string()),
            Stop::Size => Failure::new(StatusCode::BAD_GATEWAY, "size", stop.to_string()),
            Stop::Gone => Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "gone", stop.to_string()),
        }
    }
}

/// The body of an error.
pub fn problem(id: &str, class: &str, message: &str) -> String {
    let quoted = json::quoted;
    format!(
        "{{\"request\":{},\"error\":{{\"class\":{},\"message\":{}}}}}\n",
        quoted(id),
        quoted(class),
        quoted(message)
    )
}

const JSON: &[u8] = b"application/json";
const TEXT: &[u8] = b"text/plain; charset=utf-8";

impl Job {
    /// The time that is left.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub fn new_stream(&self, body: Body) -> i64 {
        let number = self.next_stream.fetch_add(1, Ordering::Relaxed);
        let mut streams = self.streams();
        // One that nobody reads any more gives way.
        if streams.len() >= STREAMS
            && let Some(first) = streams.keys().min().copied()
        {
            streams.remove(&first);
        }
        streams.insert(number, body);
        number
    }

    pub fn take_stream(&self, number: i64) -> Option<Body> {
        self.streams().remove(&number)
    }

    pub fn put_stream(&self, number: i64, body: Body) {
        self.streams().insert(number, body);
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<i64, Body>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts bytes of the answer before they are sent.
    fn count(&self, bytes: usize) -> Result<(), Stop> {
        let bytes = bytes as u64;
        let account = &self.open.used.bytes;
        let next = |used: u64| used.checked_add(bytes).filter(|next| *next <= self.open.bytes);
        if !self.answer.take(bytes) {
            return Err(Stop::Size);
        }
        account.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).map(drop).map_err(|_| Stop::Quota)
    }

    /// Counts and sends a piece.
    pub async fn send(&self, piece: Vec<u8>) -> Result<(), Stop> {
        self.count(piece.len())?;
        self.sending.send(piece).await
    }

    /// Remembers why the script may not send; the text for it.
    pub fn stopped(&self, stop: Stop) -> String {
        self.fail(stop.into());
        stop.to_string()
    }

    /// Remembers what the account does not allow.
    pub fn refused(&self, refusal: &Refusal) {
        self.fail(Failure::new(refusal.reason.status(), refusal.reason.name(), &refusal.message));
    }

    fn fail(&self, failure: Failure) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
    }

    pub fn audit(&self, action: &str, fields: &[(&'static str, Value)]) {
        if let Some(log) = &self.log {
            log.write(action, &self.open.id, fields);
        }
    }

    /// Does all of the work.
    pub async fn run(self: Arc<Job>, task: Task) {
        let done = timeout_at(self.deadline, self.perform(task)).await;
        let done = done.unwrap_or_else(|_| {
            Err(Failure::new(StatusCode::GATEWAY_TIMEOUT, "time", "the time of the request is over"))
        });
        let settled = timeout(SETTLING, self.open.settle()).await;
        let done = match settled {
            Ok(()) => done,
            Err(_) => Err(Failure::new(
                StatusCode::SERVICE_UNAVAILABLE,
                Reason::Unavailable.name(),
                "the accounts cannot be written now",
            )),
        };
        let used = &self.open.used;
        let number = |count: u64| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        let status = match (self.sending.begun(), &done) {
            (Some(status), _) => status,
            (None, Ok(reply)) => reply.as_ref().map_or(StatusCode::OK, |reply| reply.head.status),
            (None, Err(failure)) => failure.status,
        };
        self.audit(
            "request_served",
            &[
                ("status", i64::from(status.as_u16()).into()),
                ("instructions", number(used.instructions.load(Ordering::Relaxed))),
                ("bytes", number(used.bytes.load(Ordering::Relaxed))),
            ],
        );
        let reply = match done {
            Ok(Some(reply)) => reply,
            // The end of the pieces says that it is whole.
            Ok(None) => return,
            Err(failure) if self.sending.begun().is_some() => {
                self.audit("answer_broken_off", &[("message", failure.message.into())]);
                return self.sending.break_off().await;
            }
            Err(Failure { status, class, message }) => {
                Reply { head: Head::json(status), body: problem(&self.open.id, class, &message).into() }
            }
        };
        if self.sending.begin(reply.head).is_ok() && !reply.body.is_empty() {
            // There is room for one piece. Where the client is gone, nobody is there for it.
            let _ = self.sending.send(reply.body).await;
        }
    }

    /// Runs the route and sends what it streams; what is left to be sent.
    async fn perform(self: &Arc<Job>, task: Task) -> Result<Option<Reply>, Failure> {
        let (routes, name, request) = match task {
            Task::Text(text) => {
                self.count(text.len())?;
                return Ok(Some(Reply { head: Head::json(StatusCode::OK), body: text.into() }));
            }
            Task::Route { routes, name, request } => (routes, name, request),
        };
        // On threads of their own, so that a script that computes for long keeps no answer waiting.
        let mut script = JoinSet::new();
        script.spawn_on(run(Arc::clone(self), routes, name.clone(), request), &self.scripts);
        let answered = match script.join_next().await {
            Some(Ok(Ok(answered))) => answered,
            Some(Ok(Err(error))) => return Err(self.failed(&name, error)),
            Some(Err(_)) | None => return Err(self.route_failed(&name, "the relay failed in it")),
        };
        if !answered.output.is_empty() {
            let printed = String::from_utf8_lossy(&answered.output);
            eprintln!("relay: {}: /{name}: {}", self.open.id, json::quoted(printed.trim_end()));
        }
        let wrong = |problem: String| self.route_failed(&name, &problem);
        let begun = self.sending.begun().is_some();
        if let Some(number) = answered.value().get("stream") {
            let body = number.as_i64().and_then(|number| self.take_stream(number));
            let body = body.ok_or_else(|| wrong(format!("it returned the stream {number}, which is none")))?;
            if !begun {
                self.sending.begin(head(answered.value(), TEXT).map_err(wrong)?).map_err(wrong)?;
            }
            return self.pass_on(body).await.map(|()| None);
        }
        if begun {
            return Ok(None);
        }
        let reply = reply(answered.value()).map_err(wrong)?;
        self.count(reply.body.len())?;
        Ok(Some(reply))
    }

    /// Sends what comes from an upstream, as it comes.
    async fn pass_on(&self, mut body: Body) -> Result<(), Failure> {
        while let Some(piece) =
            body.next().await.map_err(|problem| Failure::new(StatusCode::BAD_GATEWAY, "upstream", problem))?
        {
            self.send(piece).await?;
        }
        Ok(())
    }

    /// A script that failed: the log has how, its client that.
    fn failed(&self, name: &str, error: Error) -> Failure {
        let known = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        let class = if let Error::Lua(error) = &error { error.class } else { None };
        let failure = match (known, class) {
            // If the script did not catch it and then fail for another reason.
            (Some(failure), _) if error.to_string().contains(&failure.message) => failure,
            (_, Some(ErrorClass::Budget)) if self.open.instructions < self.instructions => {
                Failure::new(StatusCode::PAYMENT_REQUIRED, "quota", "the account has used up its instructions")
            }
            (_, Some(ErrorClass::Budget)) => {
                Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "budget", "the route used up its instructions")
            }
            (_, Some(ErrorClass::Interrupted)) => {
                Failure::new(StatusCode::GATEWAY_TIMEOUT, "time", "the time of the request is over")
            }
            _ => Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "route", "the route failed"),
        };
        self.route_failed(name, &error.to_string());
        failure
    }

    fn route_failed(&self, name: &str, message: &str) -> Failure {
        // Whatever a script says is one line of the log.
        eprintln!("relay: {}: /{name} failed: {}", self.open.id, json::quoted(message));
        self.audit("route_failed", &[("route", name.into()), ("message", message.into())]);
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "route", "the route failed")
    }
}

/// Runs a route in an instance of its own.
async fn run(job: Arc<Job>, routes: Arc<Routes>, name: String, request: Value) -> Result<Response, Error> {
    let code = routes::call(&name, request)?;
    let mut instance = routes.instance(functions::options(&job))?;
    instance.run(code).await
}

/// Status and type in what a route returned.
fn head(table: &Value, kind: &[u8]) -> Result<Head, String> {
    let status = match table.get("status") {
        None => 200,
        Some(status) => status.as_i64().ok_or_else(|| format!("the status is {status}"))?,
    };
    let kind = match table.get("type") {
        None => kind,
        Some(kind) => kind.as_bytes().ok_or_else(|| format!("the type is {kind}"))?,
    };
    Head::new(status, kind)
}

/// What a route returned: a text, or a table with `status`, `type`, `body`.
fn reply(value: &Value) -> Result<Reply, String> {
    if let Some(text) = value.as_bytes() {
        return Ok(Reply { head: Head::new(200, TEXT)?, body: text.into() });
    }
    if value.as_table().is_none() {
        return Err(format!("it returned {value}, which is neither a text nor a table"));
    }
    let (kind, body) = match value.get("body") {
        None => (TEXT, Vec::new()),
        Some(Value::String(text)) => (TEXT, text.clone()),
        Some(other) => (JSON, json::written(other, None).into()),
    };
    Ok(Reply { head: head(value, kind)?, body })
}
