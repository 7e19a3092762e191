//! A request, from its head to its answer: checked, admitted, worked on.
//!
//! Invariant: in this order, and each step only after the one before: 1. the signature is right, 2. there is such a route, 3. the body is
//! the one that was signed, 4. the nonce is taken and the account allows it, on the disk, 5. something is computed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cu_host::{Value, json};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::answer::{Allowance, Pieces, Working, answer};
use crate::audit::Audit;
use crate::ledger::{Asked, Ledger};
use crate::refusal::{Counts, Reason, Refusal};
use crate::routes::Routes;
use crate::signed::{KEY, Verifier};
use crate::upstream::Upstreams;
use crate::vault::{Caller, Vault};
use crate::work::{Job, Task, problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Of a request that is refused, so much of its key's name is in the log.
const LOGGED: usize = 64;

/// What one request may use.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub time: Duration,
    pub silence: Duration,
    pub instructions: u64,
    /// Bytes of a request's body, and of an answer.
    pub body: u64,
    pub answer: u64,
}

/// What `SIGHUP` reads anew.
pub struct Config {
    pub vault: Arc<Vault>,
    pub routes: Arc<Routes>,
}

/// What all requests share.
pub struct Relay {
    pub verifier: Verifier,
    pub config: RwLock<Arc<Config>>,
    pub ledger: Ledger,
    pub counts: Arc<Counts>,
    pub upstreams: Arc<Upstreams>,
    pub bounds: Bounds,
    /// Room for requests that run.
    pub running: Arc<Semaphore>,
    /// The threads for scripts, and those for everything else.
    pub scripts: Handle,
    pub io: Handle,
    pub log: Option<Arc<Audit>>,
    /// Which start of the relay this is, and which request of it: ids of requests.
    pub start: i64,
    pub requests: AtomicU64,
    /// True when the relay ends.
    pub is_ending: AtomicBool,
}

/// Where a request goes.
enum Place {
    Route(String),
    /// The account of the key that asks.
    Account,
    /// All accounts, behind that key.
    Accounts(Option<String>),
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

impl Relay {
    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers a request. `kill` ends its connection.
    pub async fn answer(self: Arc<Relay>, request: Request<Incoming>, kill: Arc<Notify>) -> Response<Pieces> {
        if request.uri().path() == "/healthz" {
            let is_ending = self.is_ending.load(Ordering::Relaxed);
            let status = if is_ending { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
            return response(status, HeaderValue::from_static("text/plain"), Pieces::of("relay\n".into()));
        }
        let id = format!("{}-{}", self.start, self.requests.fetch_add(1, Ordering::Relaxed) + 1);
        let (head, body) = request.into_parts();
        let mut response = match self.take(&id, &head, body, kill).await {
            Ok(response) => response,
            Err(refusal) => self.refuse(&id, &head, &refusal),
        };
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    fn refuse(&self, id: &str, head: &Parts, refusal: &Refusal) -> Response<Pieces> {
        self.counts.count(refusal.reason);
        if let Some(log) = &self.log {
            let key = head.headers.get(KEY).map(HeaderValue::as_bytes).unwrap_or_default();
            let key = Value::from(&key[..key.len().min(LOGGED)]);
            log.write("request_refused", id, &[("reason", refusal.reason.name().into()), ("key", key)]);
        }
        let body = Pieces::of(problem(id, refusal.reason.name(), &refusal.message));
        let mut response = response(refusal.reason.status(), HeaderValue::from_static("application/json"), body);
        if let Some(seconds) = refusal.after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }

    async fn take(
        &self,
        id: &str,
        head: &Parts,
        body: Incoming,
        kill: Arc<Notify>,
    ) -> Result<Response<Pieces>, Refusal> {
        let deadline = Instant::now() + self.bounds.time;
        let (config, now) = (self.config(), now());
        let (claims, caller) = self.verifier.check(head, &config.vault.callers, now)?;
        let place = place(head, &config, caller)?;
        let room = Arc::clone(&self.running)
            .try_acquire_owned()
            .map_err(|_| Refusal::new(Reason::Unavailable, "as many requests run as may at a time").after(1))?;
        let body = read(body, self.bounds.body, deadline).await?;
        claims.check_body(&body)?;
        let asked = Asked {
            id: id.to_owned(),
            key: claims.key.clone(),
            nonce: claims.nonce,
            time: claims.time,
            now,
            skew: self.verifier.skew,
            limits: caller.limits,
            instructions: self.bounds.instructions,
            bytes: self.bounds.body + self.bounds.answer,
            body: body.len() as u64,
        };
        let open = self.ledger.admit(asked).await?;
        let task = match place {
            Place::Account => Task::Text(json::written(&self.ledger.account(&claims.key).await?, None)),
            Place::Accounts(after) => Task::Text(json::written(&self.ledger.accounts(after.as_deref()).await?, None)),
            Place::Route(name) => {
                let request = as_table(id, &claims.key, head, body);
                Task::Route { routes: Arc::clone(&config.routes), name, request }
            }
        };
        if let Some(log) = &self.log {
            let path = Value::from(head.uri.path());
            log.write("request_admitted", id, &[("key", claims.key.as_str().into()), ("path", path)]);
        }

        let (sending, head_of, pieces) = answer(kill);
        let stop = Arc::new(AtomicBool::new(false));
        let job = Arc::new(Job {
            open,
            limits: caller.limits,
            instructions: self.bounds.instructions,
            vault: Arc::clone(&config.vault),
            upstreams: Arc::clone(&self.upstreams),
            sending,
            answer: Allowance { used: AtomicU64::new(0), most: self.bounds.answer },
            deadline,
            stop: Arc::clone(&stop),
            scripts: self.scripts.clone(),
            io: self.io.clone(),
            _room: room,
            log: self.log.clone(),
            streams: Mutex::new(HashMap::new()),
            next_stream: AtomicI64::new(1),
            failure: Mutex::new(None),
        });
        let task = self.io.spawn(job.run(task)).abort_handle();
        // From here on the work ends when the client goes: hyper drops this future, or the body.
        let working = Working { task, stop };
        let head = head_of.await.map_err(|_| Refusal::new(Reason::Unavailable, "the relay ends, or failed"))?;
        Ok(response(head.status, head.kind, Pieces::new(pieces, working)))
    }
}

fn response(status: StatusCode, kind: HeaderValue, body: Pieces) -> Response<Pieces> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn place(head: &Parts, config: &Config, caller: &Caller) -> Result<Place, Refusal> {
    match head.uri.path() {
        "/relay/account" => Ok(Place::Account),
        "/relay/accounts" if !caller.is_admin => {
            Err(Refusal::new(Reason::Right, "this key may see its own account alone: /relay/account"))
        }
        "/relay/accounts" => {
            let after = head.uri.query().and_then(|query| query.strip_prefix("after="));
            Ok(Place::Accounts(after.map(str::to_owned)))
        }
        path => {
            let name = path.strip_prefix('/').filter(|name| config.routes.has(name));
            let name = name.ok_or_else(|| Refusal::new(Reason::Route, format!("there is no route '{path}'")))?;
            Ok(Place::Route(name.to_owned()))
        }
    }
}

/// A body, if it is no longer than that and comes in time.
async fn read(mut body: Incoming, most: u64, deadline: Instant) -> Result<Vec<u8>, Refusal> {
    let too_long =
        |length: u64| Refusal::new(Reason::Body, format!("the body has {length} bytes or more; {most} are the most"));
    let announced = body.size_hint().lower();
    if announced > most {
        return Err(too_long(announced));
    }
    let mut bytes = Vec::new();
    loop {
        match timeout_at(deadline, body.frame()).await {
            Ok(None) => return Ok(bytes),
            Ok(Some(Ok(frame))) => bytes.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data)),
            Ok(Some(Err(_))) => return Err(Refusal::new(Reason::Slow, "the body was broken off")),
            Err(_) => {
                let message = format!("the body did not come in time; {} bytes did", bytes.len());
                return Err(Refusal::new(Reason::Slow, message));
            }
        }
        if bytes.len() as u64 > most {
            return Err(too_long(bytes.len() as u64));
        }
    }
}

/// The request, as its route gets it.
fn as_table(id: &str, key: &str, head: &Parts, body: Vec<u8>) -> Value {
    let kind = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let fields = [
        ("id", id.into()),
        ("key", key.into()),
        ("method", head.method.as_str().into()),
        ("path", head.uri.path().into()),
        ("query", head.uri.query().into()),
        ("type", kind.into()),
        ("body", Value::String(body)),
    ];
    fields.into_iter().filter(|(_, value)| !value.is_nil()).collect()
}
