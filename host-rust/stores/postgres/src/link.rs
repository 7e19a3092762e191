//! A connection, and waiting for its answers without a runtime of the caller.
//!
//! Invariant: one thread of this crate drives the connections of all stores, so a store may be used in any thread, in one of
//! an async runtime too. What is sent one after the other arrives in that order.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use cu_host::store::{LOST, STORE_FAILED};
use cu_host::{StoreError, Wait};
use cu_remote::Failure;
use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::Host;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement as Prepared};

use crate::drawing::{self, Statement};
use crate::failure::failure;
use crate::tls::tls;
use crate::url::PostgresOptions;

/// How long the network may take to connect, or to say that it has passed on what was sent.
const NETWORK_LIMIT: Duration = Duration::from_secs(15);
/// How often a connection without traffic is looked after.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What statements are given.
pub type Parameters<'a> = [&'a (dyn ToSql + Sync)];

/// A connection.
pub struct Link {
    client: Client,
    prepared: Vec<Prepared>,
    /// Number of answers that were waited for.
    pub round_trips: u64,
}

impl Link {
    /// Connects.
    pub fn open(options: &PostgresOptions) -> Result<Link, Failure> {
        let mut config = options.config.clone();
        config.connect_timeout(NETWORK_LIMIT).keepalives_idle(KEEP_ALIVE).tcp_user_timeout(NETWORK_LIMIT);
        if config.get_application_name().is_none() {
            config.application_name("cu");
        }
        let runtime = runtime().map_err(Failure::Refused)?;
        let connected = if is_local(&config) {
            // There is no network in between, and no name to check.
            block_on(runtime.spawn(async move { drive(config.connect(NoTls).await) }))
        } else {
            let tls = tls(options.certificates.as_deref()).map_err(Failure::Refused)?;
            block_on(runtime.spawn(async move { drive(config.connect(tls).await) }))
        };
        let given_up = |_| Failure::Lost(StoreError::new(LOST, "connecting was given up"));
        let client = connected.map_err(given_up)?.map_err(failure)?;
        let mut link = Link { client, prepared: Vec::new(), round_trips: 0 };
        link.text(&settings(options))?;
        match link.text(drawing::PLANNER) {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
        Ok(link)
    }

    /// Makes the statements ready.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        self.round_trips += 1;
        let client = &self.client;
        let prepared = block_on(join_all(drawing::SQL.iter().map(|text| client.prepare(text))));
        self.prepared = prepared.into_iter().collect::<Result<_, _>>().map_err(failure)?;
        Ok(())
    }

    /// Whether it is known to be lost.
    pub fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements without parameters.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.round_trips += 1;
        block_on(self.client.batch_execute(text)).map_err(failure)
    }

    /// Sends statements without parameters, and does not wait for the answer.
    pub fn send(&mut self, text: &str) {
        let mut sending = pin!(self.client.batch_execute(text));
        // The first step sends all of it.
        let _ = sending.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }

    /// The rows that a statement finds.
    pub fn rows(&mut self, statement: Statement, parameters: &Parameters) -> Result<Vec<Row>, Failure> {
        self.round_trips += 1;
        block_on(self.query(statement, parameters)).map_err(failure)
    }

    /// The same, without waiting: to be waited for together with others.
    pub async fn query(
        &self,
        statement: Statement,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query(&self.prepared[statement as usize], parameters).await
    }

    /// A change, or none, and the number of rows that it changed: to be waited for together with others.
    pub async fn execute(&self, change: Option<(Statement, &Parameters<'_>)>) -> Result<u64, tokio_postgres::Error> {
        match change {
            Some((statement, parameters)) => self.client.execute(&self.prepared[statement as usize], parameters).await,
            None => Ok(0),
        }
    }

    /// Statements without parameters: to be waited for together with others.
    pub async fn batch(&self, text: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(text).await
    }

    /// The row with the format of the tables.
    pub async fn format(&self) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query(drawing::FIND_FORMAT, &[]).await
    }

    /// What a statement finds that is not prepared: to be waited for together with others.
    pub async fn find_unprepared(
        &self,
        text: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query(text, parameters).await
    }

    /// Waits for several of these, which are sent in the order in which they are in the future.
    pub fn together<T>(&mut self, act: impl AsyncFnOnce(&Link) -> T) -> T {
        self.round_trips += 1;
        block_on(act(self))
    }
}

/// Lets a new connection be driven by this runtime.
fn drive<D>(connected: Result<(Client, D), tokio_postgres::Error>) -> Result<Client, tokio_postgres::Error>
where
    D: Future<Output: Send> + Send + 'static,
{
    let (client, connection) = connected?;
    // Its end is seen by the client.
    tokio::spawn(connection);
    Ok(client)
}

/// Whether every server is reached through the file system.
fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_))) && config.get_hostaddrs().is_empty()
}

/// What holds for the whole connection.
fn settings(options: &PostgresOptions) -> String {
    let milliseconds = |time: Duration| time.as_millis().clamp(1, i32::MAX as u128);
    let wait = match options.remote.wait {
        // Zero is for ever.
        Wait::Forever => 0,
        Wait::AtMost(time) => milliseconds(time),
        Wait::Never => 1,
    };
    let idle = milliseconds(options.idle);
    format!("SET lock_timeout = {wait}; SET idle_in_transaction_session_timeout = {idle}")
}

/// What drives the connections.
fn runtime() -> Result<&'static Runtime, StoreError> {
    static RUNTIME: OnceLock<Result<Runtime, StoreError>> = OnceLock::new();
    let make = || {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("cu-postgres").enable_all().build().map_err(|error| {
            StoreError::new(STORE_FAILED, format!("no thread for connections: {error}")).caused_by(error)
        })
    };
    RUNTIME.get_or_init(make).as_ref().map_err(Clone::clone)
}

/// Wakes a thread that waits for a future.
struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future, in any thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Waiting(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return answer;
        }
        thread::park();
    }
}
