//! The command line over real servers, PostgreSQL and a cluster of etcd, which the tests start: homes by URL, and several copies of
//! `cu serve` that share homes.

mod bank;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../../../server/tests/serving/client.rs"]
mod client;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../../../stores/etcd/tests/cluster/mod.rs"]
mod cluster;
mod copies;
#[path = "../../../testkit/src/folder.rs"]
mod folder;
mod gone;
mod migrated;
mod places;
#[path = "../../../stores/postgres/tests/server/mod.rs"]
mod postgres;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../serve/process.rs"]
mod process;
