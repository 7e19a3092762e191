//! Homes under load: turns, eviction, stores that fail, and the end of the server.

mod serving;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cu_host::{Error, MemoryStore, SharedStore, Store, StoreError};
use cu_server::{FolderStores, HomeName, Limits, MemoryStores, Missing, Server, Stores};
use serde_json::json;
use serving::{Folder, Serving};

#[test]
fn requests_of_one_home_are_serialised_and_those_of_others_go_on() {
    let serving = Serving::start(Server::builder().threads(4));
    std::thread::scope(|threads| {
        let slow = threads.spawn(|| {
            let code = "local before = _home.n or 0 for i = 1, 2e7 do end _home.n = before + 1";
            (0..3).for_each(|_| assert_eq!(serving.client().compute("slow", code).status, 200));
        });
        for _ in 0..3 {
            threads.spawn(|| {
                let mut client = serving.client();
                for _ in 0..200 {
                    let answer = client.compute("shared", "local n = _home.n or 0 _home.n = n + 1 return n");
                    assert_eq!(answer.status, 200);
                }
            });
        }
        slow.join().unwrap();
    });
    assert_eq!(serving.client().compute("shared", "return _home.n").values(), json!([600]));
    assert_eq!(serving.client().compute("slow", "return _home.n").values(), json!([3]));
}

#[test]
fn homes_that_are_closed_come_again_with_what_was_in_them() {
    let folder = Folder::new("evicted");
    let builder = Server::builder().stores(FolderStores::new(&folder.0).unwrap()).threads(2);
    let serving = Serving::start(builder.open_homes(4, Duration::from_secs(60)));
    let mut client = serving.client();
    for round in 1..=3 {
        for home in 0..12 {
            let answer = client.compute(&format!("h{home}"), "_home.n = (_home.n or 0) + 1 return _home.n, global");
            assert_eq!(answer.values(), json!([round, null]), "h{home}");
        }
    }
    let text = client.get("/metrics").text();
    let figure =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok()).unwrap();
    assert!(figure("cu_homes_open ") <= 6, "{text}");
    assert!(figure("cu_homes_evicted_total ") >= 20, "{text}");
}

#[test]
fn what_a_reader_leaves_behind_reaches_nobody() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    client.compute("ada", "_home.n = 1 function _home.show(x) return string.format('%d', x) end");
    let reader = "ada/compute?read_only=true";
    let mut read = |code: &str| client.send("POST", &format!("/v1/homes/{reader}"), code);
    assert_eq!(read("return _home.n").values(), json!([1]));
    let (status, class, message) = read("_home.n = 2").error();
    assert_eq!((status, &*class), (422, "runtime"), "{message}");
    assert_eq!(read("string.format = function() return 'owned' end trap = 1 return 1").status, 200);
    assert_eq!(read("return string.format('%d', 7), trap").values(), json!(["7", null]));
    assert_eq!(client.call("ada", r#"{"way": "_home.show", "arguments": [7]}"#).values(), json!(["7"]));
    assert_eq!(
        client.send("POST", "/v1/homes/ada/call?read_only=true", r#"{"way": "_home.show", "arguments": [7]}"#).values(),
        json!(["7"])
    );
    assert_eq!(client.compute("ada", "return trap, _home.n").values(), json!([null, 1]));
}

#[test]
fn what_runs_ends_and_what_comes_late_is_refused_when_the_server_ends() {
    let folder = Folder::new("ending");
    let stores = || FolderStores::new(&folder.0).unwrap();
    let mut serving = Serving::start(Server::builder().stores(stores()).grace(Duration::from_secs(20)));
    let address = serving.address;
    let running = std::thread::spawn(move || {
        serving::Client::new(address).compute("ada", "for i = 1, 3e7 do end _home.done = true return 'done'").values()
    });
    std::thread::sleep(Duration::from_millis(100));
    let mut idle = serving.client();
    assert_eq!(idle.get("/healthz").status, 200);
    serving.end();
    assert_eq!(running.join().unwrap(), json!(["done"]));
    serving.wait();
    assert!(idle.try_send("GET", "/healthz", "", b"").is_err());
    let again = Serving::start(Server::builder().stores(stores()));
    assert_eq!(again.client().compute("ada", "return _home.done").values(), json!([true]));
}

#[test]
fn scripts_that_do_not_end_are_ended_after_the_time_of_grace() {
    let limits = Limits { time: Some(600_000), instructions: Some(1 << 50), ..Limits::of_server() };
    let mut serving = Serving::start(Server::builder().limits(limits).grace(Duration::from_millis(200)));
    let address = serving.address;
    let running = std::thread::spawn(move || serving::Client::new(address).compute("ada", "while true do end"));
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    serving.end();
    serving.wait();
    assert!(began.elapsed() < Duration::from_secs(10));
    let (status, class, message) = running.join().unwrap().error();
    assert_eq!((status, &*class), (422, "interrupted"), "{message}");
}

/// A store that fails from a call on, for as many calls as it is told to.
struct Failing {
    store: SharedStore<MemoryStore>,
    calls: Arc<AtomicUsize>,
    fails: Arc<AtomicUsize>,
}

impl Failing {
    fn now(&self) -> Result<(), StoreError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        if number == self.fails.load(Ordering::SeqCst) { Err(StoreError::new(-77, "the disk is gone")) } else { Ok(()) }
    }
}

impl Store for Failing {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.now()?;
        self.store.get(table, key)
    }
    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.now()?;
        self.store.set(table, key, value)
    }
    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.now()?;
        self.store.delete(table, key)
    }
    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        self.now()?;
        self.store.size(table)
    }
    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.now()?;
        self.store.keys(table, after, descending, visit)
    }
    fn version(&mut self) -> Result<u64, StoreError> {
        self.now()?;
        self.store.version()
    }
    fn begin(&mut self) -> Result<(), StoreError> {
        self.now()?;
        self.store.begin()
    }
    fn commit(&mut self) -> Result<(), StoreError> {
        if let Err(error) = self.now() {
            self.store.roll_back();
            return Err(error);
        }
        self.store.commit()
    }
    fn can_roll_back(&self) -> bool {
        true
    }
    fn roll_back(&mut self) -> bool {
        self.store.roll_back()
    }
}

struct FailingStores {
    store: SharedStore<MemoryStore>,
    calls: Arc<AtomicUsize>,
    fails: Arc<AtomicUsize>,
}

impl Stores for FailingStores {
    fn open(&self, _: &HomeName, _: Missing) -> Result<Option<Box<dyn Store>>, Error> {
        let (calls, fails) = (Arc::clone(&self.calls), Arc::clone(&self.fails));
        let failing = Failing { store: self.store.clone(), calls, fails };
        failing.now()?;
        Ok(Some(Box::new(failing)))
    }
    fn list(&self, _: Option<&HomeName>, _: usize) -> Result<Vec<HomeName>, Error> {
        Ok(Vec::new())
    }
    fn remove(&self, _: &HomeName) -> Result<bool, Error> {
        Ok(false)
    }
    fn exists(&self, _: &HomeName) -> Result<bool, Error> {
        Ok(true)
    }
}

#[test]
fn a_store_that_fails_at_any_call_is_a_clear_error_and_what_was_acknowledged_is_there() {
    let (calls, fails) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(usize::MAX)));
    let stores = FailingStores { store: SharedStore::default(), calls: Arc::clone(&calls), fails: Arc::clone(&fails) };
    let serving = Serving::start(Server::builder().stores(stores));
    let mut client = serving.client();
    let count = "_home.n = (_home.n or 0) + 1 _home.list = { _home.n } return _home.n";
    let mut acknowledged = client.compute("ada", count).values()[0].as_i64().unwrap();
    let before = calls.load(Ordering::SeqCst);
    acknowledged = acknowledged.max(client.compute("ada", count).values()[0].as_i64().unwrap());
    let each = calls.load(Ordering::SeqCst) - before;
    let mut failures = 0;
    // Each call of a request on an open home, and then each of one that is opened anew.
    for fault in 0..2 * each {
        fails.store(calls.load(Ordering::SeqCst) + fault, Ordering::SeqCst);
        for _ in 0..3 {
            let answer = client.compute("ada", count);
            if answer.status == 200 {
                let now = answer.values()[0].as_i64().unwrap();
                assert_eq!(now, acknowledged + 1, "fault {fault}");
                acknowledged = now;
            } else {
                let (status, class, message) = answer.error();
                assert_eq!(status, 503, "fault {fault}: {message}");
                assert!(["store", "commit"].contains(&&*class), "{class}");
                assert!(message.contains("the disk is gone"), "fault {fault}: {message}");
                assert!(answer.header("retry-after").is_some());
                failures += 1;
            }
        }
    }
    assert!(failures >= each / 2, "{failures} of {each}");
    fails.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(client.compute("ada", "return _home.n, #_home.list").values(), json!([acknowledged, 1]));
}

#[test]
fn homes_in_memory_outlive_their_instances() {
    let serving =
        Serving::start(Server::builder().stores(MemoryStores::default()).open_homes(1, Duration::from_secs(60)));
    let mut client = serving.client();
    for home in ["a", "b", "c", "a", "b", "c"] {
        client.compute(home, "_home.n = (_home.n or 0) + 1");
    }
    assert_eq!(client.compute("a", "return _home.n").values(), json!([2]));
}

/// Rows of a table that is not there would be found in whichever table gets its id later.
#[test]
fn a_call_reaches_no_table_that_is_not_there() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    client.compute("ada", "_home.list = { 7 } _home.empty = {} function _home.put(t, k, v) t[k] = v end");
    let put = |id: u32| format!(r#"{{"way": "_home.put", "arguments": [{{"$table": {id}}}, "ghost", 1]}}"#);
    let within = |id: u32| format!(r#"{{"way": "_home.put", "arguments": [{{"x": [{{"$table": {id}}}]}}, "y", 1]}}"#);
    for id in 8..40 {
        for body in [put(id), within(id)] {
            let (status, class, message) = client.call("ada", &body).error();
            assert_eq!((status, &*class), (400, "request"), "{message}");
            assert_eq!(message, format!("the home has no table {id}, or nothing is in it; pass its key"));
        }
    }
    assert_eq!(client.compute("ada", "_home.new = { {}, {} } return _home.new").values(), json!([[{}, {}]]));
    // Those that are there can be passed: the home, and the list in it.
    let list = client.compute("ada", "local l = _home.list l.me = l return { l }").values();
    let id = list
        .to_string()
        .split_once("$table\":")
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    let id: u32 = id.unwrap().parse().unwrap();
    assert_eq!(client.call("ada", &put(id)).status, 200);
    assert_eq!(client.compute("ada", "return _home.list.ghost").values(), json!([1]));
    let (status, _, message) = client.call("ada", r#"{"way": "type", "arguments": [1, [{"$function": 5}]]}"#).error();
    assert_eq!((status, &*message), (400, r#"argument 2: a function, {"$function": 5}, is no argument; pass its way"#));
    let twice = client.send("POST", "/v1/homes/ada/compute?read_only=false&read_only=true", "return 1").error();
    assert_eq!((twice.0, &*twice.2), (400, "'read_only' is given more than once"));
}
