//! Instances over a real server: what they cost in round trips, and what two of them do to one namespace.

mod server;

use cu_host::store::CONFLICT;
use cu_host::verify::verify;
use cu_host::{Error, Instance, MODULE, Module, Options, SharedStore, Store, StoreError};
use cu_postgres::PostgresStore;
use server::Server;

fn instance(module: &Module, store: impl Store + 'static) -> Instance {
    Instance::new(module, store, Options::default()).unwrap()
}

fn trips(store: &SharedStore<PostgresStore>) -> u64 {
    store.turn().unwrap().server().round_trips()
}

/// Runs code, and answers its first value and the round trips that it took.
fn counted(instance: &mut Instance, store: &SharedStore<PostgresStore>, code: &str) -> (i64, u64) {
    let before = trips(store);
    let value = instance.compute(code).unwrap().value().as_i64().unwrap_or_default();
    (value, trips(store) - before)
}

#[test]
fn a_scan_of_ten_thousand_rows_takes_some_twenty_round_trips() {
    let server = Server::shared();
    let url = server.url();
    let module = Module::new(MODULE).unwrap();
    let open = || SharedStore::new(cu_postgres::open(&url).unwrap());
    let store = open();
    let mut writer = instance(&module, store.clone());
    let fill = "_home.numbers, _home.rows = {}, {}
        for n = 1, 10000 do _home.numbers[n] = n * 2 end
        for n = 1, 10000 do _home.rows[n] = { n = n, name = 'row ' .. n } end";
    let (_, filling) = counted(&mut writer, &store, fill);
    let (_, writing) = counted(&mut writer, &store, "_home.numbers[1] = 2 return 0");
    counted(&mut writer, &store, "for _ in pairs(_home.numbers) do end return 0");
    let (sum, warm) =
        counted(&mut writer, &store, "local sum = 0 for _, n in pairs(_home.numbers) do sum = sum + n end return sum");
    assert_eq!(sum, 10_000 * 10_001);

    let store = open();
    let mut reader = instance(&module, store.clone());
    let (_, first) = counted(&mut reader, &store, "return 1");
    let (sum, scan) =
        counted(&mut reader, &store, "local sum = 0 for _, n in pairs(_home.numbers) do sum = sum + n end return sum");
    assert_eq!(sum, 10_000 * 10_001);
    let (found, query) =
        counted(&mut reader, &store, "return #ext.query(_home.rows, { where = { n = { '>', 9900 } } })");
    let (again, query_again) =
        counted(&mut reader, &store, "return #ext.query(_home.rows, { where = { n = { '>', 9900 } } })");
    println!(
        "round trips: {filling} to fill, {writing} for a change, {first} for a first compute, {scan} for a scan of 10,000, \
         {warm} for one in memory, {query} for a query over 10,000 rows, {query_again} for the second"
    );
    assert_eq!((found, again), (100, 100));
    assert!(scan <= 25 && query <= 40, "{scan} and {query} round trips for a scan");
    // The turn, and the commit of what changed; a unit that only reads does not wait for its end.
    assert!(writing <= 2 && warm <= 1 && query_again <= 1, "{writing} {warm} {query_again}");
}

#[test]
fn instances_of_two_stores_see_what_the_other_did() {
    let server = Server::shared();
    let url = server.url();
    let module = Module::new(MODULE).unwrap();
    let mut first = instance(&module, cu_postgres::open(&url).unwrap());
    let mut second = instance(&module, cu_postgres::open(&url).unwrap());
    first.compute("local n = 0 function _home.count() n = n + 1 return n end").unwrap();
    for expected in [1, 3, 5] {
        assert_eq!(first.compute("return _home.count()").unwrap().value().as_i64(), Some(expected));
        assert_eq!(second.compute("return _home.count()").unwrap().value().as_i64(), Some(expected + 1));
    }
    let moved = first.transaction(|first| {
        first.compute("_home.a = 1")?;
        first.compute("_home.b = 1")?;
        first.compute("error('no')")
    });
    assert!(moved.is_err());
    assert!(second.compute("return _home.a, _home.b").unwrap().value().is_nil());
    first.compute("_home.garbage = { { {} } } _home.garbage = nil").unwrap();
    second.run_gc().unwrap();
    let mut store = cu_postgres::open(&url).unwrap();
    let mut found = Vec::new();
    let report = verify(&mut store, false, &mut |event| found.push(format!("{event:?}"))).unwrap();
    assert_eq!((report.wrong, report.unreachable), (0, 0), "{found:?}");
}

#[test]
fn namespaces_are_stores_of_their_own() {
    let server = Server::shared();
    let module = Module::new(MODULE).unwrap();
    let names = ["a", "A", "a b", "ä", "%", "it's"];
    let mut instances: Vec<_> = names
        .iter()
        .map(|name| instance(&module, cu_postgres::open(&server.url_of(&name.replace('%', "%25"))).unwrap()))
        .collect();
    for (instance, name) in instances.iter_mut().zip(names) {
        instance.compute(format!("assert(_home.name == nil) _home.name = [[{name}]]")).unwrap();
    }
    for (instance, name) in instances.iter_mut().zip(names) {
        assert_eq!(instance.compute("return _home.name").unwrap().value().as_str(), Some(name));
    }
    let count =
        server.sql("SELECT count(DISTINCT namespace) FROM cu_entries WHERE namespace IN ('a', 'A', 'a b', 'ä', '%')");
    assert_eq!(count, "5");
}

/// The server is killed between computes and in the middle of one; the turn is nobody's then.
#[test]
fn a_compute_goes_on_over_a_new_connection_unless_others_changed_the_store() {
    let server = std::sync::Arc::new(Server::start("gone", &[]));
    let url = server.url();
    let module = Module::new(MODULE).unwrap();
    let again = server.clone();
    let (restarted, other) = (url.clone(), module.clone());
    let options = Options::default()
        .function("restart", move |_: cu_host::Args| {
            again.kill();
            again.run();
            Ok::<(), String>(())
        })
        .function("others", move |_: cu_host::Args| {
            let mut other = instance(&other, cu_postgres::open(&restarted).unwrap());
            other.compute("_home.n = 100").map(drop).map_err(|error| error.to_string())
        });
    let mut first = Instance::new(&module, cu_postgres::open(&url).unwrap(), options).unwrap();
    first.compute("_home.n = 1 _home.t = { 1, 2, 3 }").unwrap();
    server.kill();
    server.run();
    assert_eq!(first.compute("_home.n = _home.n + 1 return _home.n").unwrap().value().as_i64(), Some(2));
    // Reads and writes before and after, and the commit over the new connection.
    let code = "_home.n = _home.n + 1 host.restart() _home.n = _home.n + #_home.t host.restart() return _home.n";
    assert_eq!(first.compute(code).unwrap().value().as_i64(), Some(6));
    assert_eq!(server.sql("SELECT count(*) FROM cu_entries WHERE table_id = 1"), "2");

    // Somebody else had a turn while there was none.
    let error = first.compute("_home.n = _home.n + 1 host.restart() host.others() _home.n = _home.n + 1").unwrap_err();
    let Error::Commit(error) = error else { panic!("{error:?}") };
    assert_eq!(error.code, CONFLICT, "{error}");
    assert!(error.message.ends_with("so nothing of the unit is kept"), "{error}");
    assert!(matches!(first.compute("return 1"), Err(Error::Dead(_))));
    let mut third = instance(&module, cu_postgres::open(&url).unwrap());
    assert_eq!(third.compute("return _home.n").unwrap().value().as_i64(), Some(100));
}

#[test]
fn what_cannot_be_opened_says_why() {
    let server = Server::shared();
    let message = |url: &str| -> String {
        let error: StoreError = cu_postgres::open(url).err().unwrap();
        error.message
    };
    let base = server.network_url("");
    let missing = message(&base.replace("/postgres?", "/nothing?"));
    assert!(missing.contains("3D000") && missing.contains("\"nothing\" does not exist"), "{missing}");
    let user = message(&base.replace("cu@", "stranger:secret@"));
    assert!(user.contains("28000") && user.contains("stranger") && !user.contains("secret"), "{user}");
    let nobody = message("postgres://cu:secret@127.0.0.1:1/postgres");
    assert!(nobody.contains("refused") && !nobody.contains("secret"), "{nobody}");
    let tls = message(&server.network_url("sslmode=require"));
    assert!(tls.contains("TLS"), "{tls}");

    let foreign = Server::start("foreign", &[]);
    cu_postgres::open(&foreign.url()).unwrap();
    foreign.sql("UPDATE cu_state SET version = 9 WHERE namespace = ''");
    let format = message(&foreign.url());
    assert_eq!(format, "the tables cu_state and cu_entries have format 9, and this cu reads format 1");
    foreign.sql("UPDATE cu_state SET version = 1 WHERE namespace = ''");
    let mut store = cu_postgres::open(&foreign.url()).unwrap();
    foreign.sql("DELETE FROM cu_state WHERE namespace <> ''");
    let gone = store.begin().unwrap_err().message;
    assert!(gone.contains("is not in the database any more"), "{gone}");
    foreign.sql("DROP TABLE cu_entries; CREATE TABLE cu_entries (namespace text)");
    let other = message(&foreign.url());
    assert!(other.contains("42703"), "{other}");
}

/// A server that has no statistics of new tables sorted all that was left for each page.
#[test]
fn pages_of_a_large_new_table_are_not_sorted() {
    let server = Server::start("plan", &["autovacuum = off"]);
    let mut store = cu_postgres::open(&server.url_of("plan")).unwrap();
    server.sql(
        "INSERT INTO cu_entries SELECT 'plan', 7, decode(lpad(to_hex(i), 8, '0'), 'hex'), '', '', '\\x01'
         FROM generate_series(1, 100000) i",
    );
    for descending in [false, true] {
        let mut store = cu_postgres::open(&server.url_of("plan")).unwrap();
        let (began, mut count) = (std::time::Instant::now(), 0);
        store
            .keys(7, None, descending, &mut |_| {
                count += 1;
                true
            })
            .unwrap();
        assert_eq!(count, 100_000);
        println!("{count} keys in {:?}", began.elapsed());
        // One hundred sorts of up to 100,000 rows take three seconds where all of this takes a tenth.
        assert!(began.elapsed().as_secs_f64() < 1.5, "{:?}", began.elapsed());
    }
    assert_eq!(store.size(7), Ok(100_000));
}
