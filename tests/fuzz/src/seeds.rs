//! What searches begin with, where the corpus is to be made anew: a folder of inputs for each target.
//!
//! They come from the vectors of the contract, from the scripts of the tests, and from what the module itself makes of these.

use std::path::{Path, PathBuf};

use cu::host::stand_in;
use cu::store::system::CODES;
use cu_host::Value;

use crate::targets::store::SCRIPTS;
use crate::{rows, vm};

/// Longer ones make a search slow. `run.sh` has the same limit for what it keeps.
const MOST_BYTES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Writes them below a folder.
pub fn write_all(folder: &Path) {
    let values: Vec<Vec<u8>> = ["values", "malformed"].into_iter().flat_map(vectors).collect();
    let scripts = scripts();
    let whole: Vec<Value> = values.iter().filter_map(|bytes| Value::decode(bytes).ok()).collect();
    let keys: Vec<Vec<u8>> = whole.iter().filter_map(|value| value.encode_key().ok()).collect();
    let stores = stores();
    write(folder, "key", keys.windows(2).map(|pair| [&[pair[0].len() as u8], &pair[0][..], &pair[1][..]].concat()));
    write(folder, "bytecode", stores.iter().flat_map(|rows| chunks(rows)));
    write(
        folder,
        "store",
        stores.iter().enumerate().flat_map(|(number, rows)| {
            (0..SCRIPTS.len()).map(move |script| [&[script as u8, (number % 7 * script) as u8, 0], &rows[..]].concat())
        }),
    );
    write(folder, "unwind", modules().into_iter());
    write(folder, "response", responses(&values).into_iter());
    write(folder, "compute", scripts.into_iter().chain(calls()));
    write(folder, "wait", waits(&values).into_iter());
    write(folder, "value", values.into_iter());
}

/// Scripts that wait, with answers: every value as a result and as an error, and more for one that asks often.
fn waits(values: &[Vec<u8>]) -> Vec<Vec<u8>> {
    const SCRIPTS: [&str; 6] = [
        "return host.f(1, { 2 }), host.deep.g('x')",
        "return pcall(host.f)",
        "local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(host.f(i)) end end) return co(), co(), co()",
        "local x <close> = setmetatable({}, { __close = function() return host.f() end }) error(host.f())",
        "local t = setmetatable({}, { __index = host.f, __add = function() return host.f() end }) return t.x, t + 1",
        "n = (n or 0) + 1 _home.t = _home.t or {} _home.t[n] = host.f(_home.t) return host.f(n)",
    ];
    let answer = |kind: u8, value: &[u8]| [&[0xff, kind], value].concat();
    let mut inputs = Vec::new();
    for script in SCRIPTS {
        for value in values {
            let answers = [answer(0, value), answer(1, value), answer(2, &[]), answer(0, &[])].concat();
            inputs.push([script.as_bytes(), &answers].concat());
        }
    }
    inputs
}

/// Files named by their numbers.
fn write(folder: &Path, target: &str, inputs: impl Iterator<Item = Vec<u8>>) {
    let folder = folder.join(target);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (number, input) in inputs.filter(|input| input.len() <= MOST_BYTES).enumerate() {
        std::fs::write(folder.join(format!("{number:04}")), input).expect("a file");
    }
}

/// The bytes of each vector of a file.
fn vectors(name: &str) -> Vec<Vec<u8>> {
    let path = root().join(format!("abi/vectors/{name}.json"));
    let text = std::fs::read_to_string(path).expect("the vectors are readable");
    let vectors: Vec<serde_json::Value> = serde_json::from_str(&text).expect("they are a list");
    vectors.iter().filter_map(|vector| vector["bytes"].as_str()).map(from_hex).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex")).collect()
}

/// The call records of the contract, whose functions are there or not.
fn calls() -> Vec<Vec<u8>> {
    let path = root().join("abi/vectors/calls.json");
    let text = std::fs::read_to_string(path).expect("the vectors are readable");
    let vectors: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let lists = ["accepted", "refused"].map(|name| vectors[name].as_array().expect("a list").iter());
    lists.into_iter().flatten().map(|vector| from_hex(vector["bytes"].as_str().expect("hex"))).collect()
}

/// The snippets of `tests/lua`.
fn scripts() -> Vec<Vec<u8>> {
    let mut scripts = Vec::new();
    for folder in ["snippets", "external", "hostile", "opcodes"] {
        let entries = std::fs::read_dir(root().join("tests/lua").join(folder)).expect("a folder of snippets");
        let mut files: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a file of snippets");
            let pieces = text.split("\n--- ").skip(1);
            scripts.extend(pieces.map(|piece| piece.split_once('\n').map_or("", |(_, code)| code).as_bytes().to_vec()));
        }
    }
    scripts
}

/// What scripts leave in a store: each of these lines alone.
const STORED: &str = include_str!("../stored.lua");

/// The rows of these stores.
fn stores() -> Vec<Vec<u8>> {
    let stores = STORED.lines().filter(|line| !line.is_empty() && !line.starts_with("--")).map(|line| {
        // Compression alone takes more than an input may.
        vm::begin(&[("instructions", Value::Integer(10_000_000))]);
        vm::run(line.as_bytes()).unwrap_or_else(|error| panic!("{line}: {error}"));
        let content = stand_in::content();
        vm::end();
        rows::write(content.iter().flat_map(|(id, rows)| rows.iter().map(|(key, value)| (*id, &key[..], &value[..]))))
    });
    stores.collect()
}

/// The bytecode in these rows.
fn chunks(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut input = rows::Input(bytes);
    let mut chunks = Vec::new();
    while let Some((table, _, value)) = input.row() {
        if table == CODES
            && let Ok(code) = cu::closure::code::read(1, 1, value)
        {
            chunks.push(code.bytes().to_vec());
        }
    }
    chunks
}

/// Small modules for the link step.
fn modules() -> Vec<Vec<u8>> {
    let text = include_str!("../modules.wat");
    let modules = text.split(";; ---").skip(1);
    modules
        .map(|text| {
            wat::parse_str(text.split_once('\n').expect("a line").1).unwrap_or_else(|error| panic!("{error}\n{text}"))
        })
        .collect()
}

/// What the stand-in module of the Rust host is told to do.
fn responses(values: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut responses: Vec<Vec<u8>> = values.iter().map(|value| [b"R\x02\0\0\0hi", &value[..]].concat()).collect();
    responses.extend([
        b"Ex:1: no\nstack traceback:\n\t[C]: in ?".to_vec(),
        b"R\x02\0\0\0hi\x0a".to_vec(),
        b"N\xff\xff\0\0".to_vec(),
    ]);
    for import in 0..5u8 {
        let data = 65536 + 2 + 5 * 4;
        let mut call = vec![b'I', import];
        let arguments: [u32; 5] = if import == 4 { [1, data, 100, 0, 0] } else { [1, data, 3, data + 3, 20] };
        arguments.iter().for_each(|argument| call.extend(argument.to_le_bytes()));
        call.extend(b"\x01a\0\x04\x03\0\0\0abc");
        responses.push(call);
    }
    responses
}
