//! The options `--home` and `--key-file` of the command line: the data that stays, the text that is shown, the
//! refusals, and `cu gc`.
#![cfg(feature = "redb")]

#[path = "../../testkit/src/folder.rs"]
mod folder;
mod program;

use std::path::Path;
use std::process::{Command, Output};

use cu_host::Store;

use folder::Folder;
use program::shows;

fn cu(words: &[&str], home: &str) -> Output {
    program::cu(words.iter().copied().chain(["--home", home]))
}

/// Standard output of a run, and its complaint.
fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn home_is_kept_from_run_to_run() {
    let folder = Folder::new("kept");
    let (home, script) = (folder.file("home.redb"), folder.file("count.lua"));
    std::fs::write(&script, "_home.counter = (_home.counter or 0) + 1 return _home.counter").unwrap();
    for run in 1..=4 {
        shows(&cu(&["run", &script], &home), &format!("{run}\n"));
    }
    shows(&cu(&["eval", "return _home.counter"], &home), "4\n");
    shows(&cu(&["eval", "return type(_home.counter)"], &folder.file("other.redb")), "nil\n");
}

#[test]
fn a_run_that_fails_keeps_what_came_before_the_error() {
    let folder = Folder::new("failed");
    let home = folder.file("home.redb");
    let failed = cu(&["eval", "_home.before = { x = 1 } error('no') _home.after = 1"], &home);
    assert_eq!(failed.status.code(), Some(1));
    assert!(texts(&failed).1.contains("no"));
    shows(&cu(&["eval", "return _home.before.x, _home.after"], &home), "1\nnil\n");
}

#[test]
fn io_begins_empty() {
    let folder = Folder::new("io");
    let home = folder.file("home.redb");
    shows(&cu(&["eval", "_io.output = 'x' return ('x'):rep(70000)"], &home), &("x".repeat(70_000) + "\n"));
    shows(&cu(&["eval", "return ext.size(_io)"], &home), "0\n");
}

#[test]
fn a_file_that_cannot_be_opened_is_named_with_the_cause() {
    let folder = Folder::new("refused");
    let text = folder.file("text.redb");
    std::fs::write(&text, "this is no database, but it is as long as a header: ".repeat(100)).unwrap();
    for (home, cause) in [
        (folder.0.to_str().unwrap().to_owned(), "directory"),
        (folder.file("no/home.redb"), "No such file"),
        (text, "it is no redb database"),
    ] {
        let output = cu(&["eval", "return 1"], &home);
        let (shown, complaint) = texts(&output);
        assert_eq!((shown.as_str(), output.status.code()), ("", Some(3)));
        let named = format!("cu: cannot open {home}: ");
        assert!(complaint.starts_with(&named) && complaint.contains(cause), "{complaint}");
    }
    assert!(std::fs::read(folder.file("text.redb")).unwrap().starts_with(b"this is no database"));
}

#[test]
fn a_second_process_is_refused_while_the_first_has_the_file_open() {
    let folder = Folder::new("shared");
    let home = folder.file("home.redb");
    let first = cu_host::RedbStore::open(&home).unwrap();
    let (_, complaint) = texts(&cu(&["eval", "return 1"], &home));
    assert_eq!(complaint, format!("cu: cannot open {home}: another process has it open\n"));
    drop(first);
    shows(&cu(&["eval", "return 1"], &home), "1\n");
}

#[test]
fn a_table_that_is_returned_is_shown_with_what_it_holds() {
    let folder = Folder::new("shown");
    let home = folder.file("home.redb");
    let users = "_home.users = { { name = 'Ada', tags = { 'a', 'b' } } }";
    shows(
        &cu(&["eval", &format!("{users} return _home.users, 1")], &home),
        "{{name = \"Ada\", tags = {\"a\", \"b\"}}}\n1\n",
    );
    let again = "_home.users[1].self = _home.users[1] return { _home.users[1].self }";
    let shown = texts(&cu(&["eval", again], &home)).0;
    let (name, _) = shown[1..].split_once(" {").unwrap();
    assert!(name.starts_with("table: external "), "{shown}");
    assert_eq!(shown, format!("{{{name} {{name = \"Ada\", self = {name}, tags = {{\"a\", \"b\"}}}}}}\n"));
    let deep = texts(&cu(&["eval", "_home.deep = {{{{{}}}}} return _home.deep"], &home)).0;
    assert!(deep.starts_with("{{{{table: external "), "{deep}");
}

#[test]
fn a_table_that_is_large_is_shown_as_far_as_it_is_not() {
    let folder = Folder::new("large");
    let home = folder.file("home.redb");
    let fill = "_home.large = {} for i = 1, 10000 do _home.large[i] = i end";
    let whole = texts(&cu(&["eval", &format!("{fill} return _home.large")], &home)).0;
    assert!(whole.starts_with("{1, 2, 3, ") && whole.ends_with(", 9999, 10000}\n"));
    let above = texts(&cu(&["eval", "return _home"], &home)).0;
    assert!(above.starts_with("{large = table: external "), "{above}");
    let more = texts(&cu(&["eval", "_home.large[0] = 0 return _home.large, 'next'"], &home)).0;
    assert!(more.starts_with("table: external ") && more.ends_with(" with more than 10000 entries\nnext\n"), "{more}");
}

#[test]
fn a_damaged_value_is_named_behind_what_was_shown() {
    let folder = Folder::new("damaged");
    let home = folder.file("home.redb");
    shows(&cu(&["eval", "_home.a = { x = 1 } _home.b = 'whole'"], &home), "");
    let mut store = cu_host::RedbStore::open(&home).unwrap();
    store.set(1, &cu_host::Value::from("b").encode_key().unwrap(), b"\x04\xff\0\0\0").unwrap();
    drop(store);
    let damaged = "table 1, key 016200: malformed at byte 1: the length exceeds what is left\n";
    let output = cu(&["eval", "print('printed') return 1, _home, 2"], &home);
    assert_eq!(texts(&output), ("printed\n1\n".to_owned(), format!("cu: {damaged}")));
    assert_eq!(output.status.code(), Some(3));
    let output = cu(&["gc"], &home);
    let complaint = format!("cu: the collection stopped before it freed everything: {damaged}");
    assert_eq!((texts(&output), output.status.code()), ((String::new(), complaint), Some(3)));
}

#[test]
fn gc_frees_what_nothing_reaches_and_makes_the_file_smaller() {
    let folder = Folder::new("gc");
    let home = folder.file("home.redb");
    let fill = "for i = 1, 200 do _home[i] = { text = tostring(i):rep(500), f = function() return i end } end
                _home.kept = { list = { 1, 2, 3 }, f = function() end } _io.output = { 1 }";
    shows(&cu(&["eval", fill], &home), "");
    shows(&cu(&["eval", "for i = 1, 200 do _home[i] = nil end"], &home), "");
    let length = || std::fs::metadata(&home).unwrap().len();
    let before = length();
    let shown = texts(&cu(&["gc"], &home)).0;
    let after = length();
    let expected = format!(
        "tables: 200 freed, 3 kept\nentries: 400 freed, 6 kept\nstored functions: 200 freed, 1 kept\n\
         the file: {before} bytes before, {after} after\n"
    );
    assert_eq!(shown, expected);
    assert!(after < before / 2, "{before} {after}");
    shows(&cu(&["eval", "return _home"], &home), "{kept = {f = function: stored 606, list = {1, 2, 3}}}\n");
    let again = texts(&cu(&["gc"], &home)).0;
    assert!(again.starts_with("tables: 0 freed, 3 kept\n"), "{again}");
}

#[test]
fn gc_finds_tables_whatever_their_ids() {
    let folder = Folder::new("ids");
    let home = folder.file("home.redb");
    // Each run leaves a part of its ids unused, so that after some runs a few tables have high ids.
    let module = cu_host::Module::new(cu_host::MODULE).unwrap();
    let store = cu_host::RedbStore::open(&home).unwrap();
    let mut instance = cu_host::Instance::new(&module, store, cu_host::Options::default()).unwrap();
    instance.reserve_table_ids((1 << 22) + 1000).unwrap();
    instance.compute("_home.gone = { 1 } _home.kept = { 2 } _home.gone = nil").unwrap();
    drop(instance);
    let shown = texts(&cu(&["gc"], &home)).0;
    assert!(shown.starts_with("tables: 1 freed, 2 kept\n"), "{shown}");
}

#[test]
fn gc_takes_a_file_that_is_there() {
    let folder = Folder::new("none");
    let missing = folder.file("missing.redb");
    let output = cu(&["gc"], &missing);
    assert_eq!(output.status.code(), Some(3));
    assert!(texts(&output).1.starts_with(&format!("cu: {missing}: ")));
    assert!(!Path::new(&missing).exists());
    assert_eq!(cu(&["gc", "surplus"], &missing).status.code(), Some(2));
    let without = Command::new(env!("CARGO_BIN_EXE_cu")).arg("gc").output().unwrap();
    assert_eq!(
        (texts(&without).1.as_str(), without.status.code()),
        ("cu: gc needs --home FILE\nTry 'cu gc --help'.\n", Some(2))
    );
}

/// A key file that only its owner can use.
#[cfg(feature = "encryption")]
fn key_file(folder: &Folder, name: &str, content: &[u8]) -> String {
    let file = folder.file(name);
    std::fs::write(&file, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    file
}

#[cfg(feature = "encryption")]
#[test]
fn a_key_file_encrypts_what_is_kept() {
    let folder = Folder::new("encrypted");
    let (home, script) = (folder.file("home.redb"), folder.file("count.lua"));
    let bytes = key_file(&folder, "bytes.key", &[0x5a; 32]);
    let digits = key_file(&folder, "digits.key", &[&[b'5', b'a'].repeat(32)[..], b"\n"].concat());
    let fill =
        "local n = 0 function _home.counter() n = n + 1 return n end _home.secret = 'MARKER' return _home.counter()";
    shows(&cu(&["eval", fill, "--key-file", &bytes], &home), "1\n");
    std::fs::write(&script, "return _home.counter(), _home.secret").unwrap();
    shows(&cu(&["run", &script, "--key-file", &digits], &home), "2\nMARKER\n");
    shows(&cu(&["eval", "return _home.counter()", "--key-file", &bytes], &home), "3\n");
    assert!(!std::fs::read(&home).unwrap().windows(6).any(|window| window == b"MARKER"));
    shows(&cu(&["eval", "_home.gone = { { 1 } } _home.gone = nil", "--key-file", &bytes], &home), "");
    let collected = texts(&cu(&["gc", "--key-file", &bytes], &home));
    assert!(collected.0.starts_with("tables: 2 freed, 1 kept\nentries: 2 freed, 2 kept\n"), "{collected:?}");
    shows(&cu(&["eval", "return _home.counter()", "--key-file", &bytes], &home), "4\n");
}

#[cfg(feature = "encryption")]
#[test]
fn a_file_is_opened_with_its_own_key_only() {
    let folder = Folder::new("keys");
    let (home, plain) = (folder.file("home.redb"), folder.file("plain.redb"));
    let right = key_file(&folder, "right.key", &[1; 32]);
    let wrong = key_file(&folder, "wrong.key", &[2; 32]);
    shows(&cu(&["eval", "_home.n = 1", "--key-file", &right], &home), "");
    shows(&cu(&["eval", "_home.n = 1"], &plain), "");
    for command in [&["eval", "return 1"][..], &["gc"]] {
        let ids = [1, 2].map(|byte| cu_host::EncryptionKey::new(&[byte; 32]).id());
        let place = "table 4278190080, key 656e63727970746564";
        for (home, key, cause) in [
            (&home, Some(&wrong), format!("{place}: the value needs the key with id {}; given is {}", ids[0], ids[1])),
            (&home, None, "it is encrypted, and needs --key-file FILE".to_owned()),
            (
                &plain,
                Some(&right),
                "the store is not encrypted, or has lost the record of it; entries in table 1: 1".to_owned(),
            ),
        ] {
            let words: Vec<&str> =
                command.iter().copied().chain(key.iter().flat_map(|key| ["--key-file", key.as_str()])).collect();
            let output = cu(&words, home);
            let complaint = format!("cu: cannot open {home}: {cause}\n");
            assert_eq!((texts(&output), output.status.code()), ((String::new(), complaint), Some(3)), "{words:?}");
        }
    }
    shows(&cu(&["eval", "return _home.n", "--key-file", &right], &home), "1\n");
    shows(&cu(&["eval", "return _home.n"], &plain), "1\n");
}

#[cfg(feature = "encryption")]
#[test]
fn a_value_that_was_changed_is_named() {
    let folder = Folder::new("tampered");
    let home = folder.file("home.redb");
    let key = key_file(&folder, "key", &[1; 32]);
    shows(&cu(&["eval", "_home.n = 1", "--key-file", &key], &home), "");
    let mut store = cu_host::RedbStore::open(&home).unwrap();
    let name = cu_host::Value::from("n").encode_key().unwrap();
    let mut bytes = store.get(1, &name).unwrap().unwrap().into_owned();
    bytes[40] ^= 1;
    store.set(1, &name, &bytes).unwrap();
    drop(store);
    let output = cu(&["eval", "print('printed') return _home.n", "--key-file", &key], &home);
    let (shown, complaint) = texts(&output);
    assert_eq!((shown.as_str(), output.status.code()), ("printed\n", Some(3)));
    let cause = "cu: the store failed with code -9: table 1, key 016e00: the value is not what was encrypted here: its bytes \
                 were changed, or it was moved\n";
    assert!(complaint.ends_with(cause), "{complaint}");
}

#[cfg(feature = "encryption")]
#[test]
fn a_key_file_that_is_none_is_refused_and_one_for_everyone_complained_about() {
    let folder = Folder::new("key-files");
    let home = folder.file("home.redb");
    let short = key_file(&folder, "short.key", b"secret");
    let wanted = "a key is 32 bytes or 64 hexadecimal digits; the file has";
    let output = cu(&["eval", "return 1", "--key-file", &short], &home);
    let complaint = format!("cu: {short}: {wanted} 6 bytes\nTry 'cu eval --help'.\n");
    assert_eq!((texts(&output).1, output.status.code()), (complaint, Some(2)));
    let long = key_file(&folder, "long.key", &[1; 5000]);
    let complaint = texts(&cu(&["eval", "return 1", "--key-file", &long], &home)).1;
    assert!(complaint.starts_with(&format!("cu: {long}: {wanted} at least 1024 bytes\n")), "{complaint}");
    let output = cu(&["eval", "return 1", "--key-file", "no-such-file"], &home);
    assert!(texts(&output).1.starts_with("cu: no-such-file: "));
    let alone =
        Command::new(env!("CARGO_BIN_EXE_cu")).args(["eval", "return 1", "--key-file", &short]).output().unwrap();
    assert_eq!(texts(&alone).1, "cu: --key-file needs --home FILE\nTry 'cu eval --help'.\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = key_file(&folder, "open.key", &[1; 32]);
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
        let output = cu(&["eval", "return 1", "--key-file", &open], &home);
        let warning = format!("cu: warning: others can use the key file {open} (mode 644): chmod 600 {open}\n");
        assert_eq!((texts(&output), output.status.code()), (("1\n".to_owned(), warning), Some(0)));
    }
}
