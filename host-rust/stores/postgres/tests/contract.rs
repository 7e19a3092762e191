//! The contract of a store, over a real server.

mod server;

use cu_host::Store;
use cu_host::store::LOST;
use cu_postgres::{Database, PostgresOptions};
use cu_testkit::{Kills, Place, conformance, handles, killed, killed_instances, namespaces};
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
fn many_namespaces_are_many_stores_over_few_connections() {
    let server = Server::start("many", &[]);
    let open = || Database::open(PostgresOptions::from_url(&server.network_url("wait=5")).unwrap()).unwrap();
    namespaces(|| Box::new(open()));
    let database = open();
    let mut stores: Vec<_> = (0..200).map(|number| database.store(&format!("n{number}")).unwrap()).collect();
    for store in &mut stores {
        store.begin().unwrap();
        store.set(7, b"k", b"v").unwrap();
        store.commit().unwrap();
        // One that only reads, and one that is undone.
        assert_eq!(store.size(7), Ok(1));
        store.begin().unwrap();
        store.set(7, b"k", b"w").unwrap();
        assert!(store.roll_back());
    }
    let count = server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cu'");
    assert!(count.parse::<usize>().unwrap() <= 3, "{count} connections");
    stores[0].begin().unwrap();
    stores[1].begin().unwrap();
    server.kill();
    server.run();
    for store in &mut stores[2..] {
        assert_eq!(store.get(7, b"k").unwrap().as_deref(), Some(&b"v"[..]), "after the server was killed");
    }
}

/// The store of a worker process, or a new one of the process that starts them.
fn killing(name: &str, test: &str, kill: impl Fn(&Place, Kills<'_>, &mut dyn FnMut(usize))) {
    let given = std::env::var("CU_TEST_URL").ok();
    let server = given.is_none().then(|| Server::start(name, &[]));
    let url = given.or_else(|| Some(server.as_ref()?.url())).unwrap();
    let path = url.clone();
    let place = Place::new(move || Box::new(open_as_soon_as_possible(&path)));
    let kills = cu_testkit::seeds::given("CU_KILLS").unwrap_or(8) as usize;
    let variables = [("CU_TEST_URL", &*url)];
    kill(&place, Kills { test, variables: &variables, workers: 3, kills }, &mut |kill| {
        if let (Some(server), 0) = (&server, kill % 4) {
            server.kill();
            server.run();
        }
    });
}

#[test]
fn processes_and_the_server_are_killed() {
    killing("killed", "processes_and_the_server_are_killed", |place, kills, between| killed(place, kills, between));
}

#[test]
fn instances_and_the_server_are_killed() {
    let kill =
        |place: &Place, kills: Kills<'_>, between: &mut dyn FnMut(usize)| killed_instances(place, kills, between);
    killing("killed-instances", "instances_and_the_server_are_killed", kill);
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
