//! The binary: files, options, exit codes.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{Run, assemble, assert_webassembly_1};

const BODY: &str = r#"
  (table 1 funcref) (elem (i32.const 0) $body)
  (func $body (param i32 i32) (call $log (i32.const 1)) (call $throw))
  (func (export "run") (call $try (i32.const 0) (i32.const 0) (i32.const 0)))
"#;

/// A separate folder for one test, inside the folder that cargo provides.
fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&path).expect("created");
    path
}

fn unwind(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unwind")).current_dir(folder).args(words).output().expect("run")
}

#[test]
fn rewrites_a_file_and_prints_one_line() {
    let folder = folder("rewrites");
    std::fs::write(folder.join("in.wasm"), assemble(BODY)).expect("written");
    let output = unwind(&folder, &["in.wasm", "out.wasm", "--flag-address", "8"]);
    let line = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success());
    assert!(line.starts_with("unwind: 3 functions, 1 may raise; 0 checks inserted, "), "{line}");
    assert_eq!(line.lines().count(), 1);
    let wasm = std::fs::read(folder.join("out.wasm")).expect("written");
    assert_webassembly_1(&wasm);
    let mut run = Run::start(&wasm);
    run.call::<(), ()>("run", ());
    assert_eq!(run.take_log(), [1]);
}

#[test]
fn failure_writes_no_file() {
    let folder = folder("failure");
    let output_path = folder.join("out.wasm");
    let _ = std::fs::remove_file(&output_path);
    std::fs::write(folder.join("in.wasm"), assemble("")).expect("written");
    let output = unwind(&folder, &["in.wasm", "out.wasm"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).expect("text");
    assert!(message.starts_with("unwind: in.wasm: the input has no table"), "{message}");
    assert!(!output_path.exists());
}

#[test]
fn misuse_prints_the_usage() {
    let folder = folder("misuse");
    for (words, complaint) in [
        (&["in.wasm"][..], "expected two files, found 1"),
        (&["a", "b", "c"], "expected two files, found 3"),
        (&["a", "b", "--fast"], "unknown option --fast"),
        (&["a", "b", "--flag-address"], "--flag-address needs a value"),
        (&["a", "b", "--flag-address", "here"], "takes a number of bytes, not here"),
    ] {
        let output = unwind(&folder, words);
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).expect("text");
        assert!(message.contains(complaint) && message.contains("usage:"), "{message}");
    }
}
