//! The same script gives byte-equal answers on Wasmtime, wasmi and Node.

use std::path::PathBuf;
use std::process::Command;

use cu_host::{Engine, Module};
use cu_tests as common;

/// The answers as `tests/node/answers.mjs` prints them.
fn answers(module: &Module, files: &[PathBuf]) -> Vec<String> {
    let mut lines = Vec::new();
    for snippet in files.iter().flat_map(|file| common::snippets(file)) {
        let answer = match common::instance(module).compute_raw(&snippet.chunk) {
            Ok(Ok(bytes)) => ("ok", bytes),
            Ok(Err(bytes)) => ("error", bytes),
            Err(other) => panic!("{}: {other}", snippet.name),
        };
        let hex: String = answer.1.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push(format!("{} {hex}", answer.0));
    }
    lines
}

fn node_answers(files: &[PathBuf]) -> Vec<String> {
    let script = common::root().join("tests/node/answers.mjs");
    let output = Command::new("node").arg(common::NO_HANG).arg(script).args(files).output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn answers_are_byte_equal_on_every_engine() {
    let mut files = common::lua_files("snippets");
    files.extend(common::lua_files("hostile").into_iter().filter(|file| !file.ends_with("exhaustion.lua")));
    let names: Vec<String> = files.iter().flat_map(|file| common::snippets(file)).map(|snippet| snippet.name).collect();
    let node = node_answers(&files);
    assert_eq!(node.len(), names.len());
    for engine in [Engine::Wasmtime, Engine::Wasmi] {
        let found = answers(&common::module(engine), &files);
        for ((name, node), found) in names.iter().zip(&node).zip(&found) {
            assert_eq!(node, found, "'{name}': Node and {} differ", engine.name());
        }
    }
}
