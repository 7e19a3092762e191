//! `cu bench`: what runs take, beside what they took.

use std::fs;

use super::{cu, fails, is_wrong_usage, texts};
use crate::folder::Folder;

/// The lines of standard output by their first word.
#[track_caller]
fn lines(words: &[&str]) -> Vec<(String, String)> {
    let (shown, complaint, status) = texts(&cu(words));
    assert_eq!((complaint.as_str(), status), ("", Some(0)), "{words:?}");
    let split = |line: &str| {
        let (name, rest) = line.split_once(' ').unwrap();
        (name.to_owned(), rest.trim_start().to_owned())
    };
    shown.lines().map(split).collect()
}

#[test]
fn a_script_code_and_a_call_are_measured() {
    let folder = Folder::new("bench");
    let file = folder.file("sum.lua");
    fs::write(&file, "#!/usr/bin/cu\nlocal n = 0 for i = 1, ... do n = n + i end _home.n = n print(n) return n")
        .unwrap();
    let shown = lines(&["bench", &file, "1000", "--runs", "7"]);
    let names: Vec<&str> = shown.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[1..], ["time", "instructions", "memory", "reads", "writes", "pages"]);
    assert!(shown[0].1.starts_with("7 runs with "), "{shown:?}");
    assert!(shown[1].1.contains("s (half of them "), "{shown:?}");
    // What is counted is the same in each run, and one entry is written.
    assert!(shown[2].1.parse::<u64>().unwrap() > 1000, "{shown:?}");
    assert!(shown[5].1.parse::<u64>().unwrap() >= 1, "{shown:?}");
    for words in [&["bench", "-e", "return 1", "--runs", "1"][..], &["bench", "--eval=return 1", "--runs", "1"]] {
        assert!(lines(words)[0].1.ends_with("1: 1 runs with wasmtime") || cfg!(not(feature = "wasmtime")));
    }
    let shown = lines(&["bench", "--call", "string.rep", "\"x\"", "3", "--runs", "5", "--warm"]);
    assert_eq!((shown[0].0.as_str(), shown[5].1.as_str()), ("string.rep:", "0"));
    assert_eq!(lines(&["bench", "--call", "math.abs", "-1", "--runs", "1"])[0].0, "math.abs:");
    let start = std::time::Instant::now();
    assert!(lines(&["bench", "-e", "return 1", "--seconds", "0.2"]).len() == 7);
    assert!(start.elapsed() >= std::time::Duration::from_millis(200));
}

#[test]
fn figures_are_kept_and_compared() {
    let folder = Folder::new("bench-against");
    let [few, many, other] = ["few.json", "many.json", "other"].map(|name| folder.file(name));
    let code = |count: u32| format!("for i = 1, {count} do _home[i % 10] = i end");
    lines(&["bench", "-e", &code(100), "--runs", "9", "--save", &few]);
    let shown = lines(&["bench", "-e", &code(20000), "--runs", "9", "--save", &many, "--against", &few]);
    assert_eq!((shown[0].0.as_str(), shown[1].0.as_str()), ("for", "before:"));
    let line = |name: &str| &shown.iter().find(|(found, _)| found == name).unwrap().1;
    for name in ["time", "instructions", "writes"] {
        assert!(line(name).contains(" % more than "), "{shown:?}");
    }
    let shown = lines(&["bench", "-e", &code(100), "--runs", "9", "--against", &few]);
    for at in [3, 5, 6, 7] {
        assert!(shown[at].1.ends_with("; as before"), "{shown:?}");
    }
    // The file is a line of JSON, which --json shows, too.
    let (shown, _, _) = texts(&cu(["bench", "-e", &code(100), "--runs", "3", "--json", "--against", &many]));
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&fs::read(&few).unwrap()).unwrap();
    assert_eq!((shown["runs"].as_u64(), &shown["instructions"]), (Some(3), &kept["instructions"]));
    assert_eq!(shown["before"], serde_json::from_slice::<serde_json::Value>(&fs::read(&many).unwrap()).unwrap());
    // Other files are neither read nor written over.
    fs::write(&other, "{\"mine\":1}").unwrap();
    let words = ["bench", "-e", "return 1", "--against", &other];
    fails(&cu(words), 1, &format!("cu: {other}: it has no figures that cu bench --save wrote\n"));
    let words = ["bench", "-e", "return 1", "--save", &other];
    let complaint = "it is there already and has no figures of cu bench; nothing was measured";
    fails(&cu(words), 1, &format!("cu: {other}: {complaint}\n"));
    assert_eq!(fs::read(&other).unwrap(), b"{\"mine\":1}");
    let missing = folder.file("missing");
    let words = ["bench", "-e", "return 1", "--against", &missing];
    fails(&cu(words), 3, &format!("cu: {missing}: No such file or directory (os error 2)\n"));
}

#[cfg(all(feature = "redb", feature = "encryption"))]
#[test]
fn a_home_is_only_read_and_its_copy_removed() {
    let folder = Folder::new("bench-home");
    let home = folder.file("home.redb");
    super::shows(&cu(["eval", "local n = 0 function _home.count() n = n + 1 return n end", "--home", &home]), "");
    let before = fs::read(&home).unwrap();
    let shown = lines(&["bench", "--call", "_home.count", "--home", &home, "--runs", "20"]);
    assert!(shown[5].1.split(' ').next().unwrap().parse::<u64>().unwrap() >= 1, "{shown:?}");
    assert!(fs::read(&home).unwrap() == before);
    let (_, complaint, status) = texts(&cu(["bench", "-e", "error('no')", "--home", &home]));
    assert!(complaint.starts_with("cu: compute:1: no\n  1 | error('no')\n") && status == Some(1), "{complaint}");
    let left = || fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(left(), ["home.redb"]);
    // A process that is killed leaves nothing.
    #[cfg(unix)]
    {
        let place = format!("redb:{home}");
        let words = ["bench", "-e", "_home.x = 1", "--home", &place, "--seconds", "60"];
        let mut child = super::command(words).stdout(std::process::Stdio::null()).spawn().unwrap();
        // The copy appears and loses its name.
        std::thread::sleep(std::time::Duration::from_secs(1));
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(left(), ["home.redb"]);
    }
}

#[test]
fn what_bench_does_not_take_is_refused() {
    is_wrong_usage(&cu(["bench"]), "FILE is missing");
    is_wrong_usage(&cu(["bench", "-e", "return 1", "x"]), "unexpected argument 'x'");
    is_wrong_usage(&cu(["bench", "-e", "return 1", "--call"]), "--call and --eval are not for one command");
    is_wrong_usage(&cu(["bench", "-e"]), "--eval needs a value");
    is_wrong_usage(&cu(["bench", "-e", "x", "--runs", "0"]), "--runs takes a whole number from 1 to 1000000, not '0'");
    is_wrong_usage(&cu(["bench", "-e", "x", "--key-file", "k"]), "--key-file needs --home FILE");
    is_wrong_usage(&cu(["run", "-e", "x"]), "unknown option '-e'");
}
