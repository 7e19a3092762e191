//! Several homes in one store: by name, through the library and on the command line.
#![cfg(feature = "redb")]

#[path = "../../testkit/src/folder.rs"]
mod folder;
mod program;

use std::process::Output;

use cu_host::{
    ComputeOptions, Error, Home, Instance, MODULE, MemoryStore, Module, Options, RedbStore, SharedStore, Store, Value,
};
use folder::Folder;
use program::shows;

fn names(instance: &mut Instance) -> Vec<String> {
    let homes = instance.homes().unwrap();
    homes.into_iter().filter_map(|home| home.name).map(|name| String::from_utf8(name).unwrap()).collect()
}

fn get(instance: &mut Instance, code: &str) -> Option<i64> {
    instance.compute(code).unwrap().value().as_i64()
}

#[test]
fn each_home_has_its_own_content() {
    let module = Module::new(MODULE).unwrap();
    let store = SharedStore::new(MemoryStore::default());
    let named = |name: &str| {
        let options = Options { home: Some(name.into()), ..Options::default() };
        Instance::new(&module, store.clone(), options).unwrap()
    };
    let (mut ada, mut bob) = (named("ada"), named("bob"));
    let mut plain = Instance::new(&module, store.clone(), Options::default()).unwrap();
    for (instance, n) in [(&mut ada, 1), (&mut bob, 2), (&mut plain, 3)] {
        instance.compute(format!("_home.n = {n} local c = 0 function _home.f() c = c + {n} return c end")).unwrap();
    }
    for (instance, n) in [(&mut ada, 1), (&mut bob, 2), (&mut plain, 3)] {
        assert_eq!(get(instance, "return _home.n"), Some(n));
        assert_eq!(get(instance, "return _home.f()"), Some(n));
        assert_eq!(instance.read_home(cu_host::ReadOptions::default()).unwrap().value().get("n"), Some(&n.into()));
    }
    assert_eq!(names(&mut plain), ["ada", "bob"]);
    // For one compute.
    let as_bob = ComputeOptions { home: Some("bob".into()), ..ComputeOptions::default() };
    assert_eq!(ada.compute_with("return _home.n", &as_bob).unwrap().value().as_i64(), Some(2));
    assert_eq!(get(&mut ada, "return _home.n"), Some(1));
    // A collection in one home keeps what is in the others.
    ada.run_gc().unwrap();
    for (instance, n) in [(&mut ada, 1), (&mut bob, 2), (&mut plain, 3)] {
        assert_eq!(get(instance, "return _home.f()"), Some(2 * n));
    }
}

#[test]
fn homes_are_opened_renamed_and_dropped() {
    let mut instance =
        Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), Options::default()).unwrap();
    let id = instance.open_home("old").unwrap();
    instance.compute("_home.list = { 1, 2, 3 }").unwrap();
    instance.rename_home("old", "new").unwrap();
    assert_eq!(instance.homes(), Ok(vec![Home { id: 1, name: None }, Home { id, name: Some("new".into()) }]));
    assert_eq!(get(&mut instance, "return #_home.list"), Some(3), "it is open still");
    assert_eq!(instance.home_table(), Ok(id));
    for (error, text) in [
        (instance.rename_home("old", "other"), "there is no home of the name 'old'"),
        (instance.drop_home("new"), "the home 'new' is open in this instance"),
        (instance.drop_home("old"), "there is no home of the name 'old'"),
        (instance.open_home("").map(drop), "the name of a home has 1 to 255 bytes, not 0"),
        (instance.open_home("x".repeat(256)).map(drop), "the name of a home has 1 to 255 bytes, not 256"),
    ] {
        assert_eq!(error.unwrap_err().to_string(), text);
    }
    assert_eq!(instance.home_table(), Ok(id));
    instance.open_home("x".repeat(255)).unwrap();
    assert!(matches!(instance.rename_home("new", "x".repeat(255)), Err(Error::Home(_))));
    let kept = instance.store().size(id).unwrap();
    assert_eq!(kept, 1);
    instance.drop_home("new").unwrap();
    instance.run_gc().unwrap();
    assert_eq!(instance.store().size(id), Ok(0), "a collection frees what was in it");
    let anew = instance.open_home("new").unwrap();
    assert_eq!(get(&mut instance, "return ext.size(_home)"), Some(0));
    assert!(instance.homes().unwrap().iter().any(|home| home.id == anew));
}

/// The home that an instance had open was dropped and collected by another one, and the next home got its id.
#[test]
fn a_home_with_the_id_of_one_that_is_gone_can_be_used() {
    let module = Module::new(MODULE).unwrap();
    let store = SharedStore::new(MemoryStore::default());
    let new = || Instance::new(&module, store.clone(), Options::default()).unwrap();
    let (mut one, mut other) = (new(), new());
    let before = one.open_home("before").unwrap();
    // An id alone is not worth its note in the store: with those of these tables there are enough in a row.
    one.compute("for i = 1, 20 do _home[i] = { i } end").unwrap();
    other.drop_home("before").unwrap();
    other.run_gc().unwrap();
    let after = other.open_home("after").unwrap();
    assert_eq!(after, before, "the test is about equal ids");
    assert_eq!(get(&mut other, "_home.n = 7 return _home.n"), Some(7));
    one.open_home("after").unwrap();
    assert_eq!(get(&mut one, "return _home.n"), Some(7));
}

/// The second of them once stayed, and said that an id had been given earlier than it was: an instance that held what had the
/// id before took it for that.
#[test]
fn a_collection_sees_all_ranges_that_begin_with_one_id() {
    const GIVEN_AGAIN: u32 = 0x8000_000A;
    let module = Module::new(MODULE).unwrap();
    let mut store = SharedStore::new(MemoryStore::default());
    let mut instance = Instance::new(&module, store.clone(), Options::default()).unwrap();
    instance.reserve_table_ids(2000).unwrap();
    instance.compute("_home.t = { 1 }").unwrap();
    drop(instance);
    for end in [1005, 1010] {
        let range = Value::from(1000_i64 << 32 | end).encode_key().unwrap();
        store.set(GIVEN_AGAIN, &range, &Value::from(0).encode().unwrap()).unwrap();
    }
    Instance::new(&module, store.clone(), Options::default()).unwrap().run_gc().unwrap();
    assert_eq!(store.size(GIVEN_AGAIN), Ok(0), "nothing has these ids");
}

fn cu(words: &[&str], home: &str) -> Output {
    program::cu(words.iter().copied().chain(["--home", home]))
}

#[track_caller]
fn complains(output: &Output, expected: &str, status: i32) {
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((complaint.lines().next(), output.status.code()), (Some(expected), Some(status)));
    assert!(output.stdout.is_empty());
}

#[test]
fn the_command_line_has_homes() {
    let folder = Folder::new("homes");
    let home = folder.file("home.redb");
    let file = home.as_str();
    complains(&cu(&["homes"], file), &format!("cu: {file}: No such file or directory (os error 2)"), 3);
    shows(&cu(&["eval", "_home.n = 1 return _home.n"], file), "1\n");
    shows(&cu(&["eval", "--home-name", "ada", "_home.n = (_home.n or 10) + 1 return _home.n"], file), "11\n");
    shows(&cu(&["eval", "--home-name=ada", "_home.n = (_home.n or 10) + 1 return _home.n"], file), "12\n");
    shows(&cu(&["eval", "return _home.n"], file), "1\n");
    let listed = String::from_utf8(cu(&["homes"], file).stdout).unwrap();
    let (first, second) = listed.split_once('\n').unwrap();
    let id = second.strip_suffix("\tada\n").unwrap();
    assert_eq!(first, "1\t");
    shows(&cu(&["homes", "--rename", "ada", "ada@example.org"], file), &format!("1\t\n{id}\tada@example.org\n"));
    shows(&cu(&["eval", "--home-name", "ada@example.org", "return _home.n"], file), "12\n");
    complains(&cu(&["homes", "--rename", "ada", "x"], file), "cu: there is no home of the name 'ada'", 1);
    complains(&cu(&["homes", "--drop", "ada"], file), "cu: there is no home of the name 'ada'", 1);
    for (words, complaint) in [
        (&["homes", "--rename", "ada"][..], "cu: the new name of --rename OLD NEW is missing"),
        (&["homes", "--rename", "ada", "x", "y"], "cu: unexpected argument 'y'"),
        (&["homes", "--rename", "ada", "--drop", "x"], "cu: --rename and --drop are not for one command"),
        (&["homes", "x"], "cu: unexpected argument 'x'"),
        (&["eval", "1", "--wait", "soon"], "cu: --wait takes a number of seconds, not 'soon'"),
        (&["eval", "1", "--wait", "-1"], "cu: --wait takes a number of seconds, not '-1'"),
    ] {
        complains(&cu(words, file), complaint, 2);
    }
    shows(&cu(&["homes", "--drop", "ada@example.org"], file), "1\t\n");
    let freed = String::from_utf8(cu(&["gc"], file).stdout).unwrap();
    assert!(freed.starts_with("tables: 1 freed, 1 kept\n"), "{freed}");
}

#[test]
fn a_run_waits_for_another_one_as_long_as_it_is_told() {
    let folder = Folder::new("wait");
    let home = folder.file("home.redb");
    let kept = RedbStore::open(&home).unwrap();
    let refused = cu(&["eval", "return 1", "--wait", "0.05"], &home);
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        complaint.starts_with(&format!("cu: cannot open {home}: another process has it open; waited 0.")),
        "{complaint}"
    );
    assert_eq!(refused.status.code(), Some(3));
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| cu(&["eval", "return 1", "--wait", "60"], &home));
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(kept);
        shows(&waiting.join().unwrap(), "1\n");
    });
}
