//! The contract of a store, over a real server.

mod server;

use cu_host::store::LOST;
use cu_testkit::{Kills, Place, conformance, handles, killed};
use server::Server;

fn place(server: &Server) -> Place {
    let url = server.url();
    Place::new(move || Box::new(cu_postgres::open(&url).unwrap()))
}

#[test]
fn one_handle_keeps_the_contract() {
    let server = Server::shared();
    conformance(|| place(&server));
}

#[test]
fn several_handles_keep_the_contract() {
    let server = Server::shared();
    handles(|| place(&server));
}

#[test]
fn processes_are_killed_and_then_the_server_too() {
    let given = std::env::var("CU_TEST_URL").ok();
    let server = given.is_none().then(|| Server::start("killed", &[]));
    let url = given.or_else(|| Some(server.as_ref()?.url())).unwrap();
    let path = url.clone();
    let place = Place::new(move || Box::new(open_as_soon_as_possible(&path)));
    let rounds = cu_testkit::seeds::given("CU_KILLS").unwrap_or(12) as usize;
    let variables = [("CU_TEST_URL", &*url)];
    let test = "processes_are_killed_and_then_the_server_too";
    killed(&place, Kills { test, variables: &variables, workers: 3, kills: rounds }, |kill| {
        if let (Some(server), 0) = (&server, kill % 4) {
            server.kill();
            server.run();
        }
    });
}

/// A server that was killed takes a moment to come up.
fn open_as_soon_as_possible(url: &str) -> cu_postgres::PostgresStore {
    let began = std::time::Instant::now();
    loop {
        match cu_postgres::open(url) {
            Ok(store) => return store,
            Err(error) if error.code == LOST && began.elapsed().as_secs() < 60 => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            Err(error) => panic!("{error}"),
        }
    }
}
