//! Commands that are killed: at many moments, and when the new file takes the place of the old one.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cu_host::{EncryptionKey, RedbStore, Store};

use crate::{Folder, Rows, command, cu, rows, rows_of};

/// A plain home that takes some time: it has more values than one transaction.
fn fill(home: &str) -> Rows {
    let mut store = RedbStore::open(home).unwrap();
    store.begin().unwrap();
    for number in 0..12_000_u32 {
        let value: Vec<u8> = number.to_le_bytes().repeat(1 + number as usize % 60);
        store.set(1 + number % 7, &number.to_be_bytes(), &value).unwrap();
    }
    store.commit().unwrap();
    rows(&mut store)
}

/// Runs a command repeatedly over copies of a home, kills it each time at another moment, and checks the home: it must
/// be the old one, or the one that the finished command leaves.
fn kill_at_many_moments(folder: &Folder, words: &[&str], keys: [Option<&EncryptionKey>; 2], expected: &Rows) {
    let (home, original) = (folder.file("home.redb"), folder.file("original.redb"));
    let words = [words, &["--home", &home]].concat();
    let start = || {
        std::fs::copy(&original, &home).unwrap();
        command(&words).stdout(Stdio::null()).spawn().unwrap()
    };
    let began = Instant::now();
    assert!(start().wait().unwrap().success());
    let whole = began.elapsed();
    assert!(rows_of(&home, keys[1]).as_ref() == Some(expected), "{words:?}");

    let mut outcomes = [0, 0];
    let mut check = |wait: &dyn Fn()| {
        let mut child = start();
        wait();
        child.kill().unwrap();
        child.wait().unwrap();
        let found = keys.map(|key| rows_of(&home, key));
        let is_new = found[0].is_none();
        assert!(is_new != found[1].is_none(), "either the one or the other");
        assert!(found[usize::from(is_new)].as_ref() == Some(expected), "{words:?}, new: {is_new}");
        outcomes[usize::from(is_new)] += 1;
        // A second run of the command finishes.
        if !is_new {
            assert!(cu(&words).status.success());
        }
        assert!(rows_of(&home, keys[1]).as_ref() == Some(expected), "{words:?}");
        assert!(!Path::new(&format!("{home}.unfinished")).exists());
    };
    const MOMENTS: u32 = 10;
    (0..MOMENTS).for_each(|moment| check(&|| std::thread::sleep(whole * moment / MOMENTS)));
    let is_begun = || Path::new(&format!("{home}.unfinished")).exists();
    check(&|| wait_until(is_begun));
    check(&|| {
        wait_until(is_begun);
        wait_until(|| !is_begun());
    });
    assert!(outcomes[0] > 0 && outcomes[1] > 0, "{outcomes:?} of {words:?}");
}

/// Polls without a pause, so that little happens between the rename and the kill.
fn wait_until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() && began.elapsed() < Duration::from_secs(10) {}
}

#[test]
fn killed_at_any_moment_a_home_is_as_it_was_or_done() {
    let folder = Folder::new("killed");
    let original = folder.file("original.redb");
    let ((old, old_key), (new, new_key)) = (folder.key("old"), folder.key("new"));
    let plain = fill(&original);
    kill_at_many_moments(&folder, &["encrypt", "--key-file", &old], [None, Some(&old_key)], &plain);
    assert!(cu(&["encrypt", "--home", &original, "--key-file", &old]).status.success());
    let rotate = ["rotate", "--key-file", &old, "--new-key-file", &new];
    kill_at_many_moments(&folder, &rotate, [Some(&old_key), Some(&new_key)], &plain);
    kill_at_many_moments(&folder, &["decrypt", "--key-file", &old], [Some(&old_key), None], &plain);
}
