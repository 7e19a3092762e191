//! The commands `cu key`, `cu encrypt`, `cu rotate` and `cu decrypt`: the data that they keep, their refusals, and the
//! files after they are killed.
#![cfg(all(feature = "redb", feature = "encryption"))]

#[path = "../../../testkit/src/folder.rs"]
mod folder;
mod killed;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use cu_host::{EncryptedStore, EncryptionKey, RedbStore, Store};

use folder::Folder;

impl Folder {
    /// A key that the command made and the library reads.
    fn key(&self, name: &str) -> (String, EncryptionKey) {
        let file = self.file(name);
        let shown = texts(&cu(&["key", &file])).0;
        let digits = std::fs::read_to_string(&file).unwrap();
        let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
        let key = EncryptionKey::new(&std::array::from_fn(byte));
        assert_eq!((shown, digits.len()), (format!("key id: {}\n", key.id()), 65));
        (file, key)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cu"));
    command.args(words);
    command
}

fn cu(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[track_caller]
fn shows(words: &[&str], expected: &str) {
    let output = cu(words);
    assert_eq!((texts(&output), output.status.code()), ((expected.to_owned(), String::new()), Some(0)));
}

#[track_caller]
fn is_refused(words: &[&str], status: i32, complaint: &str) {
    let output = cu(words);
    let end = if status == 2 { format!("\nTry 'cu {} --help'.\n", words[0]) } else { "\n".to_owned() };
    assert_eq!(
        (texts(&output), output.status.code()),
        ((String::new(), format!("cu: {complaint}{end}")), Some(status))
    );
}

type Rows = BTreeMap<(u32, Vec<u8>), Vec<u8>>;

/// Every row of a store.
fn rows(store: &mut impl Store) -> Rows {
    let mut rows = Rows::new();
    let mut next = store.next_table(None).unwrap();
    while let Some(table) = next {
        let mut keys = Vec::new();
        let mut take = |key: &[u8]| {
            keys.push(key.to_vec());
            true
        };
        store.keys(table, None, false, &mut take).unwrap();
        rows.extend(keys.into_iter().map(|key| {
            let value = store.get(table, &key).unwrap().unwrap().into_owned();
            ((table, key), value)
        }));
        next = store.next_table(Some(table)).unwrap();
    }
    rows
}

/// The rows of the file, opened plain or with the key.
fn rows_of(home: &str, key: Option<&EncryptionKey>) -> Option<Rows> {
    let mut file = RedbStore::open(home).unwrap();
    match key {
        Some(key) => EncryptedStore::open(file, key.clone()).ok().map(|mut store| rows(&mut store)),
        None if cu_host::store::encrypted::is_encrypted(&mut file).unwrap() => None,
        None => Some(rows(&mut file)),
    }
}

/// The rows of the file as stored, encrypted or not.
fn raw_rows(home: &str) -> Rows {
    rows(&mut RedbStore::open(home).unwrap())
}

fn contains(file: &str, bytes: &[u8]) -> bool {
    std::fs::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn a_home_is_encrypted_rotated_and_made_plain_again() {
    let folder = Folder::new("whole");
    let (home, script) = (folder.file("home.redb"), folder.file("fill.lua"));
    let ((first, first_key), (second, second_key)) = (folder.key("first.key"), folder.key("second.key"));
    let fill = "local n = 0 function _home.counter() n = n + 1 return n end
                _home.users = { { name = 'MARKER' } } _home.long = ('MARKER '):rep(300)
                return _home.counter()";
    std::fs::write(&script, fill).unwrap();
    shows(&["run", &script, "--home", &home], "1\n");
    let plain = rows_of(&home, None).unwrap();
    assert!(contains(&home, b"MARKER"));

    let values = plain.len();
    shows(&["encrypt", "--home", &home, "--key-file", &first], &format!("values: {values} encrypted\n"));
    assert!(!contains(&home, b"MARKER"));
    assert_eq!(rows_of(&home, Some(&first_key)).as_ref(), Some(&plain));
    let ask = "return _home.users[1].name, #_home.long";
    shows(&["eval", ask, "--home", &home, "--key-file", &first], "MARKER\n2100\n");
    let unlocked = format!("cannot open {home}: it is encrypted, and needs --key-file FILE");
    is_refused(&["eval", ask, "--home", &home], 3, &unlocked);

    let rotate = ["rotate", "--home", &home, "--key-file", &first, "--new-key-file", &second];
    shows(&rotate, &format!("values: {values} encrypted with the new key\n"));
    assert_eq!((rows_of(&home, Some(&first_key)), rows_of(&home, Some(&second_key))), (None, Some(plain.clone())));
    shows(&["eval", "return _home.counter()", "--home", &home, "--key-file", &second], "2\n");
    let changed = rows_of(&home, Some(&second_key)).unwrap();

    let decrypted = format!("values: {} decrypted\n", changed.len());
    shows(&["decrypt", "--home", &home, "--key-file", &second], &decrypted);
    assert_eq!(rows_of(&home, None), Some(changed));
    shows(&["eval", "return _home.counter(), _home.users", "--home", &home], "3\n{{name = \"MARKER\"}}\n");
    assert_eq!(folder.names(), ["fill.lua", "first.key", "home.redb", "second.key"]);
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let folder = Folder::new("refused");
    let (plain, sealed, missing) = (folder.file("plain.redb"), folder.file("sealed.redb"), folder.file("missing.redb"));
    let ((key, id), (other, other_id)) = (folder.key("key"), folder.key("other.key"));
    let (id, other_id) = (id.id(), other_id.id());
    let short = folder.file("short.key");
    std::fs::copy(&key, &short).unwrap(); // For its mode.
    std::fs::write(&short, "secret").unwrap();
    shows(&["eval", "_home.n = 1", "--home", &plain], "");
    shows(&["eval", "_home.n = 1", "--home", &sealed, "--key-file", &key], "");
    let before = [&plain, &sealed].map(|file| raw_rows(file));

    let open = |file: &str, cause: &str| format!("cannot open {file}: {cause}");
    let encrypt = |home: &str, key: &str, status: i32, complaint: &str| {
        is_refused(&["encrypt", "--home", home, "--key-file", key], status, complaint);
    };
    let rotate = |home: &str, old: &str, new: &str, status: i32, complaint: &str| {
        is_refused(&["rotate", "--home", home, "--key-file", old, "--new-key-file", new], status, complaint);
    };
    let decrypt = |home: &str, key: &str, status: i32, complaint: &str| {
        is_refused(&["decrypt", "--home", home, "--key-file", key], status, complaint);
    };
    let wrong = format!("table 4278190080, key 656e63727970746564: the value needs the key with id {id}; given is");
    let no_file = "No such file or directory (os error 2)";
    let no_key = format!("{short}: a key is 32 bytes or 64 hexadecimal digits; the file has 6 bytes");
    encrypt(&sealed, &other, 3, &open(&sealed, "it is encrypted already; cu rotate gives it another key"));
    encrypt(&missing, &key, 3, &format!("{missing}: {no_file}"));
    encrypt(&plain, &short, 2, &no_key);
    encrypt(&plain, &missing, 3, &format!("{missing}: {no_file}"));
    rotate(&plain, &key, &other, 3, &open(&plain, "it is not encrypted"));
    rotate(&sealed, &key, &key, 2, &format!("both key files have the same key, with id {id}"));
    rotate(&sealed, &other, &key, 3, &open(&sealed, &format!("it has the new key already, with id {id}")));
    rotate(&sealed, &key, &short, 2, &no_key);
    let (third, third_key) = folder.key("third.key");
    let given = format!("{wrong} {other_id}");
    let both = format!("{wrong} {}, {other_id}", third_key.id());
    rotate(&sealed, &other, &third, 3, &open(&sealed, &both));
    decrypt(&plain, &key, 3, &open(&plain, "it is not encrypted"));
    decrypt(&sealed, &other, 3, &open(&sealed, &given));
    decrypt(&missing, &key, 3, &format!("{missing}: {no_file}"));

    is_refused(&["encrypt", "--key-file", &key], 2, "encrypt needs --home FILE");
    is_refused(&["encrypt", "--home", &plain], 2, "encrypt needs --key-file FILE");
    is_refused(&["rotate", "--home", &sealed, "--key-file", &key], 2, "rotate needs --new-key-file FILE");
    is_refused(&["decrypt", "surplus", "--home", &sealed], 2, "unexpected argument 'surplus'");
    let misplaced = ["eval", "return 1", "--home", &sealed, "--key-file", &key, "--new-key-file", &other];
    is_refused(&misplaced, 2, "eval takes no --new-key-file");

    let held = RedbStore::open(&plain).unwrap();
    encrypt(&plain, &key, 3, &open(&plain, "another process has it open"));
    drop(held);
    assert_eq!([&plain, &sealed].map(|file| raw_rows(file)), before);
    assert!(!folder.names().iter().any(|name| name.contains("missing") || name.contains("unfinished")));
}

#[test]
fn a_key_is_never_overwritten() {
    let folder = Folder::new("key");
    let (file, _) = folder.key("key");
    let before = std::fs::read(&file).unwrap();
    is_refused(
        &["key", &file],
        3,
        &format!("{file}: it exists and is not overwritten: what it may have encrypted needs it"),
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_ne!(folder.key("another").1.id(), folder.key("third").1.id());
    is_refused(&["key"], 2, "FILE is missing");
    let nowhere = folder.file("no/key");
    is_refused(&["key", &nowhere], 3, &format!("{nowhere}: No such file or directory (os error 2)"));
    let alone = command(&["key", "bare.key"]).current_dir(&folder.0).output().unwrap();
    assert_eq!((texts(&alone).1.as_str(), folder.0.join("bare.key").exists()), ("", true));
    #[cfg(unix)]
    assert_eq!(mode(&file), 0o600);
}

#[cfg(unix)]
fn mode(file: &str) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions()) & 0o777
}

#[cfg(unix)]
#[test]
fn mode_and_links_stay_and_what_a_killed_run_left_is_replaced() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("links");
    let (home, link, rest) = (folder.file("home.redb"), folder.file("link.redb"), folder.file("home.redb.unfinished"));
    let (key, id) = folder.key("key");
    shows(&["eval", "_home.secret = 'MARKER'", "--home", &home], "");
    let plain = rows_of(&home, None);
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("home.redb", &link).unwrap();
    std::fs::write(&rest, "somebody's key").unwrap();
    let in_the_way = "it is in the way, and nothing that a killed run left: give it another name";
    let named = std::fs::canonicalize(&rest).unwrap();
    is_refused(&["encrypt", "--home", &link, "--key-file", &key], 3, &format!("{}: {in_the_way}", named.display()));
    std::fs::write(&rest, [0; 5000]).unwrap();
    assert!(cu(&["encrypt", "--home", &link, "--key-file", &key]).status.success());
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(!contains(&home, b"MARKER") && !Path::new(&rest).exists());
    assert_eq!((mode(&home), rows_of(&link, Some(&id))), (0o640, plain));
}

#[test]
fn a_damaged_value_is_named_and_the_home_stays() {
    let folder = Folder::new("damaged");
    let home = folder.file("home.redb");
    let ((key, _), (other, _)) = (folder.key("key"), folder.key("other"));
    shows(&["eval", "_home.n = 1", "--home", &home, "--key-file", &key], "");
    let mut store = RedbStore::open(&home).unwrap();
    let name = cu_host::Value::from("n").encode_key().unwrap();
    let mut bytes = store.get(1, &name).unwrap().unwrap().into_owned();
    bytes[40] ^= 1;
    store.set(1, &name, &bytes).unwrap();
    drop(store);
    let before = raw_rows(&home);
    let complaint = "the store failed with code -9: table 1, key 016e00: the value is not what was encrypted here: its \
                     bytes were changed, or it was moved";
    is_refused(&["rotate", "--home", &home, "--key-file", &key, "--new-key-file", &other], 3, complaint);
    is_refused(&["decrypt", "--home", &home, "--key-file", &key], 3, complaint);
    assert_eq!(raw_rows(&home), before);
    assert_eq!(folder.names(), ["home.redb", "key", "other"]);
}

#[test]
fn a_home_that_a_program_left_in_the_middle_of_a_rotation_is_rotated() {
    let folder = Folder::new("middle");
    let home = folder.file("home.redb");
    let ((old, old_key), (new, new_key)) = (folder.key("old"), folder.key("new"));
    let mut store = EncryptedStore::open(RedbStore::open(&home).unwrap(), old_key.clone()).unwrap();
    store.set(5, b"before", b"1").unwrap();
    let keys = cu_host::Keys::new(new_key.clone()).with_older(old_key);
    let mut store = EncryptedStore::open(store.into_inner(), keys).unwrap();
    store.set(5, b"meanwhile", b"2").unwrap();
    let all = rows(&mut store);
    drop(store);
    shows(
        &["rotate", "--home", &home, "--key-file", &old, "--new-key-file", &new],
        "values: 2 encrypted with the new key\n",
    );
    assert_eq!(rows_of(&home, Some(&new_key)), Some(all));
}
