//! Scripts that fail in every way (`tests/lua/hostile`), and calls that break the contract: each gives an error and
//! never a trap, and the instance still works.

use cu_host::{Engine, Error, Instance, Module};
use cu_tests as common;

/// The expected error text, from the second line of a hostile snippet: `--: text`.
fn expected(chunk: &[u8]) -> String {
    let line = chunk.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = line.strip_prefix(b"--: ").expect("a hostile snippet begins with '--: expected text'");
    String::from_utf8_lossy(text).into_owned()
}

/// Runs a chunk; returns the error text, or the first value as text.
fn answer(instance: &mut Instance, chunk: &[u8]) -> String {
    match instance.compute(chunk) {
        Ok(response) => response.values[0].as_str().map_or_else(|| format!("{:?}", response.values[0]), str::to_owned),
        Err(Error::Lua(error)) => String::from_utf8_lossy(&error.text).into_owned(),
        Err(other) => panic!("{other}"),
    }
}

fn assert_alive(instance: &mut Instance, after: &str) {
    let response = instance.compute("local t = {} for i = 1, 100 do t[i] = {i} end return #t, ('x'):rep(20000)");
    let response = response.unwrap_or_else(|error| panic!("after '{after}' the instance answers {error}"));
    assert_eq!(response.values[0].as_i64(), Some(100), "after '{after}'");
}

/// Runs every hostile snippet, one after another in the same instance; returns the unexpected results.
fn run_all(module: &Module) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut instance = common::instance(module);
    for file in common::lua_files("hostile") {
        for snippet in common::snippets(&file) {
            let wanted = expected(&snippet.chunk);
            let found = answer(&mut instance, &snippet.chunk);
            if !found.contains(&wanted) {
                let found: String = found.chars().take(200).collect();
                wrong.push(format!("{}: wanted '{wanted}', found '{found}'", snippet.name));
            }
            assert_alive(&mut instance, &snippet.name);
        }
    }
    wrong
}

#[test]
fn hostile_scripts_get_errors_on_wasmtime() {
    let wrong = run_all(&common::module(Engine::Wasmtime));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_scripts_get_errors_on_wasmi() {
    let wrong = run_all(&common::module(Engine::Wasmi));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn code_of_every_shape_is_an_error_or_runs() {
    let mut instance = common::instance(&common::module(Engine::default()));
    let cases: [(&[u8], &str); 8] = [
        (b"", "Nil"),
        (b"   \n", "Nil"),
        (b"return 'a\0b' == 'a' .. string.char(0) .. 'b'", "Boolean(true)"),
        (b"\0", "unexpected symbol"),
        (b"\xff\xfe", "unexpected symbol near '<\\255>'"),
        (b"\x1bLua", "attempt to load a binary chunk"),
        (b"return '\xff' == string.char(255)", "Boolean(true)"),
        (b"#!/usr/bin/lua\nreturn 1", "unexpected symbol near '#'"),
    ];
    for (code, wanted) in cases {
        let found = answer(&mut instance, code);
        assert!(found.contains(wanted), "{:?}: wanted {wanted}, found {found}", String::from_utf8_lossy(code));
    }
}

#[test]
fn code_longer_than_the_buffer_runs_and_its_block_is_freed() {
    let mut instance = common::instance(&common::module(Engine::default()));
    let code = format!("local s = '{}' return #s", "x".repeat(500_000));
    instance.compute("return 1").expect("it runs");
    instance.run_gc().expect("no trap");
    let before = instance.memory_stats().expect("figures").lua_bytes;
    for _ in 0..20 {
        let response = instance.compute(&code).expect("half a megabyte of code runs");
        assert_eq!(response.values[0].as_i64(), Some(500_000));
    }
    instance.run_gc().expect("no trap");
    let after = instance.memory_stats().expect("figures").lua_bytes;
    assert!(after.abs_diff(before) < 2_000, "{before} bytes before, {after} after");
    let too_long = format!("return '{}'", "x".repeat(3_000_000));
    assert_eq!(instance.compute(&too_long), Err(Error::CodeSize(too_long.len())));
    assert_alive(&mut instance, "code longer than the arena");
}
