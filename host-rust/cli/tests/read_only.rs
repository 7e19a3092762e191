//! Files that are opened for reading: nothing in them changes, and no right to write is needed.
#![cfg(feature = "redb")]

#[path = "../../testkit/src/folder.rs"]
mod folder;

use std::process::{Command, Output};

use cu_host::store::READ_ONLY;
use cu_host::{
    Error, FileMode, Instance, MODULE, Module, Options, Permissions, RedbOptions, RedbStore, Store, StoreError,
};
use folder::Folder;

const READ: RedbOptions = RedbOptions { mode: FileMode::ReadOnly, wait: cu_host::Wait::Never };

fn read(file: &str) -> RedbStore {
    RedbStore::open_with(file, READ).unwrap()
}

/// A home with a table, a long text, a function with a captured variable, and what a request left in `_io`.
fn furnished(folder: &Folder) -> String {
    let file = folder.file("home.redb");
    let store = RedbStore::open(&file).unwrap();
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store, Options::default()).unwrap();
    let code = "_home.list = { 1, 2, { 3 } } _home.text = ('x'):rep(5000) _io.left = 'here'
        local n = 0 function _home.count() n = n + 1 return n end return _home.count()";
    assert_eq!(instance.compute(code).unwrap().value().as_i64(), Some(1));
    file
}

#[test]
fn a_file_that_is_read_is_not_changed_and_shared_with_others_who_read() {
    let folder = Folder::new("read");
    let file = furnished(&folder);
    let before = std::fs::read(&file).unwrap();
    let module = Module::new(MODULE).unwrap();
    let options = || Options { permissions: Permissions::new().read_only(), ..Options::default() };
    let mut one = Instance::new(&module, read(&file), options()).unwrap();
    let mut other = Instance::new(&module, read(&file), options()).unwrap();
    for instance in [&mut one, &mut other] {
        instance.clear_io().unwrap();
        let code = "return _home.list[3][1], #_home.text, _home.count(), _home.count(), ext.size(_io)";
        let values = instance.compute(code).unwrap().values;
        let values: Vec<_> = values.iter().map(|value| value.as_i64().unwrap()).collect();
        assert_eq!(values, [3, 5000, 2, 3, 0]);
        // A result that does not fit the buffer goes through `_io`.
        assert_eq!(
            instance.compute("return ('y'):rep(100000)").unwrap().value().as_bytes().map(<[u8]>::len),
            Some(100_000)
        );
    }
    let refused = RedbStore::open(&file).err().map(|error| error.to_string());
    assert_eq!(refused, Some(format!("cannot open {file}: another process has it open")));
    drop((one, other));
    assert!(std::fs::read(&file).unwrap() == before);
}

#[test]
fn changes_are_refused_with_a_code_of_their_own() {
    let folder = Folder::new("refused");
    let file = furnished(&folder);
    let mut store = read(&file);
    let size = store.size(1).unwrap();
    let is_refused = |answer: Result<(), StoreError>| {
        let error = answer.unwrap_err();
        assert_eq!(error.code, READ_ONLY);
        assert_eq!(error.message, "the file is open for reading, and nothing in it can be changed");
    };
    is_refused(store.set(1, b"k", b"v"));
    is_refused(store.clear(1));
    is_refused(store.compact().map(drop));
    store.begin().unwrap();
    is_refused(store.set(0x8000_0000, b"k", b"v"));
    store.commit().unwrap();
    assert_eq!(store.size(1), Ok(size));
    // A script that may write finds that the store does not.
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store, Options::default()).unwrap();
    match instance.compute("_home.list[1] = 7") {
        Err(Error::Host { cause, .. }) => assert_eq!(cause.code, READ_ONLY),
        other => panic!("{other:?}"),
    }
    assert_eq!(instance.compute("return _home.list[1]").unwrap().value().as_i64(), Some(1));
    let missing = RedbStore::open_with(folder.file("missing.redb"), READ).err().unwrap().to_string();
    assert!(missing.contains("No such file"), "{missing}");
}

#[test]
fn a_file_of_a_process_that_died_is_read_as_it_was_committed() {
    let folder = Folder::new("died");
    let (file, copy) = (furnished(&folder), folder.file("copy.redb"));
    let mut store = RedbStore::open(&file).unwrap();
    store.set(9, b"committed", b"v").unwrap();
    store.begin().unwrap();
    store.set(9, b"lost", b"v").unwrap();
    // The copy is what a process leaves that is killed now.
    std::fs::copy(&file, &copy).unwrap();
    let before = std::fs::read(&copy).unwrap();
    let mut store = read(&copy);
    assert_eq!((store.size(9), store.get(9, b"lost").map(|value| value.is_none())), (Ok(1), Ok(true)));
    drop(store);
    assert!(std::fs::read(&copy).unwrap() == before);
}

fn shown(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The words before a command that run it where `file` cannot be written: as a user without the right, or in a mount
/// for reading. Root may write everywhere else.
#[cfg(unix)]
fn without_right_to_write(folder: &Folder, file: &str) -> Vec<(&'static str, Vec<String>)> {
    use std::os::unix::fs::PermissionsExt;

    let set = |path: &str, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let path = folder.0.to_str().unwrap();
    set(file, 0o444);
    set(path, 0o555);
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mount = format!("mount --bind {path} {path} && mount -o remount,bind,ro {path} && exec \"$@\"");
    let ways = [
        ("this user, without the right", vec![]),
        ("setpriv", words(&["setpriv", "--reuid=65534", "--clear-groups"])),
        ("a mount", words(&["unshare", "--mount", "sh", "-c", &mount, "sh"])),
    ];
    let mut possible = Vec::new();
    for (name, way) in ways {
        let script = format!("test -r {file} && ! test -w {file} && ! touch {path}/new 2>/dev/null");
        let tried = [&way[..], &words(&["sh", "-c", &script])].concat();
        let worked = Command::new(&tried[0]).args(&tried[1..]).output().is_ok_and(|output| output.status.success());
        if worked {
            possible.push((name, way));
        } else {
            eprintln!("SKIPPED: {name} is not possible here");
        }
    }
    possible
}

#[test]
#[cfg(unix)]
fn the_command_line_reads_where_nothing_can_be_written() {
    let folder = Folder::new("file-system");
    let home = furnished(&folder);
    let cu = folder.file("cu");
    std::fs::copy(env!("CARGO_BIN_EXE_cu"), &cu).unwrap();
    let run = |way: &[String], words: &[&str]| {
        let words =
            [way, std::slice::from_ref(&cu), &words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()].concat();
        Command::new(&words[0]).args(&words[1..]).arg("--home").arg(&home).output().unwrap()
    };
    for (name, way) in without_right_to_write(&folder, &home) {
        let output = run(&way, &["eval", "--read-only", "return _home.list[3][1], _home.count()"]);
        assert_eq!(shown(&output), ("3\n2\n".to_owned(), String::new()), "{name}");
        let output = run(&way, &["homes"]);
        assert_eq!(shown(&output), ("1\t\n".to_owned(), String::new()), "{name}");
        let output = run(&way, &["eval", "return 1"]);
        let (out, complaint) = shown(&output);
        assert!(out.is_empty() && complaint.starts_with(&format!("cu: cannot open {home}: ")), "{name}: {complaint}");
    }
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o755)).unwrap();
}
