//! The snippets follow the rules of `tests/lua/README.md`: an answer that is compared with the
//! module must be the same in every run, and a snippet must fit the module's arena.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The memory that a snippet may take. The module's arena holds 2 MiB, including the libraries.
const PEAK_BYTES: u64 = 1_500_000;

/// The first line of one answer. The tests need only this line.
struct Answer {
    name: String,
    failed: bool,
}

fn snippet_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lua/snippets");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn native_lua(mode: &str, file: &Path) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_native-lua")).arg(mode).arg(file).output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Reads the protocol that the header of `main.rs` describes.
fn parse(mut answer: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !answer.is_empty() {
        let line_end = answer.iter().position(|&byte| byte == b'\n').expect("a whole line");
        let line = str::from_utf8(&answer[..line_end]).expect("names are UTF-8");
        let mut fields = line.strip_prefix("=== ").expect("a line that begins with ===").rsplitn(4, ' ');
        let failed = fields.next().unwrap() == "error";
        let result_bytes: usize = fields.next().unwrap().parse().unwrap();
        let output_bytes: usize = fields.next().unwrap().parse().unwrap();
        let name = fields.next().unwrap().to_string();
        let end = line_end + 1 + output_bytes + result_bytes;
        assert_eq!(answer[end], b'\n', "{name} ends in a line break");
        answer = &answer[end + 1..];
        answers.push(Answer { name, failed });
    }
    answers
}

#[test]
fn only_snippets_with_error_in_the_name_end_in_an_error() {
    for file in snippet_files() {
        for answer in parse(&native_lua("--snippets", &file)) {
            let expected = answer.name.starts_with("error: ");
            assert_eq!(answer.failed, expected, "{}: {}", file.display(), answer.name);
        }
    }
}

#[test]
fn answers_are_the_same_in_every_run() {
    for file in snippet_files() {
        let first = native_lua("--snippets", &file);
        let second = native_lua("--snippets", &file);
        assert!(first == second, "{} depends on addresses, hash order or time", file.display());
    }
}

#[test]
fn names_are_unique_within_a_file() {
    for file in snippet_files() {
        let mut seen = HashSet::new();
        for answer in parse(&native_lua("--snippets", &file)) {
            assert!(!answer.name.is_empty(), "{}: a snippet without a name", file.display());
            assert!(seen.insert(answer.name.clone()), "{}: {} twice", file.display(), answer.name);
        }
    }
}

#[test]
fn snippets_stay_within_their_memory() {
    for file in snippet_files() {
        let costs = String::from_utf8(native_lua("--costs", &file)).unwrap();
        for cost in costs.lines() {
            let mut fields = cost.splitn(3, ' ');
            let peak_bytes: u64 = fields.next().unwrap().parse().unwrap();
            let name = fields.nth(1).unwrap();
            let bounded = !name.starts_with("unbounded: ");
            assert!(!bounded || peak_bytes <= PEAK_BYTES, "{}: {name}: {peak_bytes} bytes", file.display());
        }
    }
}
