//! Makes a server of the command line, and runs it until somebody ends it.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use cu_host::{AuditLog, Error, Wait};
use cu_server::{Builder, FolderStores, Limits, NamespaceStores, Server, Stores, new_token};
use cu_stores::{FilePlace, Place};

use super::shown;
use super::signals::Signals;
use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::output::{note, show};

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7357);
const OPEN: usize = 10_000;
const IDLE: Duration = Duration::from_secs(300);

/// Memory for rows of each home on a server, of which there are many: less than a store has that is alone.
const CACHE: usize = 4 << 20;

/// Live queries look so often for what other copies changed.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

pub fn serve(arguments: &Arguments) -> Result<(), Failure> {
    let place = Place::from_os(arguments.only_operand()?.unwrap_or(OsStr::new("memory:")))?;
    let limits = limits(arguments);
    let (stores, homes) = stores(place, &limits)?;
    let builder = builder(arguments, limits, stores)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Io("threads".to_owned(), error))?;
    runtime.block_on(async {
        // Before anybody is told the address: from then on a signal is a wish.
        let signals = Signals::new().map_err(|error| Failure::Io("signals".to_owned(), error))?;
        let server = builder.bind(arguments.serve.listen.unwrap_or(LISTEN)).await?;
        let address = server.address().map_err(|error| Failure::Io("the address".to_owned(), error))?;
        // Who closed standard output has the server for as long as it wants.
        let _ = show(shown::beginning(address, &homes, arguments.serve.tokens.as_deref()).as_bytes());
        server.run(ended(signals)).await;
        Ok(())
    })
}

/// Prints a new token, and what belongs into the file of tokens.
pub fn token(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let (token, hash) =
        new_token().map_err(|error| Failure::Io("random bytes".to_owned(), std::io::Error::other(error)))?;
    let line = format!("{{\"name\": \"NAME\", \"sha256\": \"{hash}\", \"scopes\": [\"compute\"]}}");
    show(format!("{token}\n{line}\n").as_bytes())
}

/// Limits of the command line, and those of a server where it says nothing. No instructions are no limit, as for other commands.
fn limits(arguments: &Arguments) -> Limits {
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let given = Limits {
        instructions: arguments.instructions,
        memory: arguments.memory,
        time: arguments.time_limit.map(milliseconds),
        wait: arguments.wait.map(milliseconds),
        output: arguments.serve.output,
        entries: arguments.serve.entries,
        body: arguments.serve.body,
        rate: arguments.serve.rate,
        concurrency: arguments.serve.concurrency,
    };
    let limits = given.or(&Limits::of_server());
    Limits { instructions: limits.instructions.filter(|instructions| *instructions > 0), ..limits }
}

/// Where homes are kept, and how that is shown.
fn stores(place: Place, limits: &Limits) -> Result<(Box<dyn Stores>, String), Failure> {
    match place {
        Place::Memory => Ok((Box::<cu_server::MemoryStores>::default(), shown::in_memory())),
        Place::File(FilePlace { read_only: false, turns: false, path, .. }) => {
            if path.is_file() {
                return Err(Failure::Refused(format!(
                    "{}: it is a file; homes are kept in a folder, each in a file of its own",
                    path.display()
                )));
            }
            Ok((Box::new(FolderStores::new(&path)?), shown::in_folder(&path)))
        }
        Place::File(_) => Err(Usage("a folder of homes is given without ?turns and ?read-only".to_owned()).into()),
        Place::Server(mut server) => {
            let remote = server.remote();
            if remote.wait == Wait::Forever {
                remote.wait = limits.wait.map_or(Wait::Forever, |wait| Wait::AtMost(Duration::from_millis(wait)));
            }
            remote.cache = remote.cache.min(CACHE);
            let prefix = server.given_namespace().map_or(String::new(), |prefix| format!("{prefix}/"));
            let shown = shown::on_server(&server.machine(), &prefix);
            Ok((Box::new(NamespaceStores::new(server.namespaces()?, prefix)), shown))
        }
    }
}

fn builder(arguments: &Arguments, limits: Limits, stores: Box<dyn Stores>) -> Result<Builder, Error> {
    let given = &arguments.serve;
    let mut builder = Server::builder().limits(limits).stores(stores).atomic(!given.keeps_changes);
    builder = builder.open_homes(given.open_homes.unwrap_or(OPEN), given.idle.unwrap_or(IDLE));
    builder = builder.look_again(LOOK_AGAIN);
    if let Some(threads) = given.threads {
        builder = builder.threads(threads);
    }
    if let Some(file) = &given.tokens {
        builder = builder.tokens(Path::new(file));
    }
    if let Some(file) = &arguments.audit {
        builder = builder.audit(AuditLog::open(file)?);
    }
    Ok(builder)
}

/// Until somebody asks the process to end; who asks twice does not want to wait.
async fn ended(mut signals: Signals) {
    signals.next().await;
    note("cu: ending: requests that have begun are answered; the same signal again ends at once\n");
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(crate::failure::BROKEN.into());
    });
}
