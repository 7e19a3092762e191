//! What all requests share: homes, tokens, figures. Brings work to a home and its answer back.
//!
//! Invariant: a request that was answered with success has been committed by the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::{oneshot, watch};

use crate::audit::Audit;
use crate::changed::Changed;
use crate::home::{OpenHome, Setup};
use crate::limits::Tenant;
use crate::metrics::Metrics;
use crate::name::HomeName;
use crate::pool::{Refused, Threads};
use crate::problem::Problem;
use crate::stores::{Missing, Stores};
use crate::tokens::{Caller, Tokens};

/// What all requests share.
pub struct App {
    pub stores: Arc<dyn Stores>,
    pub pool: Threads<OpenHome>,
    pub setup: Setup,
    pub tokens: Option<Tokens>,
    /// Who calls if there are no tokens.
    pub anybody: Arc<Caller>,
    pub audit: Option<Arc<Audit>>,
    pub metrics: Arc<Metrics>,
    pub changed: Changed,
    /// Live queries look again after this time, for what other processes changed.
    pub look_again: Duration,
    /// How long to wait for a client that sends or takes nothing.
    pub patience: Duration,
    /// True from the moment when the server is to end.
    pub closing: watch::Receiver<bool>,
    /// Ends all scripts.
    pub stop: Arc<AtomicBool>,
    /// Which start of a server this is, in ids of requests.
    pub run: String,
}

impl App {
    /// Does something with a home when its turn comes.
    pub async fn in_home<T: Send + 'static>(
        &self,
        name: &HomeName,
        tenant: &Tenant,
        missing: Missing,
        act: impl FnOnce(&mut OpenHome) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (stores, setup, metrics) = (Arc::clone(&self.stores), self.setup.clone(), Arc::clone(&self.metrics));
        let own = name.clone();
        self.in_place(name, tenant, move |content| {
            if content.is_none() {
                let store = stores.open(&own, missing)?.ok_or_else(|| Problem::no_home(own.as_str()))?;
                metrics.opened.fetch_add(1, Ordering::Relaxed);
                *content = Some(OpenHome::new(store, setup));
            }
            let Some(home) = content else { return Err(Problem::no_home(own.as_str())) };
            let answer = act(home);
            let has_failed = answer.as_ref().is_err_and(|problem| problem.is_of_store);
            if has_failed {
                metrics.store_failures.fetch_add(1, Ordering::Relaxed);
            }
            if has_failed || home.is_dead() {
                *content = None;
            }
            answer
        })
        .await
    }

    /// Does something with the place of a home, open or not, when its turn comes.
    pub async fn in_place<T: Send + 'static>(
        &self,
        name: &HomeName,
        tenant: &Tenant,
        act: impl FnOnce(&mut Option<OpenHome>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (reply, answer) = oneshot::channel();
        let (came, wait) = (Instant::now(), tenant.limits.wait.map(Duration::from_millis));
        let task = Box::new(move |content: &mut Option<OpenHome>| {
            // Nobody waits for it any more.
            if reply.is_closed() {
                return;
            }
            let answer = match wait.filter(|wait| came.elapsed() > *wait) {
                Some(wait) => Err(waited(wait)),
                None => act(content),
            };
            // Who left meanwhile gets no answer.
            let _ = reply.send(answer);
        });
        self.pool.submit(name.as_str(), tenant.id, task).map_err(|refused| match refused {
            Refused::Closing => Problem::closing(),
            Refused::Full(most) => busy(format!("{most} requests wait for this home, as many as may")),
        })?;
        answer.await.unwrap_or_else(|_| {
            let message = "the server failed while it worked on this request; what was changed may be kept or not";
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message))
        })
    }

    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }
}

fn busy(message: String) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(Duration::from_secs(1))
}

fn waited(wait: Duration) -> Problem {
    busy(format!("the request waited {} ms for its turn, and nothing of it has run", wait.as_millis()))
}
