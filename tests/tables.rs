//! The scripts of `tests/lua/external` over the memory store, on both engines. Each section is a compute. The Node
//! tests run the same scripts (`tests/node/tables.test.mjs` explains the headings of the sections).

use cu_host::{Engine, Instance, MemoryStore, Module, Options, SharedStore};
use cu_tests as common;

/// One section of a script.
struct Section<'a> {
    kind: &'a str,
    pattern: &'a str,
    line: usize,
    code: String,
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section { kind: "next", pattern: "", line: 1, code: String::new() }];
    for (index, line) in text.lines().enumerate() {
        if let Some(head) = line.strip_prefix("---- ") {
            let (kind, pattern) = head.split_once(' ').unwrap_or((head, ""));
            assert!(["next", "restart", "error"].contains(&kind), "line {}: {line}", index + 1);
            sections.push(Section { kind, pattern, line: index + 2, code: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.code += line;
            section.code.push('\n');
        }
    }
    sections
}

fn run_script(module: &Module, file: &std::path::Path) {
    let text = std::fs::read_to_string(file).expect("a script");
    let store = SharedStore::new(MemoryStore::default());
    let open = || Instance::new(module, store.clone(), Options::default()).expect("an instance");
    let mut instance = open();
    for Section { kind, pattern, line, code } in sections(&text) {
        if kind == "restart" {
            instance = open();
        }
        let place = format!("{}:{line}", file.display());
        match instance.compute(&code) {
            Ok(_) => assert_ne!(kind, "error", "{place} did not fail"),
            Err(error) if kind != "error" => panic!("{place}: {error}"),
            Err(error) => {
                let find = format!("return string.find([==[{error}]==], [==[{pattern}]==]) ~= nil");
                let found = instance.compute(find).expect("a pattern");
                assert_eq!(format!("{:?}", found.values[0]), "Boolean(true)", "{place}: {error}");
            }
        }
    }
}

fn run_all(engine: Engine) {
    let module = common::module(engine);
    for file in common::lua_files("external") {
        run_script(&module, &file);
    }
}

#[test]
fn external_tables_on_wasmtime() {
    run_all(Engine::Wasmtime);
}

#[test]
fn external_tables_on_wasmi() {
    run_all(Engine::Wasmi);
}
