//! The short way to an instance.
#![cfg(feature = "redb")]

use cu_host::{Error, Options};

#[path = "../../testkit/src/folder.rs"]
mod folder;
use folder::Folder;

#[test]
fn what_a_compute_changed_is_there_in_the_next_process() {
    let folder = Folder::new("start");
    for visit in 1..=3 {
        let mut home = cu_host::open(folder.file("home.redb")).unwrap();
        let answer =
            home.compute("_home.visits = (_home.visits or 0) + 1 return _home.visits, os.time() > 1e9").unwrap();
        assert_eq!(answer.values, [visit.into(), true.into()]);
    }
    let options = Options { instructions: Some(100_000), ..Options::default() };
    let mut home = cu_host::open_with(folder.file("home.redb"), options).unwrap();
    assert_eq!(home.compute("return _home.visits, os.time()").unwrap().values, [3.into(), 0.into()]);
    assert!(home.compute("while true do end").is_err());
}

#[test]
fn what_is_no_file_of_tables_is_refused_with_its_name_and_left_alone() {
    let folder = Folder::new("start-refused");
    let foreign = folder.file("notes.txt");
    std::fs::write(&foreign, "not a database").unwrap();
    for file in [foreign.clone(), folder.file("no/such/folder.redb"), folder.file("")] {
        match cu_host::open(&file).err() {
            Some(error @ Error::Open { .. }) => assert!(error.to_string().contains(&*file), "{error}"),
            other => panic!("{}: {other:?}", file),
        }
    }
    assert_eq!(std::fs::read(&foreign).unwrap(), b"not a database");
    let error = cu_host::open("postgres://me:secret@h/d").err().unwrap().to_string();
    assert!(error.contains("not a URL, 'postgres://...'") && !error.contains("secret"), "{error}");
}

#[test]
fn instances_in_memory_share_nothing() {
    let mut first = cu_host::in_memory().unwrap();
    first.compute("_home.x = 1").unwrap();
    assert!(cu_host::in_memory().unwrap().compute("return _home.x").unwrap().value().is_nil());
}
