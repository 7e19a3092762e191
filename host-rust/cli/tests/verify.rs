//! `cu verify` over files that something damaged.
#![cfg(all(feature = "redb", feature = "encryption"))]

#[path = "../../testkit/src/folder.rs"]
mod folder;

use std::process::Command;

use cu_host::{EncryptedStore, EncryptionKey, RedbStore, Store, Value};
use folder::Folder;

/// The lines of standard output, the complaint, and the exit status.
fn cu(words: &[&str], home: &str) -> (Vec<String>, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_cu")).args(words).arg("--home").arg(home).output().unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    (lines, String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
}

const FURNITURE: &str = "_home.users = { ada = { age = 36 } } local n = 0 function _home.count() n = n + 1 return n end
    _home.users.ada.run = _home.count";

const SOUND: [&str; 5] =
    ["tables: 4", "entries: 5", "stored functions: 1", "captured variables: 1", "reached by nothing: 0"];

fn key(value: impl Into<Value>) -> Vec<u8> {
    value.into().encode_key().unwrap()
}

#[test]
fn a_damaged_file_is_described_and_mended() {
    let folder = Folder::new("verify");
    let home = folder.file("home.redb");
    assert_eq!(cu(&["eval", FURNITURE], &home), (vec![], String::new(), Some(0)));
    let (lines, complaint, status) = cu(&["verify"], &home);
    assert_eq!((&lines[..], &*complaint, status), (&SOUND.map(str::to_owned)[..], "", Some(0)));

    let mut store = RedbStore::open(&home).unwrap();
    store.clear(0x8000_0003).unwrap();
    store.set(1, &key("broken"), &[4, 200, 0, 0, 0]).unwrap();
    drop(store);
    let before = std::fs::read(&home).unwrap();
    let (lines, complaint, status) = cu(&["verify"], &home);
    assert_eq!((&*complaint, status), ("cu: wrong: 3, mended: 0\n", Some(1)));
    for (line, start) in lines.iter().zip([
        "_home.broken: the value is no value: malformed at byte 1: ",
        "_home.count: it is function ",
        "_home.users.ada.run: it is function ",
    ]) {
        assert!(line.starts_with(start), "{lines:#?}");
    }
    assert!(std::fs::read(&home).unwrap() == before, "without --mend the file is only read");
    let (lines, complaint, status) = cu(&["verify", "--mend"], &home);
    assert_eq!((&*complaint, status), ("cu: wrong: 3, mended: 3\n", Some(1)));
    assert!(lines[..3].iter().all(|line| line.ends_with("; deleted")), "{lines:#?}");
    let (_, complaint, status) = cu(&["verify"], &home);
    assert_eq!((&*complaint, status), ("", Some(0)));
    let code = "return _home.users.ada.age, _home.count, _home.users.ada.run";
    assert_eq!(cu(&["eval", code], &home).0, ["36", "nil", "nil"]);
}

#[test]
fn a_value_that_was_changed_under_encryption_is_named() {
    let folder = Folder::new("verify-encrypted");
    let (home, key_file) = (folder.file("home.redb"), folder.file("key"));
    std::fs::write(&key_file, [7; 32]).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&key_file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let run = |words: &[&str]| cu(&[words, &["--key-file", &key_file]].concat(), &home);
    assert_eq!(run(&["eval", FURNITURE]), (vec![], String::new(), Some(0)));
    assert_eq!(run(&["verify"]).2, Some(0));
    let mut store = EncryptedStore::open(RedbStore::open(&home).unwrap(), EncryptionKey::new(&[7; 32])).unwrap();
    let mut sealed = store.inner_mut().get(1, &key("users")).unwrap().unwrap().into_owned();
    *sealed.last_mut().unwrap() ^= 1;
    store.inner_mut().set(1, &key("users"), &sealed).unwrap();
    drop(store);
    let (lines, _, status) = run(&["verify", "--mend"]);
    assert_eq!(status, Some(1));
    assert!(
        lines[0].starts_with("_home.users: the value cannot be read: ") && lines[0].ends_with("; deleted"),
        "{lines:#?}"
    );
    assert_eq!(run(&["verify"]).2, Some(0));
    let (_, complaint, status) = cu(&["verify"], &home);
    assert!(complaint.contains("it is encrypted, and needs --key-file FILE"), "{complaint}");
    assert_eq!(status, Some(3));
}

#[test]
fn a_run_that_did_not_end_is_undone() {
    let folder = Folder::new("verify-journal");
    let home = folder.file("home.redb");
    assert_eq!(cu(&["eval", "_home.n = 1"], &home).2, Some(0));
    let mut store = RedbStore::open(&home).unwrap();
    // As an instance leaves it that dies in an atomic compute: n was 1, and is 2 now.
    let journal = 0x8000_0005;
    let one = store.get(1, &key("n")).unwrap().unwrap().into_owned();
    store.set(journal, &[0], &[1, 0, 1, 0, 0]).unwrap();
    store.set(journal, &[&[1, 0, 0, 0, 1], &key("n")[..]].concat(), &[&[1], &one[..]].concat()).unwrap();
    store.set(1, &key("n"), &Value::from(2).encode().unwrap()).unwrap();
    drop(store);
    let (lines, complaint, status) = cu(&["verify"], &home);
    assert!(lines[0].starts_with("the journal: an atomic compute did not end; the next run undoes it, with 1 notes"));
    assert_eq!((&*complaint, status), ("cu: wrong: 1, mended: 0\n", Some(1)));
    let (lines, complaint, status) = cu(&["verify", "--mend"], &home);
    assert_eq!(lines[0], "the journal: an atomic compute did not end; it is undone now");
    assert_eq!((&*complaint, status), ("cu: wrong: 1, mended: 1\n", Some(1)));
    assert_eq!(cu(&["verify"], &home).2, Some(0));
    assert_eq!(cu(&["eval", "return _home.n"], &home).0, ["1"]);
}

#[test]
fn an_index_a_schema_and_a_value_that_are_wrong_are_lines_of_json() {
    let folder = Folder::new("verify-json");
    let home = folder.file("home.redb");
    let code = "_home.users = { ada = { age = 36 }, bob = { age = 20 } } ext.index(_home.users, 'age')
        _home.n = { 1 } ext.schema(_home.n, { type = 'number', max = 5 })";
    assert_eq!(cu(&["eval", code], &home).2, Some(0));
    let numbers = |wrong, mended, entries| {
        format!(
            "{{\"tables\":7,\"entries\":{entries},\"functions\":0,\"variables\":0,\"unreachable\":0,\"wrong\":{wrong},\"mended\":{mended}}}"
        )
    };
    assert_eq!(cu(&["verify", "--json"], &home), (vec![numbers(0, 0, 7)], String::new(), Some(0)));
    let mut store = RedbStore::open(&home).unwrap();
    let sizes = store.sizes().unwrap();
    // The table of entries is the only one that has two keys of neither users nor homes.
    let entries = *sizes.iter().rev().find(|(id, size)| **id < 0x8000_0000 && **size == 2).unwrap().0;
    let id =
        |store: &mut RedbStore, name: &str| match Value::decode(&store.get(1, &key(name)).unwrap().unwrap()).unwrap() {
            Value::External(id) => id,
            other => panic!("{other}"),
        };
    let (users, list) = (id(&mut store, "users"), id(&mut store, "n"));
    assert_ne!(entries, users);
    store.clear(entries).unwrap();
    store.set(list, &key(1), &Value::from(9).encode().unwrap()).unwrap();
    store.set(1, &key("cut"), &[4, 9]).unwrap();
    drop(store);
    let catalogue = 0x8000_000bu32;
    let row = |id: u32| key(id).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lines = |mended: [&str; 2]| {
        let [deleted, built] = mended;
        vec![
            format!(
                "{{\"place\":\"_home.cut\",\"problem\":\"the value is no value: malformed at byte 2: the value is cut off\",\"table\":1,\"key\":\"0163757400\",\"mended\":{deleted}}}"
            ),
            format!(
                "{{\"place\":\"_home.n\",\"problem\":\"the schema refuses 1: 9 is more than 5\",\"table\":{catalogue},\"key\":\"{}\",\"mended\":null}}",
                row(list)
            ),
            format!(
                "{{\"place\":\"_home.users\",\"problem\":\"the index 'age' does not fit the rows: entries missing: 2, of no row: 0\",\"table\":{catalogue},\"key\":\"{}\",\"mended\":{built}}}",
                row(users)
            ),
        ]
    };
    let (mut found, complaint, status) = cu(&["verify", "--json"], &home);
    assert!(found.pop().unwrap().ends_with("\"wrong\":3,\"mended\":0}"));
    assert_eq!((found, complaint.as_str(), status), (lines(["null", "null"]), "cu: wrong: 3, mended: 0\n", Some(1)));
    let (mut found, complaint, status) = cu(&["verify", "--json", "--mend"], &home);
    assert!(found.pop().unwrap().ends_with("\"wrong\":3,\"mended\":2}"));
    assert_eq!(
        (found, complaint.as_str(), status),
        (lines(["\"deleted\"", "\"built anew\""]), "cu: wrong: 3, mended: 2\n", Some(1))
    );
    assert_eq!(cu(&["eval", "return ext.check(_home.users)"], &home).0[0], "true");
    let (gone, complaint, status) = cu(&["gc", "--json"], &home);
    assert!(
        gone[0].starts_with("{\"tables\":{\"freed\":0,\"kept\":6},\"entries\":{\"freed\":0,\"kept\":9},\"functions\":{\"freed\":0,\"kept\":0},\"bytes\":{\"before\":"),
        "{gone:?}"
    );
    assert_eq!((complaint.as_str(), status), ("", Some(0)));
}

#[test]
fn what_verify_does_not_take_is_refused() {
    let folder = Folder::new("verify-usage");
    let missing = folder.file("missing.redb");
    assert_eq!(cu(&["verify"], &missing).1, format!("cu: {missing}: No such file or directory (os error 2)\n"));
    assert_eq!(cu(&["verify", "x"], &missing).2, Some(2));
    assert!(!std::path::Path::new(&missing).exists());
}
