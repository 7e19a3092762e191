//! A relay: clients that sign their requests reach upstreams whose secrets they never see. README.md says what it is for.
//!
//! In the order in which a request meets them:
//!
//! - `serve`: connections; `relay`: a request, from its head to its answer
//! - `signed`: who signed it; `refusal`: why it is refused
//! - `ledger`: nonces and accounts, in a home
//! - `work`: its route runs; `functions`: what that may call; `routes`: where routes are
//! - `vault`: secrets; `upstream`: who gets them; `redact`: they do not come back
//! - `answer`: what the client gets
//! - `place`: files; `audit`: the log; `ask`: a client; `arguments`: the command line

mod answer;
mod arguments;
mod ask;
mod audit;
mod functions;
mod hex;
mod ledger;
mod place;
mod redact;
mod refusal;
mod relay;
mod routes;
mod serve;
mod signals;
mod signed;
mod upstream;
mod vault;
mod work;

use std::fmt::Display;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Asked, TEXT};
use cu_host::{MODULE, Module, json};
use place::{Kept, Place};
use vault::{Caller, SECRET_LENGTH, Secret, Use, Vault};
use zeroize::Zeroizing;

const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match arguments::read(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("relay: {problem}\nTry relay --help.");
            return ExitCode::from(USAGE);
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("relay: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { asked, place, key_file }: Arguments) -> Result<(), String> {
    let open = || Place::open(&place, &key_file);
    let vault = || open()?.store(Kept::Vault);
    match asked {
        Asked::Help => show(TEXT.trim_end())?,
        Asked::Init => drop(Place::make(&place, &key_file)?),
        Asked::Pair(file) => show(ask::make_pair(&file)?)?,
        Asked::Key { name, public, limits, is_admin } => {
            let wrong = || format!("'{public}' is no public key: wanted are 64 hexadecimal digits with small letters");
            let caller = Caller { public: hex::unhex(&public).ok_or_else(wrong)?, is_admin, limits };
            Vault::put_caller(&mut vault()?, &name, Some(&caller))?;
        }
        Asked::RemoveKey(name) => Vault::put_caller(&mut vault()?, &name, None)?,
        Asked::Secret { name, purpose } => {
            let secret = Secret::new(read_secret()?, purpose)?;
            if let Use::Header { prefix, .. } = &secret.purpose {
                secret.header_value(prefix)?;
            }
            Vault::put_secret(&mut vault()?, &name, Some(&secret))?;
        }
        Asked::RemoveSecret(name) => Vault::put_secret(&mut vault()?, &name, None)?,
        Asked::List => list(&open()?)?,
        Asked::Routes(folder) => install(&open()?, &folder)?,
        Asked::Serve(serve) => serve::serve(open()?, serve)?,
        Asked::Accounts => accounts(open()?)?,
        Asked::Rekey(file) => open()?.rekey(&file)?,
        Asked::Ask { private, ask } => ask::ask(&private, ask)?,
    }
    Ok(())
}

/// A line for who called. Standard output may be closed, or full.
fn show(line: impl Display) -> Result<(), String> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|error| format!("standard output: {error}"))
}

/// A secret from standard input, without the end of its line.
fn read_secret() -> Result<Zeroizing<Vec<u8>>, String> {
    // Room for all of it: a buffer that grows leaves copies behind.
    let most = SECRET_LENGTH.end() + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 32));
    let read = std::io::stdin().lock().take(most as u64).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read standard input: {error}"))?;
    let length = bytes.trim_ascii_end().len();
    bytes.truncate(length);
    Ok(bytes)
}

fn list(place: &Place) -> Result<(), String> {
    let vault = Vault::read(&mut place.store(Kept::Vault)?)?;
    for (name, caller) in &vault.callers {
        let admin = if caller.is_admin { " admin" } else { "" };
        let limits = json::written(&caller.limits.value(), None);
        show(format_args!("key {name} {}{admin} {limits}", hex::hex(&caller.public)))?;
    }
    for (name, secret) in &vault.secrets {
        match &secret.purpose {
            Use::Sign => show(format_args!("secret {name} signs"))?,
            Use::Header { upstream, header, .. } => show(format_args!("secret {name} {upstream} {header}"))?,
        }
    }
    let module = Module::new(MODULE).map_err(|error| error.to_string())?;
    let routes = routes::Routes::load(&module, &mut place.store(Kept::Routes)?)?;
    routes.names().try_for_each(|name| show(format_args!("route /{name}")))
}

fn install(place: &Place, folder: &Path) -> Result<(), String> {
    for name in routes::install(Box::new(place.store(Kept::Routes)?), folder)? {
        show(format_args!("route /{name}"))?;
    }
    Ok(())
}

fn accounts(place: Place) -> Result<(), String> {
    let (ledger, thread, _) = ledger::Ledger::start(move || Ok(Box::new(place.store(Kept::Accounts)?)))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    let mut after = None;
    loop {
        let page = runtime.block_on(ledger.accounts(after.as_deref())).map_err(|refusal| refusal.message)?;
        show(json::written(&page, None))?;
        after = page.get("after").and_then(|after| after.as_str()).map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    ledger.end(&refusal::Counts::default());
    thread.join().map_err(|_| "the accounts failed".to_owned())
}
