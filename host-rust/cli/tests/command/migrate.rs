//! `cu migrate`: a home gets into another file, whole, whatever ends it in between.

use std::fs;
use std::time::Duration;

use super::{command, cu, fails, is_wrong_usage, shows, texts};
use crate::folder::Folder;

const FURNITURE: &str = "_home.users = { ada = { age = 36 }, bob = { age = 20 } } ext.index(_home.users, 'age')
    local n = 0 function _home.count() n = n + 1 return n end _home.text = ('abc'):rep(1000) _io.output = 'gone'";

fn path(folder: &Folder, name: &str) -> String {
    folder.file(name)
}

/// A home with everything, and the paths of two others.
fn home(folder: &Folder) -> [String; 3] {
    let [home, to, other] = ["home.redb", "to.redb", "other.redb"].map(|name| path(folder, name));
    shows(&cu(["eval", FURNITURE, "--home", &home]), "");
    [home, to, other]
}

fn answers(home: &str, more: &[&str]) -> String {
    let code = "return _home.count(), #_home.text, ext.query(_home.users, { where = { age = 36 } })[1].age, (ext.check(_home.users))";
    texts(&cu([&["eval", code, "--home", home][..], more].concat())).0
}

#[test]
fn a_home_is_copied_and_its_file_only_read() {
    let folder = Folder::new("migrate");
    let [home, to, other] = home(&folder);
    let before = fs::read(&home).unwrap();
    let words = ["migrate", "--home", &home, "--to", &to];
    shows(&cu(words), "tables: 12\nentries: 18\nentries in another form: 0\nfunctions in a newer form: 0\nwrong: 0\n");
    assert!(fs::read(&home).unwrap() == before);
    assert!(!fs::exists(format!("{to}.unfinished")).unwrap());
    assert_eq!(answers(&to, &[]), "1\n3000\n36\ntrue\n");
    assert_eq!(answers(&home, &[]), "1\n3000\n36\ntrue\n");
    fails(
        &cu(words),
        1,
        &format!(
            "cu: {to}: it is there already; a home is copied into a new file, or takes the place of this one with --replace\n"
        ),
    );
    shows(
        &cu(["migrate", "--json", "--compression", "0", "--home", &home, "--to", &other]),
        "{\"tables\":12,\"entries\":18,\"changed\":1,\"functions\":0,\"wrong\":0}\n",
    );
    assert_eq!(answers(&other, &[]), "2\n3000\n36\ntrue\n");
}

#[cfg(feature = "encryption")]
#[test]
fn a_home_stays_encrypted_unless_it_is_to_be_plain() {
    let folder = Folder::new("migrate-keys");
    let [home, to, other] = home(&folder);
    let keys = ["one", "two"].map(|name| path(&folder, name));
    keys.iter().for_each(|key| assert_eq!(cu(["key", key]).status.code(), Some(0)));
    // A plain home becomes encrypted, gets another key, keeps its key, and becomes plain.
    let migrated = |words: &[&str]| {
        let output = texts(&cu([&["migrate"][..], words].concat()));
        assert_eq!((output.1.as_str(), output.2), ("", Some(0)), "{words:?}");
    };
    migrated(&["--home", &home, "--to", &to, "--new-key-file", &keys[0]]);
    assert_eq!(answers(&to, &["--key-file", &keys[0]]), "1\n3000\n36\ntrue\n");
    migrated(&["--home", &to, "--key-file", &keys[0], "--to", &other, "--new-key-file", &keys[1]]);
    assert_eq!(answers(&other, &["--key-file", &keys[1]]), "2\n3000\n36\ntrue\n");
    let [kept, plain] = ["kept.redb", "plain.redb"].map(|name| path(&folder, name));
    migrated(&["--home", &other, "--key-file", &keys[1], "--to", &kept]);
    assert_eq!(answers(&kept, &["--key-file", &keys[1]]), "3\n3000\n36\ntrue\n");
    let (_, complaint, status) = texts(&cu(["migrate", "--home", &kept, "--to", &plain]));
    assert!(complaint.contains("it is encrypted, and needs --key-file FILE") && status == Some(3), "{complaint}");
    let (_, complaint, status) = texts(&cu(["migrate", "--home", &kept, "--key-file", &keys[0], "--to", &plain]));
    assert!(complaint.contains("needs the key with id") && status == Some(3), "{complaint}");
    assert!(!fs::exists(&plain).unwrap() && !fs::exists(format!("{plain}.unfinished")).unwrap());
    migrated(&["--home", &kept, "--key-file", &keys[1], "--to", &plain, "--plain"]);
    assert_eq!(answers(&plain, &[]), "4\n3000\n36\ntrue\n");
    let words = ["migrate", "--home", &kept, "--to", &to, "--plain", "--new-key-file", &keys[0]];
    is_wrong_usage(&cu(words), "--new-key-file and --plain are not for one command");
}

#[test]
fn what_is_wrong_in_a_home_is_shown_and_copied() {
    let folder = Folder::new("migrate-wrong");
    let [home, to, _] = home(&folder);
    let mut store = cu_host::RedbStore::open(&home).unwrap();
    let key = cu_host::Value::from("bad").encode_key().unwrap();
    cu_host::Store::set(&mut store, 1, &key, &[8, 1]).unwrap();
    drop(store);
    let (shown, complaint, status) = texts(&cu(["migrate", "--home", &home, "--to", &to, "--compression", "10"]));
    assert!(shown.starts_with("_home.bad: the value is no value: ") && shown.ends_with("wrong: 1\n"), "{shown}");
    assert_eq!((complaint.as_str(), status), ("cu: wrong: 1, mended: 0\n", Some(1)));
    assert_eq!(answers(&to, &[]), "1\n3000\n36\ntrue\n");
}

#[test]
fn what_stands_in_the_way_stays() {
    let folder = Folder::new("migrate-refused");
    let [home, to, other] = home(&folder);
    is_wrong_usage(&cu(["migrate", "--home", &home]), "migrate needs --to FILE");
    is_wrong_usage(&cu(["migrate", "--to", &to]), "migrate needs --home FILE");
    let missing = path(&folder, "missing.redb");
    let output = cu(["migrate", "--home", &missing, "--to", &to]);
    fails(&output, 3, &format!("cu: {missing}: No such file or directory (os error 2)\n"));
    let unfinished = format!("{to}.unfinished");
    for (content, status) in [(b"somebody's letter".to_vec(), 3), (fs::read(&home).unwrap(), 1)] {
        fs::write(&unfinished, &content).unwrap();
        let (shown, complaint, found) = texts(&cu(["migrate", "--home", &home, "--to", &to]));
        assert_eq!((shown.as_str(), found), ("", Some(status)), "{complaint}");
        assert!(complaint.contains(&unfinished), "{complaint}");
        // A file of tables was opened, so a few of its bytes may differ.
        let is_home = status == 1;
        assert!(if is_home {
            exported(&unfinished) == exported(&home)
        } else {
            fs::read(&unfinished).unwrap() == content
        });
    }
    // Its process was killed while it made the file: redb writes the first bytes last.
    fs::write(&unfinished, [&[0; 9][..], &[0, 0, 4, 0, 0, 16], &[0; 4096]].concat()).unwrap();
    assert_eq!(cu(["migrate", "--home", &home, "--to", &to]).status.code(), Some(0));
    // The copy of a home is never the home.
    let source = format!("{other}.unfinished");
    fs::rename(&home, &source).unwrap();
    let before = fs::read(&source).unwrap();
    assert_ne!(cu(["migrate", "--home", &source, "--to", &other]).status.code(), Some(0));
    assert!(fs::read(&source).unwrap() == before && !fs::exists(other).unwrap());
}

/// The whole content of a home.
fn exported(home: &str) -> String {
    let (shown, complaint, status) = texts(&cu(["export", "--home", home]));
    assert_eq!((complaint.as_str(), status), ("", Some(0)));
    shown
}

#[test]
fn a_copy_that_is_killed_goes_on_and_one_of_another_state_begins_anew() {
    let folder = Folder::new("migrate-killed");
    let [home, to, _] = home(&folder);
    let fill = "for n = 1, 60000 do _home[n] = 'row ' .. n end";
    shows(&cu(["eval", fill, "--home", &home]), "");
    let words = ["migrate", "--home", &home, "--to", &to];
    let unfinished = format!("{to}.unfinished");
    let mut killed = 0;
    for round in 0..12 {
        let mut child = command(words).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + 35 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        // Under its name it is whole, also if its process was killed behind that.
        if fs::exists(&to).unwrap() {
            break;
        }
        killed += 1;
    }
    assert!(killed >= 2, "{killed}");
    if !fs::exists(&to).unwrap() {
        let (_, complaint, status) = texts(&cu(words));
        assert_eq!((complaint.as_str(), status), ("", Some(0)));
    }
    assert!(!fs::exists(&unfinished).unwrap());
    assert!(exported(&to) == exported(&home));
    // The state of a copy that knows of another state of its source.
    fs::rename(&to, &unfinished).unwrap();
    let mut store = cu_host::RedbStore::open(&unfinished).unwrap();
    let note = cu_host::Value::from("1 - 1 1 60000 0 1505").encode().unwrap();
    cu_host::Store::set(&mut store, 0xff00_0001, b"migration", &note).unwrap();
    cu_host::Store::set(&mut store, 1, b"left over", &note).unwrap();
    drop(store);
    let (_, complaint, status) = texts(&cu(words));
    assert_eq!(
        (complaint, status),
        (
            format!(
                "cu: note: {unfinished} was begun from another state of --home, or with other options, and begins anew\n"
            ),
            Some(0)
        )
    );
    assert!(exported(&to) == exported(&home));
}

#[test]
fn a_copy_goes_where_a_url_says_and_no_password_is_shown() {
    let folder = Folder::new("migrate-places");
    let [home, to, _] = home(&folder);
    let problem = "--to x is a new file, which is given without ?turns and ?read-only";
    is_wrong_usage(&cu(["migrate", "--home", &home, "--to", "redb:x?turns"]), problem);
    #[cfg(feature = "postgres")]
    {
        let nowhere = "postgres://me:secret@127.0.0.1:1/d?namespace=n";
        let (shown, complaint, status) = texts(&cu(["migrate", "--home", &home, "--to", nowhere]));
        assert_eq!((shown.as_str(), status), ("", Some(3)));
        assert!(complaint.contains("no connection") && !complaint.contains("secret"), "{complaint}");
    }
    let copied = "tables: 12\nentries: 18\nentries in another form: 0\nfunctions in a newer form: 0\nwrong: 0\n";
    for place in ["memory:", &format!("redb:{to}")] {
        shows(&cu(["migrate", "--home", &home, "--to", place]), copied);
    }
    assert_eq!(answers(&to, &[]), "1\n3000\n36\ntrue\n");
    let left: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
