//! The relay as processes: the program itself, upstreams on this machine, and clients.
//!
//! - `place`: a folder of a relay, its commands, and a relay that runs
//! - `client`: signs requests, and changes them
//! - `upstream`: answers in every wrong way

mod accounts;
mod client;
mod commands;
#[path = "../../../../host-rust/testkit/src/console.rs"]
mod console;
mod documents;
mod kills;
mod place;
mod requests;
mod secrets;
mod streams;
mod tls;
mod upstream;
