//! Prints the C, JavaScript, Go and Python mirrors of this crate's constants.
//!
//! Invariant: the committed mirrors are exactly what this prints (`tests/abi_mirrors.rs`).
//! Use: `mirror c`, `mirror js`, `mirror go` or `mirror python`.

use cu_abi::audit::{self, Action};
use cu_abi::events::{self, EventKind};
use cu_abi::permissions::{self, Guard};
use cu_abi::status::ErrorClass;
use cu_abi::{
    ABI_VERSION, Function, SECTION, call, config, exports, functions, imports, limits, page, pending, recording,
    status, tables, tags,
};

const NOTICE: &str = "Printed by abi/src/bin/mirror.rs from the crate abi: run `make mirrors`, do not edit.";

fn main() {
    let language = std::env::args().nth(1).unwrap_or_default();
    let text = match language.as_str() {
        "c" => c(),
        "js" => javascript(),
        "go" => go(),
        "python" => python(),
        other => {
            eprintln!("mirror: unknown language '{other}'; one of: c, js, go, python");
            std::process::exit(2);
        }
    };
    print!("{text}");
}

/// Names and values of every number, shared by the languages.
fn numbers() -> Vec<(String, u64)> {
    let mut all = vec![
        ("ABI_VERSION".to_owned(), u64::from(ABI_VERSION)),
        ("IO_BUFFER_BYTES".to_owned(), limits::IO_BUFFER_BYTES as u64),
        ("ARENA_BYTES".to_owned(), limits::ARENA_BYTES as u64),
        ("OUTPUT_KEPT_BYTES".to_owned(), limits::OUTPUT_KEPT_BYTES as u64),
        ("OUTPUT_EVENT_BYTES".to_owned(), limits::OUTPUT_EVENT_BYTES as u64),
        ("VALUE_DEPTH".to_owned(), limits::VALUE_DEPTH as u64),
        ("KEY_BYTES".to_owned(), limits::KEY_BYTES as u64),
        ("FUNCTION_BYTES".to_owned(), limits::FUNCTION_BYTES as u64),
        ("COMPRESSION_BYTES".to_owned(), limits::COMPRESSION_BYTES as u64),
        ("INSTRUCTIONS".to_owned(), limits::INSTRUCTIONS as u64),
        ("PERMISSIONS_BYTES".to_owned(), limits::PERMISSIONS_BYTES as u64),
        ("HOME_NAME_BYTES".to_owned(), limits::HOME_NAME_BYTES as u64),
        ("GUARDS".to_owned(), limits::GUARDS as u64),
        ("BATCH_OPERATIONS".to_owned(), limits::BATCH_OPERATIONS as u64),
        ("CALL_ARGUMENTS".to_owned(), limits::CALL_ARGUMENTS as u64),
        ("CONFIG_BYTES".to_owned(), limits::CONFIG_BYTES as u64),
        ("MEMORY_STATS_BYTES".to_owned(), limits::MEMORY_STATS_BYTES as u64),
        ("PAGE_LEAST_BYTES".to_owned(), page::LEAST_BYTES as u64),
        ("PAGE_DESCENDING".to_owned(), u64::from(page::DESCENDING)),
        ("CALL_VERSION".to_owned(), u64::from(call::VERSION)),
        ("CALL_CONTENT".to_owned(), u64::from(call::FLAG_CONTENT)),
        ("CALL_VALUE".to_owned(), u64::from(call::ARGUMENT_VALUE)),
        ("ANSWER_RESULTS".to_owned(), u64::from(functions::ANSWER_RESULTS)),
        ("ANSWER_ERROR".to_owned(), u64::from(functions::ANSWER_ERROR)),
        ("ANSWER_LATER".to_owned(), u64::from(functions::ANSWER_LATER)),
        ("ANSWER_CANCEL".to_owned(), u64::from(functions::ANSWER_CANCEL)),
        ("CALL_ANSWER".to_owned(), u64::from(call::FLAG_ANSWER)),
        ("PENDING_CALL_AT".to_owned(), pending::CALL_AT as u64),
        ("PENDING_ANSWER_AT".to_owned(), pending::ANSWER_AT as u64),
        ("PENDING".to_owned(), limits::PENDING as u64),
        ("FUNCTION_NAME_BYTES".to_owned(), functions::NAME_BYTES as u64),
        ("FUNCTION_RESULTS".to_owned(), functions::RESULTS as u64),
        ("CALL_WAY".to_owned(), u64::from(call::ARGUMENT_WAY)),
        ("RECORDING_VERSION".to_owned(), u64::from(recording::VERSION)),
        ("RECORDING_HEAD_BYTES".to_owned(), recording::HEAD_BYTES as u64),
        ("RECORDING_HASH_BYTES".to_owned(), recording::HASH_BYTES as u64),
        ("TABLE_CONTROL".to_owned(), u64::from(tables::CONTROL)),
        ("TABLE_HOME".to_owned(), u64::from(tables::HOME)),
        ("TABLE_IO".to_owned(), u64::from(tables::IO)),
        ("TABLE_SYSTEM_FIRST".to_owned(), u64::from(tables::SYSTEM_FIRST)),
        ("TABLE_HOMES".to_owned(), u64::from(tables::HOMES)),
        ("TABLE_METATABLES".to_owned(), u64::from(tables::METATABLES)),
        ("TABLE_HOST_FIRST".to_owned(), u64::from(tables::HOST_FIRST)),
    ];
    let kinds = recording::KINDS.iter().zip(0..);
    all.extend(kinds.map(|(name, kind)| (format!("RECORDING_{}", name.to_uppercase()), kind)));
    all.extend(tags::ALL.iter().map(|(name, tag)| (format!("TAG_{name}"), u64::from(*tag))));
    all
}

/// The status codes and the text constants.
fn statuses() -> [(&'static str, i32); 4] {
    [
        ("OK", status::OK),
        ("INIT_FAILED", status::INIT_FAILED),
        ("ABSENT", status::ABSENT),
        ("RATE_EXCEEDED", status::RATE_EXCEEDED),
    ]
}

fn texts() -> Vec<(String, String)> {
    let escaped = |bytes: &[u8]| bytes.iter().map(|byte| escape(*byte)).collect::<String>();
    let mut all = vec![
        ("SECTION".to_owned(), SECTION.to_owned()),
        ("KEY_CONFIG".to_owned(), tables::KEY_CONFIG.to_owned()),
        ("KEY_NOW".to_owned(), tables::KEY_NOW.to_owned()),
        ("KEY_TICK".to_owned(), tables::KEY_TICK.to_owned()),
        ("KEY_ANSWER".to_owned(), tables::KEY_ANSWER.to_owned()),
        ("FUNCTION_LIBRARY".to_owned(), functions::LIBRARY.to_owned()),
        ("KEY_EVENT".to_owned(), tables::KEY_EVENT.to_owned()),
        ("KEY_RESULT".to_owned(), escaped(tables::KEY_RESULT)),
        ("CLASS_NAME".to_owned(), tables::CLASS_NAME.to_owned()),
        ("CALL_SIGNATURE".to_owned(), escaped(&call::SIGNATURE)),
        ("RECORDING_SIGNATURE".to_owned(), escaped(&recording::SIGNATURE)),
        ("PERMISSION_HOME".to_owned(), permissions::HOME.to_owned()),
    ];
    let groups: [(&str, Vec<&str>); 12] = [
        ("CONFIG", config::KEYS.into()),
        ("ATOMIC", vec![config::HOST]),
        ("FUNCTION", functions::MODES.into()),
        ("TRANSACTION", config::TRANSACTION_WORDS.into()),
        ("PERMISSION", permissions::FIELDS.into()),
        ("GUARD", Guard::ALL.map(Guard::name).into()),
        ("EVENT", EventKind::ALL.map(EventKind::name).into()),
        ("FIELD", events::field::ALL.into()),
        ("WORK", events::work::ALL.into()),
        ("AUDIT", Action::ALL.map(Action::name).into()),
        ("LIMIT", audit::limit::ALL.into()),
        ("CLASS", ErrorClass::ALL.map(ErrorClass::name).into()),
    ];
    for (group, words) in groups {
        all.extend(words.into_iter().map(|word| (format!("{group}_{}", word.to_uppercase()), word.to_owned())));
    }
    all
}

/// Lists of the same words, for the languages that have lists: name, meaning, words.
fn lists() -> [(&'static str, &'static str, Vec<&'static str>); 5] {
    [
        ("CONFIG_KEYS", "the keys of the configuration", config::KEYS.into()),
        ("EVENT_KINDS", "the kinds of event", EventKind::ALL.map(EventKind::name).into()),
        ("AUDIT_ACTIONS", "the values of the field action of an audit event", Action::ALL.map(Action::name).into()),
        ("LIMITS", "the values of the field limit of an audit event", audit::limit::ALL.into()),
        (
            "ERROR_CLASSES",
            "the values of the field class of an error event",
            ErrorClass::ALL.map(ErrorClass::name).into(),
        ),
    ]
}

/// Which fields there may be: name, meaning, fields by the word that has them.
fn fields() -> [(&'static str, &'static str, Vec<Named>); 2] {
    [
        (
            "EVENT_FIELDS",
            "what an event of each kind has beside the kind; value may be absent",
            EventKind::ALL.map(|kind| (kind.name(), kind.fields())).into(),
        ),
        (
            "AUDIT_FIELDS",
            "what an audit event of each action may have beside action and sequence",
            Action::ALL.map(|action| (action.name(), action.fields())).into(),
        ),
    ]
}

/// The names of fields under a name.
type Named = (&'static str, &'static [&'static str]);

fn escape(byte: u8) -> String {
    if byte.is_ascii_graphic() { (byte as char).to_string() } else { format!("\\x{byte:02x}") }
}

/// With a capital and a full stop.
fn sentence(meaning: &str) -> String {
    meaning[..1].to_uppercase() + &meaning[1..] + "."
}

/// Words in quotes, with commas between.
fn quoted(words: &[&str], quote: char) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{quote}{word}{quote}")).collect();
    quoted.join(", ")
}

fn c() -> String {
    let mut out = format!("/* {NOTICE} */\n#ifndef CU_H\n#define CU_H\n\n#include <stdint.h>\n\n");
    for (name, value) in numbers() {
        out += &format!("#define CU_{name} {value}u\n");
    }
    for (name, value) in statuses() {
        out += &format!("#define CU_{name} ({value})\n");
    }
    for (name, text) in texts() {
        // A hexadecimal escape in C also takes the digits after it, so the literal is split there.
        let text = text.replace("\\x01", "\\x01\" \"").replace("\\x1b", "\\x1b\" \"").replace("\\x00", "\" \"\\x00");
        out += &format!("#define CU_{name} \"{text}\"\n");
    }
    out += "\n/* Exports of the module: a host calls them. */\n";
    for function in exports::EXPORTS {
        out += &c_prototype(&function, "cu_export_");
    }
    out += &format!("\n/* Imports of the module, from \"{}\": a host supplies them. */\n", imports::MODULE);
    for function in imports::IMPORTS {
        out += &c_prototype(&function, "cu_import_");
    }
    out += "\n#endif\n";
    out
}

fn c_prototype(function: &Function, prefix: &str) -> String {
    let parameters: Vec<String> = function.parameters.iter().map(|name| format!("uint32_t {name}")).collect();
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    let result = if function.returns { "int32_t" } else { "void" };
    format!("/* {} */\ntypedef {result} (*{prefix}{})({parameters});\n", function.meaning, function.name)
}

fn javascript() -> String {
    let mut out = format!("// {NOTICE}\n\n");
    for (name, value) in numbers() {
        out += &format!("export const {name} = {value};\n");
    }
    for (name, value) in statuses() {
        out += &format!("export const {name} = {value};\n");
    }
    for (name, text) in texts() {
        out += &format!("export const {name} = '{text}';\n");
    }
    for (name, meaning, words) in lists() {
        out += &format!("/** {} */\nexport const {name} = [{}];\n", sentence(meaning), quoted(&words, '\''));
    }
    out += &format!("export const IMPORT_MODULE = '{}';\n", imports::MODULE);
    out += &format!("export const MEMORY = '{}';\n", exports::MEMORY);
    for (name, meaning, rows) in fields() {
        out += &format!("\n/** {} */\nexport const {name} = {{\n", sentence(meaning));
        for (word, fields) in rows {
            out += &format!("  {word}: [{}],\n", quoted(fields, '\''));
        }
        out += "};\n";
    }
    out += "\n/** Exported functions: name and number of parameters. */\n";
    out += &js_functions("EXPORTS", &exports::EXPORTS);
    out += "\n/** Imported functions: name and number of parameters. */\n";
    out += &js_functions("IMPORTS", &imports::IMPORTS);
    out
}

fn js_functions(name: &str, functions: &[Function]) -> String {
    let mut out = format!("export const {name} = {{\n");
    for function in functions {
        out += &format!("  {}: {},\n", function.name, function.parameters.len());
    }
    out + "};\n"
}

fn go() -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    rows.extend(numbers().into_iter().map(|(name, value)| (go_name(&name), value.to_string())));
    rows.extend(statuses().into_iter().map(|(name, value)| (go_name(name), value.to_string())));
    rows.extend(texts().into_iter().map(|(name, text)| (go_name(&name), format!("\"{text}\""))));
    rows.push(("ImportModule".to_owned(), format!("\"{}\"", imports::MODULE)));
    rows.push(("MemoryExport".to_owned(), format!("\"{}\"", exports::MEMORY)));
    // gofmt aligns the equals signs of a block, so the mirror does, too.
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut out = format!("// Code generated: {NOTICE} DO NOT EDIT.\n\npackage cu\n\nconst (\n");
    for (name, value) in rows {
        out += &format!("\t{name:width$} = {value}\n");
    }
    out += ")\n";
    for (name, meaning, words) in lists() {
        let name = go_name(name);
        out += &format!("\n// {name} are {meaning}.\nvar {name} = []string{{{}}}\n", quoted(&words, '"'));
    }
    for (name, meaning, rows) in fields() {
        let name = go_name(name);
        out += &format!("\n// {name} are {meaning}.\n");
        out += &format!("var {name} = map[string][]string{{\n");
        // gofmt aligns the values of neighbouring lines.
        let width = rows.iter().map(|(word, _)| word.len() + 3).max().unwrap_or(0);
        for (word, fields) in rows {
            let key = format!("\"{word}\":");
            out += &format!("\t{key:width$} {{{}}},\n", quoted(fields, '"'));
        }
        out += "}\n";
    }
    out
}

fn python() -> String {
    let mut out = format!("\"\"\"{NOTICE}\"\"\"\n\n");
    for (name, value) in numbers() {
        out += &format!("{name} = {value}\n");
    }
    for (name, value) in statuses() {
        out += &format!("{name} = {value}\n");
    }
    for (name, text) in texts() {
        out += &format!("{name} = \"{text}\"\n");
    }
    out += &format!("IMPORT_MODULE = \"{}\"\n", imports::MODULE);
    out += &format!("MEMORY = \"{}\"\n", exports::MEMORY);
    for (name, meaning, words) in lists() {
        out += &format!("\n# {}\n{name} = [{}]\n", sentence(meaning), quoted(&words, '"'));
    }
    for (name, meaning, rows) in fields() {
        out += &format!("\n# {}\n{name} = {{\n", sentence(meaning));
        for (word, fields) in rows {
            out += &format!("    \"{word}\": [{}],\n", quoted(fields, '"'));
        }
        out += "}\n";
    }
    for (name, meaning, functions) in
        [("EXPORTS", "Exported", &exports::EXPORTS[..]), ("IMPORTS", "Imported", &imports::IMPORTS)]
    {
        out += &format!("\n# {meaning} functions: name and number of parameters.\n{name} = {{\n");
        for function in functions {
            out += &format!("    \"{}\": {},\n", function.name, function.parameters.len());
        }
        out += "}\n";
    }
    out
}

fn go_name(name: &str) -> String {
    name.split('_')
        .map(|word| match word {
            "OK" | "ABI" | "IO" => word.to_owned(),
            _ => word[..1].to_owned() + &word[1..].to_lowercase(),
        })
        .collect()
}
