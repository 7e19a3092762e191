//! `cu-server`: serves homes over HTTP.
//!
//! Invariant: standard output has only what was asked for: the address, in one line, or a new token.

mod arguments;

use std::process::ExitCode;

use arguments::{Asked, Serve, TEXT};
use cu_host::{AuditLog, Error};
use cu_server::{FolderStores, MemoryStores, Server, new_token};

const USAGE: u8 = 2;

fn main() -> ExitCode {
    let asked = match arguments::read(std::env::args_os().skip(1)) {
        Ok(asked) => asked,
        Err(problem) => {
            eprintln!("cu-server: {problem}\n{TEXT}");
            return ExitCode::from(USAGE);
        }
    };
    let done = match asked {
        Asked::Help => {
            print!("{TEXT}");
            return ExitCode::SUCCESS;
        }
        Asked::Token => token(),
        Asked::Serve(serve) => run(*serve),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("cu-server: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a new token and what belongs into the file.
fn token() -> Result<(), String> {
    let (token, hash) = new_token().map_err(|error| format!("no random bytes: {error}"))?;
    println!("{token}\n{{\"name\": \"NAME\", \"sha256\": \"{hash}\", \"scopes\": [\"compute\"]}}");
    Ok(())
}

fn run(serve: Serve) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start threads: {error}"))?;
    runtime.block_on(async {
        let address = serve.listen;
        let server = builder(serve).map_err(|error| error.to_string())?.bind(address).await;
        let server = server.map_err(|error| error.to_string())?;
        let address = server.address().map_err(|error| error.to_string())?;
        println!("http://{address}");
        server.run(signal()).await;
        Ok(())
    })
}

fn builder(serve: Serve) -> Result<cu_server::Builder, Error> {
    let mut builder = Server::builder().limits(serve.limits).open_homes(serve.open, serve.idle).atomic(serve.atomic);
    builder = match &serve.folder {
        Some(folder) => builder.stores(FolderStores::new(folder)?),
        None => builder.stores(MemoryStores::default()),
    };
    if let Some(threads) = serve.threads {
        builder = builder.threads(threads);
    }
    if let Some(file) = &serve.tokens {
        builder = builder.tokens(file);
    }
    if let Some(file) = &serve.audit {
        builder = builder.audit(AuditLog::open(file)?);
    }
    Ok(builder)
}

/// Until somebody asks the process to end.
async fn signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
