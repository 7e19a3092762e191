//! The life of a relay that serves: from its first connection to its last.
//!
//! Invariant: it ends in this order: 1. no more connections, 2. requests that have begun end, or are ended after the time of
//! grace, 3. all that they used is written, 4. the accounts are closed.

use std::convert::Infallible;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use cu_host::{AuditLog, MODULE, Module};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Notify, Semaphore};

use crate::audit::Audit;
use crate::ledger::Ledger;
use crate::place::{Kept, Place};
use crate::refusal::Counts;
use crate::relay::{Bounds, Config, Relay};
use crate::routes::Routes;
use crate::signals::{HangUps, ended};
use crate::signed::Verifier;
use crate::upstream::Upstreams;
use crate::vault::Vault;

/// A client that opens a connection and sends no head is left after this time.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// Connections at a time; more wait.
const CONNECTIONS: usize = 4096;

/// Time in which what is ended has to end.
const LAST: Duration = Duration::from_secs(5);

/// How it serves.
pub struct Serve {
    pub listen: SocketAddr,
    /// The name that clients sign.
    pub name: String,
    pub skew: u64,
    pub bounds: Bounds,
    pub threads: usize,
    /// Requests that run at a time.
    pub running: usize,
    /// Time of requests that have begun, when the relay is to end.
    pub grace: Duration,
    pub audit: Option<PathBuf>,
}

/// Serves until the process is asked to end.
pub fn serve(place: Place, serve: Serve) -> Result<(), String> {
    let failed = |error| format!("cannot start threads: {error}");
    let io = Builder::new_multi_thread().thread_name("io").enable_all().build().map_err(failed)?;
    let mut scripts = Builder::new_multi_thread();
    let scripts = scripts.thread_name("scripts").worker_threads(serve.threads).enable_all().build().map_err(failed)?;

    let place = Arc::new(place);
    let module = Module::new(MODULE).map_err(|error| error.to_string())?;
    let config = read_config(&place, &module)?;
    let accounts = Arc::clone(&place);
    let (ledger, thread, start) = Ledger::start(move || Ok(Box::new(accounts.store(Kept::Accounts)?)))?;
    let log = serve.audit.as_ref().map(|file| AuditLog::open(file).map_err(|error| error.to_string())).transpose()?;
    let relay = Arc::new(Relay {
        verifier: Verifier { relay: serve.name, skew: serve.skew },
        config: RwLock::new(Arc::new(config)),
        ledger,
        counts: Arc::new(Counts::default()),
        upstreams: Arc::new(Upstreams::new(serve.bounds.silence)?),
        bounds: serve.bounds,
        running: Arc::new(Semaphore::new(serve.running)),
        scripts: scripts.handle().clone(),
        io: io.handle().clone(),
        log: log.map(|log| Arc::new(Audit::new(log))),
        start,
        requests: AtomicU64::new(0),
        is_ending: AtomicBool::new(false),
    });
    let served = io.block_on(listen(&relay, serve.listen, serve.grace, place, module));
    // Drops what still works, which settles itself.
    io.shutdown_timeout(LAST);
    scripts.shutdown_timeout(LAST);
    relay.ledger.end(&relay.counts);
    let ended = thread.join().map_err(|_| "the accounts failed".to_owned());
    served.and(ended)
}

fn read_config(place: &Place, module: &Module) -> Result<Config, String> {
    let vault = Vault::read(&mut place.store(Kept::Vault)?)?;
    let routes = Routes::load(module, &mut place.store(Kept::Routes)?)?;
    Ok(Config { vault: Arc::new(vault), routes: Arc::new(routes) })
}

async fn listen(
    relay: &Arc<Relay>,
    address: SocketAddr,
    grace: Duration,
    place: Arc<Place>,
    module: Module,
) -> Result<(), String> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| format!("cannot listen at {address}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // Before anybody can know that it serves.
    let hang_ups = HangUps::new();
    // Who closed standard output has the relay for as long as it wants.
    let _ = writeln!(std::io::stdout(), "http://{address}");
    tokio::spawn({
        let (ledger, counts) = (relay.ledger.clone(), Arc::clone(&relay.counts));
        async move { ledger.note_regularly(counts).await }
    });
    tokio::spawn(read_again(hang_ups, Arc::clone(relay), place, module));

    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    let (graceful, connections) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let end = ended();
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
        // Not to wait for more of an answer than there is.
        let _ = stream.set_nodelay(true);
        let kill = Arc::new(Notify::new());
        let (relay, own) = (Arc::clone(relay), Arc::clone(&kill));
        let answer = service_fn(move |request| {
            let answer = Arc::clone(&relay).answer(request, Arc::clone(&own));
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            let _room = room;
            tokio::select! {
                // Its client is gone, or sent no HTTP: nobody is there to be told.
                _ = connection => {}
                () = kill.notified() => {}
            }
        });
    }
    drop(listener);
    relay.is_ending.store(true, Ordering::Relaxed);
    let _ = tokio::time::timeout(grace, graceful.shutdown()).await;
    Ok(())
}

/// Reads keys, secrets and routes anew at each SIGHUP. Requests that have begun go on with what was.
async fn read_again(mut hang_ups: HangUps, relay: Arc<Relay>, place: Arc<Place>, module: Module) {
    loop {
        hang_ups.next().await;
        let (place, module) = (Arc::clone(&place), module.clone());
        let read = Handle::current().spawn_blocking(move || read_config(&place, &module)).await;
        match read {
            Ok(Ok(config)) => {
                *relay.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                eprintln!("relay: keys, secrets and routes were read again");
            }
            Ok(Err(problem)) => eprintln!("relay: goes on with the keys, secrets and routes of before: {problem}"),
            Err(_) => eprintln!("relay: goes on with the keys, secrets and routes of before"),
        }
    }
}
