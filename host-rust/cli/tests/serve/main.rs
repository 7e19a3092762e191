//! `cu serve` as a process: what it says, what it serves, and that it may be killed.

#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../../../server/tests/serving/client.rs"]
mod client;
mod command;
mod crash;
#[path = "../../../testkit/src/folder.rs"]
mod folder;
mod full_disk;
mod process;
