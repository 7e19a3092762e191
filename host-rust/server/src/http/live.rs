//! Answers that go on as a home changes: calls that are made again, and change feeds.
//!
//! Invariant: after the last change there is an event that shows it, unless the client was gone before. Events between may be
//! left out, of live calls only.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use cu_host::{Call, Value};
use tokio::sync::watch;

use super::ask::Ask;
use super::events::{self, Events};
use super::homes::own;
use crate::app::App;
use crate::call::NamedCall;
use crate::heard::Listener;
use crate::home::{Access, Work};
use crate::name::HomeName;
use crate::problem::Problem;
use crate::stores::Missing;
use crate::tokens::{Caller, Scope};
use cu_host::json;

/// A sign of life after this time without an event.
const BEAT: Duration = Duration::from_secs(15);

/// Changes in one turn.
const CHANGES: i64 = 100;

/// `GET …/live?way=…&arguments=[…]`: calls a function that changes nothing, again whenever the home has changed, and sends each
/// answer that differs from the last one.
pub async fn live(ask: Ask) -> Response {
    let begun = (|| {
        let allowed = ask.begin(Scope::Read)?;
        ask.only(&["way", "arguments"])?;
        let way = ask.query("way").ok_or_else(|| Problem::request("way is missing: live?way=_home.open_orders"))?;
        let arguments = ask.query("arguments").unwrap_or("[]");
        let call = NamedCall::read(format!("{{\"way\":{},\"arguments\":{arguments}}}", json::quoted(way)).as_bytes())?;
        Ok((allowed, call))
    })();
    let (allowed, call) = match begun {
        Ok(begun) => begun,
        Err(problem) => return ask.refuse(problem),
    };
    let (events, response) = events::stream(&ask.app);
    let mut watching = Watching::new(&ask, allowed.home.clone(), Arc::clone(&allowed.caller));
    tokio::spawn(async move {
        // It counts as one request of its tenant while it lasts.
        let _allowed = allowed;
        let mut last = None;
        loop {
            let (event, data) = match watching.call(call.clone()).await {
                Ok(values) => ("answer", list(&values)),
                Err(problem) => ("error", problem.body(&watching.id)),
            };
            if last.as_ref() != Some(&data) {
                if !events.send(event, None, &data).await {
                    return;
                }
                last = Some(data);
            }
            if !watching.changed(&events).await {
                return;
            }
        }
    });
    response
}

/// `GET …/changes?table=_home.orders&since=…`: the changes of a table with a feed, from a position on, as they are made. The id of each
/// event is its position, so a client that comes again goes on behind it.
pub async fn changes(ask: Ask) -> Response {
    let begun = (|| {
        let allowed = ask.begin(Scope::Read)?;
        ask.only(&["table", "since"])?;
        let table =
            ask.query("table").ok_or_else(|| Problem::request("table is missing: changes?table=_home.orders"))?;
        let last = ask.headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let since = match last.or_else(|| ask.query("since")) {
            None => None,
            Some(text) => Some(text.parse::<i64>().map_err(|_| Problem::request(format!("'{text}' is no position")))?),
        };
        let call = Call::new("ext.changes").way(table).by_content();
        call.encode()?;
        Ok((allowed, call, since))
    })();
    let (allowed, call, mut since) = match begun {
        Ok(begun) => begun,
        Err(problem) => return ask.refuse(problem),
    };
    let (events, response) = events::stream(&ask.app);
    let mut watching = Watching::new(&ask, allowed.home.clone(), Arc::clone(&allowed.caller));
    tokio::spawn(async move {
        let _allowed = allowed;
        let mut failed = None;
        loop {
            let since_now = since.map_or(Value::Nil, Value::from);
            match watching.call(call.clone().value(since_now).value(CHANGES)).await {
                Ok(values) => {
                    failed = None;
                    let (sent, more) = report(&events, &values, &mut since).await;
                    match (sent, more) {
                        (false, _) => return,
                        (true, true) => continue,
                        (true, false) => {}
                    }
                }
                Err(problem) => {
                    let body = problem.body(&watching.id);
                    if failed.as_ref() != Some(&body) && !events.send("error", None, &body).await {
                        return;
                    }
                    failed = Some(body);
                }
            }
            if !watching.changed(&events).await {
                return;
            }
        }
    });
    response
}

/// Sends what `ext.changes` answered. Answers whether somebody listens, and whether there may be more.
async fn report(events: &Events, values: &[Value], since: &mut Option<i64>) -> (bool, bool) {
    let position = values.get(1).and_then(Value::as_i64);
    let Some(changes) = values.first().and_then(Value::as_table) else {
        // The client has to read the table, and goes on from this position.
        *since = position.or(*since);
        let reason = json::written(values.get(2).unwrap_or(&Value::Nil), None);
        let at = position.unwrap_or_default();
        let data = format!("{{\"position\":{at},\"reason\":{reason}}}");
        return (events.send("gone", Some(&at.to_string()), &data).await, false);
    };
    for (_, change) in changes {
        let id = change.get("at").and_then(Value::as_i64).map(|at| at.to_string());
        if !events.send("change", id.as_deref(), &json::written(change, None)).await {
            return (false, false);
        }
    }
    *since = position.or(*since);
    (true, changes.len() as i64 >= CHANGES)
}

fn list(values: &[Value]) -> String {
    let values: Vec<_> = values.iter().map(|value| json::written(value, None)).collect();
    format!("[{}]", values.join(","))
}

/// Looks into a home again and again.
struct Watching {
    app: Arc<App>,
    id: Arc<str>,
    home: HomeName,
    caller: Arc<Caller>,
    changes: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
}

impl Watching {
    fn new(ask: &Ask, home: HomeName, caller: Arc<Caller>) -> Watching {
        let (changes, closing) = (ask.app.changed.watch(home.as_str()), ask.app.closing.clone());
        Watching { app: Arc::clone(&ask.app), id: Arc::clone(&ask.id), home, caller, changes, closing }
    }

    async fn call(&mut self, call: impl Into<NamedCall>) -> Result<Vec<Value>, Problem> {
        // What changes from here on is a change to look at.
        self.changes.mark_unchanged();
        let (own, work) = (own(&self.caller.tenant.limits), Work::Call(call.into()));
        let act = move |home: &mut crate::home::OpenHome| {
            let (answer, _) = home
                .run(&work, Access::Read, own, Listener::default(), |answer| answer.map(|(answer, _)| answer.values));
            Ok(answer?)
        };
        self.app.in_home(&self.home, &self.caller.tenant, Missing::Leave, act).await
    }

    /// Waits for a change, or for the time after which to look again. False if the client is gone, or the server ends.
    async fn changed(&mut self, events: &Events) -> bool {
        let again = tokio::time::sleep(self.app.look_again);
        tokio::pin!(again);
        loop {
            tokio::select! {
                changed = self.changes.changed() => {
                    if changed.is_err() {
                        self.changes = self.app.changed.watch(self.home.as_str());
                    }
                    return true;
                }
                () = &mut again => return true,
                () = tokio::time::sleep(BEAT) => if !events.beat().await { return false },
                () = events.closed() => return false,
                () = until_closing(&mut self.closing) => return false,
            }
        }
    }
}

async fn until_closing(closing: &mut watch::Receiver<bool>) {
    // Who would say so is gone: the server has ended.
    let _ = closing.wait_for(|closing| *closing).await.map(drop);
}
