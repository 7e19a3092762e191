//! Computes and calls, and the homes themselves.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use cu_host::{ComputeOptions, Error, Instance, ReadOptions, Value};

use super::ask::{Allowed, Ask, context, json};
use super::events;
use crate::call::NamedCall;
use crate::heard::{Late, Listener, Piece};
use crate::home::{Access, Work};
use crate::limits::Limits;
use crate::name::HomeName;
use crate::problem::Problem;
use crate::stores::Missing;
use crate::tokens::Scope;
use cu_host::json;

/// Bytes of output that a response has; what is more comes as events.
const KEPT: u64 = cu_abi::limits::OUTPUT_KEPT_BYTES as u64;

/// What a request may use.
pub fn own(limits: &Limits) -> ComputeOptions {
    ComputeOptions {
        instructions: limits.instructions,
        memory: limits.memory,
        output: Some(limits.output.map_or(KEPT, |output| output.min(KEPT))),
        time_limit: limits.time.map(Duration::from_millis),
        ..ComputeOptions::default()
    }
}

/// `POST …/compute`: runs Lua source.
pub async fn compute(ask: Ask) -> Response {
    work(ask, |body| Ok(Work::Source(body.to_vec()))).await
}

/// `POST …/call`: calls a function that is there.
pub async fn call(ask: Ask) -> Response {
    work(ask, |body| NamedCall::read(body).map(Work::Call)).await
}

async fn work(mut ask: Ask, read: fn(&[u8]) -> Result<Work, Problem>) -> Response {
    match begin(&mut ask, read).await {
        Ok(Begun { job, streams: false }) => match job.run(None).await {
            Ok(body) => json(StatusCode::OK, body),
            Err(problem) => ask.refuse(problem),
        },
        Ok(Begun { job, streams: true }) => events::of_job(&ask, job),
        Err(problem) => ask.refuse(problem),
    }
}

struct Begun {
    job: Job,
    streams: bool,
}

async fn begin(ask: &mut Ask, read: fn(&[u8]) -> Result<Work, Problem>) -> Result<Begun, Problem> {
    let access = ask.caller(Scope::Read)?;
    let access = if access.may(Scope::Compute) && !flag(ask, "read_only")? { Access::Write } else { Access::Read };
    let allowed = ask.begin(Scope::Read)?;
    ask.only(&["read_only", "stream"])?;
    let streams = flag(ask, "stream")?;
    let body = ask.body(&allowed.caller).await?;
    let job = Job { app: Arc::clone(&ask.app), id: Arc::clone(&ask.id), allowed, access, work: read(&body)? };
    Ok(Begun { job, streams })
}

fn flag(ask: &Ask, name: &str) -> Result<bool, Problem> {
    match ask.query(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Problem::request(format!("{name} is true or false, not '{other}'"))),
    }
}

/// A compute or a call that may run.
pub struct Job {
    pub app: Arc<crate::app::App>,
    pub id: Arc<str>,
    pub allowed: Allowed,
    pub access: Access,
    pub work: Work,
}

impl Job {
    /// Runs it; answers the body. Output goes to `output` as it comes, if there is such a place.
    pub async fn run(self, output: Option<tokio::sync::mpsc::Sender<Piece>>) -> Result<String, Problem> {
        let Job { app, id, allowed, access, work } = self;
        let caller = Arc::clone(&allowed.caller);
        let limits = &caller.tenant.limits;
        let mut own = own(limits);
        if output.is_some() {
            own.output = Some(0);
        }
        let entries = limits.entries.unwrap_or(usize::MAX);
        let missing = if access == Access::Write { Missing::Make } else { Missing::Leave };
        let name = allowed.home.clone();
        let context = || context(&caller.name, &id, name.as_str());
        let audit = app.audit.as_ref().map(|audit| (Arc::clone(audit), context()));
        let most_output = limits.output.map_or(usize::MAX, |output| usize::try_from(output).unwrap_or(usize::MAX));
        let listener = Listener { audit, most_output, patience: app.patience, ..Listener::default() }.streaming(output);
        let metrics = Arc::clone(&app.metrics);
        let request = Arc::clone(&id);
        let running = RunningJob { app: Arc::clone(&app), allowed, access };
        app.in_home(&name, &caller.tenant, missing, move |home| {
            let _running = running;
            let (values, heard) = home.run(&work, access, own, listener, |answer| {
                answer.and_then(|(answer, instance)| Ok((written(&answer.values, instance, entries)?, answer.output)))
            });
            if let Some((instructions, _)) = heard.usage {
                metrics.instructions.fetch_add(instructions.try_into().unwrap_or(0), Ordering::Relaxed);
            }
            if let Some(error) = heard.unlogged {
                return Err(error.into());
            }
            let (values, output) = values?;
            let output = printed(output, &heard.late);
            let used = heard.usage.map_or_else(String::new, |(instructions, memory)| {
                format!(",\"usage\":{{\"instructions\":{instructions},\"memory\":{memory}}}")
            });
            Ok(format!("{{\"request\":{},{values}{output}{used}}}\n", json::quoted(&request)))
        })
        .await
    }
}

/// What runs counts for its tenant, and what it changed is told, also when its client has gone meanwhile.
struct RunningJob {
    app: Arc<crate::app::App>,
    allowed: Allowed,
    access: Access,
}

impl Drop for RunningJob {
    fn drop(&mut self) {
        if self.access == Access::Write {
            self.app.changed.tell(self.allowed.home.as_str());
        }
    }
}

/// The values, as a field. Tables of the store are written with what is in them, unless that is more than `entries`: what has run is
/// kept, so the answer is no error, and has the tables by their ids.
fn written(values: &[Value], instance: &mut Instance, entries: usize) -> Result<String, Error> {
    let mut out = Vec::new();
    for value in values {
        out.push(match value {
            Value::External(_) | Value::Table(_) => {
                match instance.read(value, ReadOptions { limit: entries, ..ReadOptions::default() }) {
                    Ok(read) => json::written(value, Some(&read)),
                    Err(Error::Limit { .. }) => json::written(value, None),
                    // The changes are in the store, but nobody can say more of it.
                    Err(Error::Store(cause)) => return Err(Error::Commit(cause)),
                    Err(error) => return Err(error),
                }
            }
            other => json::written(other, None),
        });
    }
    Ok(format!("\"values\":[{}]", out.join(",")))
}

/// The output, as a field, if there is any. If it is not whole, another one says how long it was.
fn printed(mut output: Vec<u8>, late: &Late) -> String {
    if let Some(begins) = late.begins {
        // A note that it was cut.
        output.truncate(begins);
        output.extend_from_slice(&late.text);
    }
    if output.is_empty() && late.total == 0 {
        return String::new();
    }
    let cut = if output.len() < late.total { format!(",\"output_bytes\":{}", late.total) } else { String::new() };
    format!(",\"output\":{}{cut}", json::written(&Value::String(output), None))
}

/// Homes in one list.
const MOST: usize = 1_000;

/// `GET /v1/homes`: the names that the caller reaches.
pub async fn list(ask: Ask) -> Response {
    async {
        let caller = ask.caller(Scope::Read)?;
        ask.only(&["after", "limit", "prefix"])?;
        let limit = match ask.query("limit") {
            None => MOST,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| Problem::request(format!("limit is a number from 1 to {MOST}, not '{text}'")))?,
        };
        let mut after = ask.query("after").map(HomeName::new).transpose().map_err(Problem::request)?;
        let prefix = ask.query("prefix").unwrap_or_default().to_owned();
        let app = Arc::clone(&ask.app);
        let found = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            loop {
                let names = app.stores.list(after.as_ref(), MOST)?;
                let is_last = names.len() < MOST;
                after = names.last().cloned();
                found.extend(
                    names
                        .into_iter()
                        .filter(|name| caller.reaches(name.as_str()) && name.as_str().starts_with(&prefix)),
                );
                if is_last || found.len() > limit {
                    return Ok::<_, Error>(found);
                }
            }
        });
        let mut found = found.await.map_err(|_| failed())??;
        let more = found.len() > limit;
        found.truncate(limit);
        let names: Vec<_> = found.iter().map(|name| json::quoted(name.as_str())).collect();
        let next =
            if more { format!(",\"after\":{}", names.last().map_or("null", |name| name)) } else { String::new() };
        Ok(format!("{{\"homes\":[{}]{next}}}\n", names.join(",")))
    }
    .await
    .map_or_else(|problem| ask.refuse(problem), |body| json(StatusCode::OK, body))
}

fn failed() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed while it worked on this request")
}

/// `GET /v1/homes/{home}`: whether there is such a home.
pub async fn look(ask: Ask) -> Response {
    async {
        let allowed = ask.begin(Scope::Read)?;
        ask.only(&[])?;
        let (app, name) = (Arc::clone(&ask.app), allowed.home.clone());
        let exists = tokio::task::spawn_blocking(move || app.stores.exists(&name)).await.map_err(|_| failed())??;
        if !exists {
            return Err(Problem::no_home(allowed.home.as_str()));
        }
        let open = ask.app.pool.is_open(allowed.home.as_str());
        Ok(format!("{{\"home\":{},\"open\":{open}}}\n", json::quoted(allowed.home.as_str())))
    }
    .await
    .map_or_else(|problem| ask.refuse(problem), |body| json(StatusCode::OK, body))
}

/// `PUT /v1/homes/{home}`: makes a home, if it is not there.
pub async fn make(ask: Ask) -> Response {
    async {
        let allowed = ask.begin(Scope::Compute)?;
        ask.only(&[])?;
        ask.audit("home_made", &allowed.caller.name, &[])?;
        ask.app.in_home(&allowed.home, &allowed.caller.tenant, Missing::Make, |_| Ok(())).await?;
        Ok(format!("{{\"home\":{},\"open\":true}}\n", json::quoted(allowed.home.as_str())))
    }
    .await
    .map_or_else(|problem| ask.refuse(problem), |body| json(StatusCode::OK, body))
}

/// `DELETE /v1/homes/{home}`: removes a home with all that is in it.
pub async fn remove(ask: Ask) -> Response {
    async {
        let allowed = ask.begin(Scope::Admin)?;
        ask.only(&[])?;
        // Said before it is done: an entry too many is better than one too few.
        ask.audit("home_removed", &allowed.caller.name, &[])?;
        let (stores, name) = (Arc::clone(&ask.app.stores), allowed.home.clone());
        let removed = ask.app.in_place(&allowed.home, &allowed.caller.tenant, move |content| {
            // Closes the file.
            *content = None;
            Ok(stores.remove(&name)?)
        });
        let was_there = removed.await?;
        ask.app.changed.tell(allowed.home.as_str());
        if was_there { Ok(()) } else { Err(Problem::no_home(allowed.home.as_str())) }
    }
    .await
    .map_or_else(|problem| ask.refuse(problem), |()| json(StatusCode::NO_CONTENT, ""))
}
