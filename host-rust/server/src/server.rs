//! A server: what it is made of, and its life from the first connection to the last.
//!
//! Invariant: a server ends in this order: 1. it takes no more connections and says so, 2. requests that have begun end, 3. scripts
//! that still run after the time of grace are ended, 4. homes are closed.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cu_host::{AuditLog, Error, MODULE, Module};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::app::App;
use crate::audit::Audit;
use crate::changed::Changed;
use crate::home::Setup;
use crate::http::router;
use crate::limits::Limits;
use crate::linger::Lingering;
use crate::metrics::Metrics;
use crate::pool::{Bounds, Threads};
use crate::stores::{MemoryStores, Stores};
use crate::tokens::{Caller, Tokens};

/// A server that listens.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    closing: watch::Sender<bool>,
    grace: Duration,
    connections: Arc<Semaphore>,
}

/// What a server is made of.
pub struct Builder {
    stores: Arc<dyn Stores>,
    tokens: Option<std::path::PathBuf>,
    limits: Limits,
    audit: Option<AuditLog>,
    bounds: Bounds,
    atomic: bool,
    look_again: Duration,
    grace: Duration,
    patience: Duration,
    connections: usize,
}

impl Server {
    /// A server with homes in memory, without tokens and audit log, until you say more.
    pub fn builder() -> Builder {
        Builder {
            stores: Arc::new(MemoryStores::default()),
            tokens: None,
            limits: Limits::of_server(),
            audit: None,
            bounds: Bounds { threads: 16, open: 10_000, idle: Duration::from_secs(300), waiting: 1_000 },
            atomic: true,
            look_again: Duration::from_secs(5),
            grace: Duration::from_secs(10),
            patience: Duration::from_secs(10),
            connections: 10_000,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers requests until `end`, then ends.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let Server { app, listener, closing, grace, connections } = self;
        let service = TowerToHyperService::new(router(Arc::clone(&app)));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(app.patience);
        // Who has sent all that it wants to may close its side and still read.
        http.half_close(true);
        let graceful = GracefulShutdown::new();
        tokio::pin!(end);
        loop {
            let Ok(room) = Arc::clone(&connections).acquire_owned().await else { break };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut end => break,
            };
            let Ok((stream, _)) = accepted else {
                // As many files are open as may be, for example: that passes.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let connection =
                graceful.watch(http.serve_connection(TokioIo::new(Lingering::new(stream)), service.clone()));
            tokio::spawn(async move {
                let _room = room;
                // Its client is gone, or sent no HTTP: nobody is there to be told.
                let _ = connection.await;
            });
        }
        drop(listener);
        closing.send_replace(true);
        let ended = graceful.shutdown();
        tokio::pin!(ended);
        if tokio::time::timeout(grace, &mut ended).await.is_err() {
            app.stop.store(true, Ordering::Relaxed);
            let _ = tokio::time::timeout(grace, ended).await;
        }
        // What a client sent and did not wait for is done, too.
        let _ = tokio::task::spawn_blocking(move || app.pool.close()).await;
    }
}

impl Builder {
    /// Homes are kept here.
    #[must_use]
    pub fn stores(mut self, stores: impl Stores + 'static) -> Builder {
        self.stores = Arc::new(stores);
        self
    }

    /// Only who has a token of this file is answered.
    #[must_use]
    pub fn tokens(mut self, file: impl AsRef<Path>) -> Builder {
        self.tokens = Some(file.as_ref().to_owned());
        self
    }

    /// Limits of each tenant, where its token says nothing else.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Builder {
        self.limits = limits;
        self
    }

    /// What has to be accounted for is written there.
    #[must_use]
    pub fn audit(mut self, log: AuditLog) -> Builder {
        self.audit = Some(log);
        self
    }

    /// Threads that run scripts: as many run at a time. More than there are processors help where stores wait for a disk or
    /// another machine.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Builder {
        self.bounds.threads = threads;
        self
    }

    /// So many homes stay open, for so long without a request.
    #[must_use]
    pub fn open_homes(mut self, most: usize, idle: Duration) -> Builder {
        (self.bounds.open, self.bounds.idle) = (most, idle);
        self
    }

    /// So many requests wait for one home.
    #[must_use]
    pub fn waiting(mut self, most: usize) -> Builder {
        self.bounds.waiting = most;
        self
    }

    /// Whether a request that fails changes nothing, as it does unless you say so.
    #[must_use]
    pub fn atomic(mut self, atomic: bool) -> Builder {
        self.atomic = atomic;
        self
    }

    /// Live queries look again after this time, for what other processes changed.
    #[must_use]
    pub fn look_again(mut self, time: Duration) -> Builder {
        self.look_again = time;
        self
    }

    /// When the server ends, requests that have begun have so much time; after that, scripts are ended.
    #[must_use]
    pub fn grace(mut self, time: Duration) -> Builder {
        self.grace = time;
        self
    }

    /// How long to wait for the head of a request, three times that for its body, and that for a client to take a piece of a stream.
    #[must_use]
    pub fn patience(mut self, time: Duration) -> Builder {
        self.patience = time;
        self
    }

    /// So many connections at a time; more wait.
    #[must_use]
    pub fn connections(mut self, most: usize) -> Builder {
        self.connections = most;
        self
    }

    /// Listens at an address. Without tokens everybody who reaches it may do anything, so it has to be one of this machine.
    pub async fn bind(self, address: SocketAddr) -> Result<Server, Error> {
        if self.tokens.is_none() && !address.ip().is_loopback() {
            let message =
                format!("without tokens a server listens on this machine only, 127.0.0.1 or [::1], not {address}");
            return Err(Error::Option(message.into()));
        }
        let wrong = |problem: String| Error::Option(problem.into());
        self.limits.check().map_err(wrong)?;
        let tokens = self.tokens.map(|file| Tokens::open(&file, &self.limits)).transpose().map_err(wrong)?;
        let module = Module::new(MODULE)?;
        let stop = Arc::new(AtomicBool::new(false));
        let setup = Setup { module, stop: Arc::clone(&stop), atomic: self.atomic, audit: self.audit.is_some() };
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| wrong(format!("cannot listen at {address}: {error}")))?;
        let pool = Threads::new(self.bounds).map_err(|error| wrong(format!("cannot start threads: {error}")))?;
        let (closing, is_closing) = watch::channel(false);
        let mut run = [0; 4];
        getrandom::fill(&mut run).map_err(|error| wrong(format!("no random bytes: {error}")))?;
        let app = Arc::new(App {
            stores: self.stores,
            pool,
            setup,
            tokens,
            anybody: Arc::new(Caller::anybody(&self.limits)),
            audit: self.audit.map(|log| Arc::new(Audit::new(log))),
            metrics: Arc::new(Metrics::default()),
            changed: Changed::default(),
            look_again: self.look_again,
            patience: self.patience,
            closing: is_closing,
            stop,
            run: format!("{:08x}", u32::from_le_bytes(run)),
        });
        let connections = Arc::new(Semaphore::new(self.connections));
        Ok(Server { app, listener, closing, grace: self.grace, connections })
    }
}
