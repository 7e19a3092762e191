//! A connection that is cut after any number of bytes, in both directions, and a process that stands still.

mod proxy;
mod server;

use std::time::Duration;

use cu_host::store::{BUSY, CONFLICT, LOST};
use cu_host::{Store, Wait};
use cu_postgres::{PostgresOptions, PostgresStore};
use proxy::{Proxy, Way};
use server::Server;

fn through(proxy: &Proxy, namespace: &str) -> PostgresStore {
    let url = format!("postgres://cu@127.0.0.1:{}/postgres?namespace={namespace}&sslmode=disable", proxy.port);
    cu_postgres::open(&url).unwrap()
}

fn number(store: &mut PostgresStore, key: &[u8]) -> u32 {
    store.get(7, key).unwrap().map_or(0, |value| u32::from_le_bytes(value[..].try_into().unwrap()))
}

/// One unit with reads, a page and writes. Whoever cuts it, it is kept exactly once.
fn unit(store: &mut PostgresStore, round: u32) {
    store.begin().unwrap();
    assert_eq!(number(store, b"count"), round, "the rounds that are kept");
    let mut keys = 0;
    store
        .keys(7, None, round.is_multiple_of(2), &mut |_| {
            keys += 1;
            true
        })
        .unwrap();
    assert_eq!(keys, round.min(1) + round.min(5));
    assert_eq!(store.size(7).unwrap(), keys);
    store.set(7, b"count", &(round + 1).to_le_bytes()).unwrap();
    store.set(7, &[(round % 5) as u8], &round.to_le_bytes()).unwrap();
    store.commit().unwrap();
}

#[test]
fn a_connection_that_is_cut_anywhere_loses_nothing_and_does_nothing_twice() {
    let server = Server::shared();
    let proxy = Proxy::start(server.port());
    let mut store = through(&proxy, "cut");
    let mut other = cu_postgres::open(&server.url_of("cut")).unwrap();
    let first = other.version().unwrap();
    let mut round = 0;
    // As many bytes as a unit has each way, which is less than a thousand.
    for way in [Way::Up, Way::Down] {
        let mut cuts = 0;
        for bytes in (0..1500).step_by(if cu_testkit::seeds::given("CU_KILLS").is_some() { 1 } else { 101 }) {
            // What another one changes, so that nothing is in memory.
            other.set(8, b"other", &u32::to_le_bytes(bytes)).unwrap();
            proxy.cut_after(way, i64::from(bytes));
            unit(&mut store, round);
            round += 1;
            cuts += u32::from(proxy.leave(way));
        }
        println!("{way:?}: {cuts} cuts");
        assert!(cuts > 3, "the unit has more bytes than that: {cuts}");
    }
    assert_eq!(number(&mut other, b"count"), round);
    assert_eq!(other.version(), Ok(first + u64::from(round * 2)));
}

#[test]
fn a_server_that_stays_away_is_an_error_after_some_time_and_then_it_is_used_again() {
    let server = Server::start("away", &[]);
    let mut options = PostgresOptions::from_url(&server.url()).unwrap();
    options.remote.reconnect = Duration::from_millis(200);
    let mut store = cu_postgres::open_with(options).unwrap();
    store.set(7, b"k", b"1").unwrap();
    store.begin().unwrap();
    store.set(7, b"k", b"2").unwrap();
    server.kill();
    let error = store.commit().unwrap_err();
    assert_eq!(error.code, LOST);
    assert!(error.message.contains("nobody knows whether it was kept"), "{error}");
    let error = store.begin().unwrap_err();
    assert_eq!(error.code, LOST);
    assert!(error.message.contains("; tried for 0."), "{error}");
    // Reads in a unit that is lost, too.
    server.run();
    store.begin().unwrap();
    server.kill();
    let error = store.get(7, b"other").unwrap_err();
    assert_eq!((error.code, store.get(7, b"other").unwrap_err()), (LOST, error.clone()));
    store.commit().unwrap();
    server.run();
    assert_eq!(store.get(7, b"k").unwrap().as_deref(), Some(&b"1"[..]));
    store.set(7, b"k", b"3").unwrap();
}

#[test]
fn who_does_nothing_in_its_turn_loses_it_and_its_unit() {
    let server = Server::shared();
    let url = server.url();
    let open = |options: &str| cu_postgres::open(&format!("{url}&{options}")).unwrap();
    let (mut still, mut other) = (open("idle=0.3"), open("wait=5"));
    still.set(7, b"k", b"1").unwrap();
    for is_held in [false, true] {
        if is_held {
            still.hold().unwrap();
            still.set(7, b"k", b"held").unwrap();
        } else {
            still.begin().unwrap();
            still.set(7, b"k", b"lost").unwrap();
        }
        // The other one waits until the server ends the turn.
        other.set(7, b"k", b"of the other").unwrap();
        let error = if is_held { still.begin().unwrap_err() } else { still.commit().unwrap_err() };
        assert_eq!(error.code, CONFLICT, "{error}");
        still.release();
        assert_eq!(still.get(7, b"k").unwrap().as_deref(), Some(&b"of the other"[..]));
        still.set(7, b"k", b"1").unwrap();
    }
}

#[test]
fn who_waits_for_a_turn_waits_as_long_as_it_is_told() {
    let server = Server::shared();
    let url = server.url();
    let open = |wait: Wait| {
        let mut options = PostgresOptions::from_url(&url).unwrap();
        options.remote.wait = wait;
        cu_postgres::open_with(options).unwrap()
    };
    let (mut first, mut never, mut short) =
        (open(Wait::Forever), open(Wait::Never), open(Wait::AtMost(Duration::from_millis(100))));
    for is_held in [false, true] {
        if is_held {
            first.hold().unwrap()
        } else {
            first.begin().unwrap()
        }
        for second in [&mut never, &mut short] {
            let error = second.begin().unwrap_err();
            assert_eq!((error.code, second.set(7, b"k", b"v").unwrap_err().code), (BUSY, BUSY), "{error}");
            assert_eq!(second.hold().unwrap_err().code, BUSY);
        }
        if is_held {
            first.release()
        } else {
            first.commit().unwrap()
        }
        never.set(7, b"k", b"v").unwrap();
        short.set(7, b"k", b"v").unwrap();
    }
}
