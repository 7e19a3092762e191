//! Runs the snippets of `tests/lua/snippets` and `tests/lua/opcodes` in native reference Lua and in the module, and
//! compares the texts byte by byte.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use cu_host::{Engine, Error, Instance, MemoryStore, Module, Options};
use cu_tests as common;

/// The answer of a snippet: its output, and its results or error message as text.
#[derive(Debug, PartialEq)]
struct Answer {
    output: String,
    result: String,
    succeeded: bool,
}

/// Describes results as `native-lua --snippets` does; see its documentation.
const DESCRIBE: &str = include_str!("lua/describe.lua");

fn native(file: &Path) -> BTreeMap<String, Answer> {
    let output = Command::new(common::built("target/release/native-lua")).arg("--snippets").arg(file).output();
    let output = output.expect("native-lua runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = output.stdout.as_slice();
    let mut answers = BTreeMap::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').expect("a header line");
        let header = String::from_utf8_lossy(&rest[4..end]).into_owned();
        let mut fields = header.rsplitn(4, ' ');
        let mut field = || fields.next().expect("four fields").to_owned();
        let (status, result, output, name) = (field(), field(), field(), field());
        let (output, result): (usize, usize) = (output.parse().expect("a size"), result.parse().expect("a size"));
        let body = &rest[end + 1..];
        let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&body[range]).into_owned();
        let answer =
            Answer { output: text(0..output), result: text(output..output + result), succeeded: status == "ok" };
        answers.insert(name, answer);
        rest = &body[output + result + 1..];
    }
    answers
}

/// A long bracket around any text that does not contain its end.
fn bracketed(chunk: &str) -> String {
    let mut level = String::new();
    while chunk.contains(&format!("]{level}]")) || chunk.ends_with(&format!("]{level}")) {
        level.push('=');
    }
    format!("[{level}[\n{chunk}]{level}]")
}

fn in_module(module: &Module, chunk: &[u8]) -> Answer {
    // Some snippets of `opcodes` make the bytecode that they run.
    let options = Options { bytecode: true, ..Options::default() };
    let mut instance = Instance::new(module, MemoryStore::default(), options).expect("an instance starts");
    instance.compute(DESCRIBE).expect("the describing function loads");
    let chunk = String::from_utf8(chunk.to_vec()).expect("snippets are UTF-8");
    let chunk = bracketed(&chunk);
    let code = format!(
        "local load, describe = __load, __describe __load, __describe = nil, nil \
         local chunk, message = load({chunk}, '=snippet') if not chunk then error(message, 0) end \
         return describe(chunk())"
    );
    // Output before an error arrives as events. Here only its order matters.
    match instance.compute(code) {
        Ok(response) => Answer {
            output: String::from_utf8_lossy(&response.output).into_owned(),
            result: response.values[0].as_bytes().map(|text| String::from_utf8_lossy(text).into_owned()).expect("text"),
            succeeded: true,
        },
        Err(Error::Lua(error)) => Answer { output: String::new(), result: error.message.clone(), succeeded: false },
        Err(other) => panic!("{other}"),
    }
}

/// `0x` and hexadecimal digits after a type name are addresses, which differ.
fn without_addresses(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(": 0x") {
        masked += &rest[..at];
        masked += ": ADDRESS";
        rest = rest[at + 4..].trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
    }
    masked + rest
}

/// Compares every snippet of a folder; returns their number.
fn compare(folder: &str) -> usize {
    let module = common::module(Engine::default());
    let mut compared = 0;
    let mut different = Vec::new();
    for file in common::lua_files(folder) {
        let mut native = native(&file);
        for snippet in common::snippets(&file) {
            let mut wanted = native.remove(&snippet.name).expect("native-lua answers every snippet");
            if !wanted.succeeded {
                wanted.output.clear();
            }
            let mut found = in_module(&module, &snippet.chunk);
            for answer in [&mut wanted, &mut found] {
                answer.output = without_addresses(&answer.output);
                answer.result = without_addresses(&answer.result);
            }
            compared += 1;
            if found != wanted {
                let file = file.file_name().unwrap_or_default().display();
                different.push(format!("{file}: {}\n  native {wanted:?}\n  module {found:?}", snippet.name));
            }
        }
    }
    assert!(different.is_empty(), "{} of {compared} differ:\n{}", different.len(), different.join("\n"));
    compared
}

#[test]
fn snippets_answer_as_in_native_lua() {
    let compared = compare("snippets");
    assert!(compared >= 400, "only {compared} snippets");
}

#[test]
fn opcodes_do_what_they_do_in_native_lua() {
    let compared = compare("opcodes");
    assert!(compared >= 70, "only {compared} snippets");
}
