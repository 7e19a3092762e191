//! What the compiler emits is accepted.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::author::Author;
use super::{CORNERS, dump, instructions};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::opcode::{self, fact};
use crate::bytecode::registers::{NO_OTHER_FRAME, Registers};
use crate::bytecode::verify;

/// Fails unless `source` compiles and its bytecode is accepted, with and without debug information.
fn accepts(what: &str, source: &[u8]) {
    for strip in [false, true] {
        let bytes = dump(source, strip).unwrap_or_else(|message| panic!("{what}: {message}"));
        match verify(&bytes) {
            Ok(chunk) => assert_eq!(chunk.upvalues, 1, "{what}"),
            Err(refusal) => panic!("{what}, stripped {strip}: {refusal}\n{}", String::from_utf8_lossy(source)),
        }
    }
}

fn lua_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && !path.is_symlink() && name != "target" && name != "node_modules" {
            lua_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            found.push(path);
        }
    }
}

#[test]
fn lua_files_and_snippets_of_the_repository_are_accepted() {
    let root = std::env::var("CU_LUA_FILES").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    let mut files = Vec::new();
    lua_files(Path::new(&root), &mut files);
    let mut accepted = 0;
    for file in &files {
        let source = std::fs::read_to_string(file).expect("a Lua file is text");
        let whole = std::iter::once(source.as_str());
        for chunk in whole.chain(source.split("\n--- ").filter_map(|part| part.split_once('\n')).map(|part| part.1)) {
            if dump(chunk.as_bytes(), false).is_ok() {
                accepts(&file.display().to_string(), chunk.as_bytes());
                accepted += 1;
            }
        }
    }
    println!("{accepted} chunks of {} files", files.len());
    assert!(accepted >= 500, "only {accepted} chunks were found under {root}");
}

/// A function of `count` constants whose last ones are used in every way.
fn many_constants(count: usize) -> String {
    let mut source = String::from("local t, s = ...\n");
    for number in 0..count {
        writeln!(source, "t[{number}.5] = '{number}'").expect("a string takes it");
    }
    source
        + "t:method(s:another()) t.field = t.other + 77777 t.x = 'y' local u = 'last' return t.a == 'b', t < 1e77, t & 99999"
}

#[test]
fn every_opcode_is_emitted_and_accepted() {
    let mut seen = BTreeSet::new();
    let long = many_constants(70_000);
    for source in CORNERS.iter().copied().chain([long.as_str()]) {
        let what = source.get(..source.len().min(60)).unwrap_or_default();
        accepts(what, source.as_bytes());
        let bytes = dump(source.as_bytes(), true).expect("compiles");
        seen.extend(instructions(&bytes).into_iter().map(|at| bytes[at] & 0x7F));
    }
    let missing: Vec<&str> = (0..83).filter(|number| !seen.contains(number)).map(opcode::name).collect();
    assert!(missing.is_empty(), "not emitted: {missing:?}");
    assert_eq!(seen.len(), 83);
}

#[test]
fn large_functions_are_accepted() {
    accepts("500 constants", many_constants(250).as_bytes());
    for count in [1, 49, 50, 51, 255, 256, 300, 20_000] {
        accepts("a list", format!("return {{{} ...}}", "x, ".repeat(count)).as_bytes());
        accepts("a record", format!("return {{{}}}", "[...] = 1, ".repeat(count)).as_bytes());
    }
    for depth in [1, 10, 90] {
        let source = "local x = 1 return function() x = x + 1 ".repeat(depth) + &"end ".repeat(depth);
        accepts("nested functions", source.as_bytes());
    }
    let locals: String = (0..199).map(|number| format!("local v{number} = {number} ")).collect();
    let captures: String = (0..199).map(|number| format!("v{number} = v{number} + 1 ")).collect();
    accepts("199 captured variables", format!("{locals} return function() {captures} end").as_bytes());
    accepts("254 registers", format!("{locals} return f({})", "v0, ".repeat(49) + "v1").as_bytes());
    let labels: String = (0..2000).map(|number| format!("::l{number}:: if x then goto l{} end ", number / 2)).collect();
    accepts("2000 labels", labels.as_bytes());
}

#[test]
fn lines_near_and_far_are_accepted() {
    for gap in [0, 1, 2, 126, 127, 128, 129, 255, 256, 3000] {
        for count in [1, 2, 63, 64, 65, 127, 128, 129, 130, 400] {
            let statement = format!("x = y{}", "\n".repeat(gap));
            accepts("statements apart", format!("{}\n", statement + " ").repeat(count).as_bytes());
        }
    }
    let call = format!("f(a,{}b,\nc)\n", "\n".repeat(200));
    accepts("arguments apart", (call.repeat(100) + "local x = not a\n\n or b").as_bytes());
    accepts("conditions apart", "if not a and\n\n\n not b then c = not d end\n".repeat(300).as_bytes());
}

#[test]
fn random_programs_are_accepted() {
    let mut compiled = 0;
    for round in 0..std::env::var("CU_ROUNDS").map_or(2000, |text| text.parse().expect("a number")) {
        let author = Author::write(round, 4);
        // Some jump into the scope of a variable, or have too many.
        if dump(author.source.as_bytes(), false).is_ok() {
            accepts("a random program", author.source.as_bytes());
            compiled += 1;
        }
    }
    println!("{compiled} programs compile");
    assert!(compiled > 100);
}

#[test]
fn every_opcode_has_its_row_in_the_documentation() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/bytecode.md");
    let text = std::fs::read_to_string(file).expect("the documentation");
    let rows: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|row| row.0).collect();
    let names: Vec<&str> = (0..83).map(opcode::name).collect();
    assert_eq!(rows, names);
}

/// If a row does not have a fact, no check of that fact is made.
#[test]
fn every_opcode_has_all_of_its_facts() {
    for word in (0..0x80).flat_map(|number| [0, 1 << 15].map(|k| number | k)) {
        let (instruction, name) = (Instruction(word), opcode::name(word as u8 & 0x7F));
        let (row, registers) = (instruction.row(), Registers::of(Instruction(word | 0x0202_0000)));
        let ranges = registers.frame != 0 || registers.keeps != NO_OTHER_FRAME;
        assert!(row.is(fact::RANGES) || !ranges, "{name}");
        assert!(row.is(fact::BRANCHES) || instruction.jump(0).is_none() && !name.starts_with("RETURN"), "{name}");
        let rules = row.follower.is_some() || instruction.opens() || instruction.takes_open();
        assert!(row.is(fact::RULES) || !rules, "{name}");
        assert!(row.is(fact::NAMES) || name != "unknown", "{name}");
    }
}
