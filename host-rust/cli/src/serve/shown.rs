//! What a server says of itself when it begins.

use std::net::SocketAddr;
use std::path::Path;

/// The address in a line of its own, then where homes are, who may come, what to try.
pub fn beginning(address: SocketAddr, homes: &str, tokens: Option<&Path>) -> String {
    let access = match tokens {
        Some(file) => format!("who has a token of {}", file.display()),
        None => "anybody on this machine, without a token".to_owned(),
    };
    let header = if tokens.is_some() { " -H 'authorization: Bearer TOKEN'" } else { "" };
    format!(
        "http://{address}\n  homes   {homes}\n  access  {access}\n\
         \x20 try     curl http://{address}/v1/homes/ada/compute{header} -d 'return 1 + 1'\n  end     Ctrl-C\n"
    )
}

pub fn in_memory() -> String {
    "in memory: they end with the server".to_owned()
}

pub fn in_folder(folder: &Path) -> String {
    format!("in the folder {}, each in a file", folder.display())
}

pub fn on_server(machine: &str, prefix: &str) -> String {
    match prefix {
        "" => format!("in {machine}, each in a namespace of its name"),
        prefix => format!("in {machine}, each in a namespace {prefix}NAME"),
    }
}
