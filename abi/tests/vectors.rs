//! The codecs of the contract against its golden vectors (`vectors/README.md`).

use cu_abi::call::{self, Argument, Call};
use cu_abi::key::{self, Key, KeyBuffer, Refused, Unescaped};
use cu_abi::limits::KEY_BYTES;
use cu_abi::malformed::Malformed;
use cu_abi::page;
use cu_abi::pending::{Answered, Pending};
use cu_abi::recording::{Chain, Entry, FILE_HEAD_BYTES, HEAD_BYTES, Head, checksum, file_head};
use cu_abi::value::{Item, Reader, Writer};
use serde_json::Value as Json;

fn vectors(name: &str) -> Json {
    let path = format!("{}/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON")
}

fn list<'a>(vectors: &'a Json, name: &str) -> &'a [Json] {
    let list = vectors[name].as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

fn hex(text: &Json) -> Vec<u8> {
    let digits = text.as_str().expect("a string");
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect()
}

/// Calls `check` with the key of a tagged form.
fn with_key<T>(tagged: &Json, check: impl FnOnce(Key<'_>) -> T) -> T {
    let content = &tagged[1];
    let text = content.as_str().unwrap_or_default();
    match tagged[0].as_str().expect("a tag") {
        "boolean" => check(Key::Boolean(content.as_bool().expect("a boolean"))),
        "integer" => check(Key::Integer(text.parse().expect("an integer"))),
        "float" => check(Key::Float(f64::from_bits(u64::from_str_radix(text, 16).expect("16 digits")))),
        "string" => check(Key::String(&hex(content))),
        other => panic!("{other} is no key"),
    }
}

fn encode(key: Key<'_>) -> Result<Vec<u8>, Refused> {
    let mut buffer = KeyBuffer::new();
    buffer.encode(key)?;
    Ok(buffer.bytes().to_vec())
}

fn room() -> Unescaped {
    [0; KEY_BYTES]
}

#[test]
fn golden_keys_encode_and_decode_in_the_order_of_their_bytes() {
    let vectors = vectors("keys.json");
    let mut last = Vec::new();
    for vector in list(&vectors, "accepted") {
        let (name, bytes) = (&vector["name"], hex(&vector["bytes"]));
        with_key(&vector["key"], |key| {
            assert_eq!(encode(key).as_ref(), Ok(&bytes), "{name}");
            assert_eq!(key::decode(&bytes, &mut room()), Ok(key), "{name}");
        });
        for equal in vector["equal"].as_array().into_iter().flatten() {
            assert_eq!(with_key(equal, encode).as_ref(), Ok(&bytes), "{name}: {equal}");
        }
        assert!(last < bytes, "{name}");
        last = bytes;
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let vectors = vectors("keys.json");
    for vector in list(&vectors, "refused") {
        let bytes = hex(&vector["bytes"]);
        let refused = key::decode(&bytes, &mut room()).map(|key| format!("{key:?}"));
        assert!(matches!(refused, Err(Malformed { offset, .. }) if offset <= bytes.len()), "{vector}: {refused:?}");
        assert_eq!(key::decode_id(&bytes), None, "{vector}");
    }
    let floats = list(&vectors, "none").iter().filter(|vector| vector["value"][0] == "float");
    assert_eq!(floats.map(|vector| with_key(&vector["value"], encode)).collect::<Vec<_>>(), [Err(Refused::NaN)]);
}

#[test]
fn pages_are_asked_for_and_answered_as_the_vectors_say() {
    for vector in list(&vectors("pages.json"), "answers") {
        let name = &vector["name"];
        let (after, request) = (hex(&vector["after"]), hex(&vector["request"]));
        let descending = vector["descending"].as_bool().expect("a boolean");
        let mut room = vec![0xEE; vector["room"].as_u64().expect("a size") as usize];
        page::ask(&mut room, &after, descending);
        assert_eq!(room[..request.len()], request, "{name}");
        assert_eq!(page::asked(&room), Ok((&after[..], descending)), "{name}");

        let mut keys: Vec<Vec<u8>> = vector["keys"].as_array().expect("a list").iter().map(hex).collect();
        if descending {
            keys.reverse();
        }
        keys.retain(|key| after.is_empty() || if descending { *key < after } else { *key > after });
        let ends = keys.iter().scan(0, |written, key| {
            *written = page::append(&mut room, *written, key)?;
            Some(*written)
        });
        let written = ends.last();
        match &vector["answer"] {
            Json::Null => assert!(written.is_none() && !keys.is_empty(), "{name}"),
            answer => assert_eq!(room[..written.unwrap_or(0)], hex(answer), "{name}"),
        }
    }
}

/// Whether all of a page is keys, each behind the one before.
fn is_sound(bytes: &[u8], after: &[u8]) -> bool {
    let (mut at, mut before) = (0, after);
    while at < bytes.len() {
        let Some(key) = page::key_behind(bytes, at, before) else { return false };
        if key::decode(key, &mut room()).is_err() {
            return false;
        }
        at += page::LENGTH_BYTES + key.len();
        before = key;
    }
    true
}

#[test]
fn pages_that_are_out_of_order_or_malformed_are_refused() {
    let vectors = vectors("pages.json");
    for vector in list(&vectors, "refused") {
        assert!(!is_sound(&hex(&vector["answer"]), &hex(&vector["after"])), "{}", vector["name"]);
    }
    for vector in list(&vectors, "answers").iter().filter(|vector| vector["descending"] == false) {
        let answer = if vector["answer"].is_null() { Vec::new() } else { hex(&vector["answer"]) };
        assert!(is_sound(&answer, &hex(&vector["after"])), "{}", vector["name"]);
    }
}

/// Reads a value from end to end, and writes it again.
fn copy<'a>(item: Item<'a>, reader: &mut Reader<'a>, writer: &mut Writer<'_>) -> Result<(), Malformed> {
    match item {
        Item::Nil => writer.nil(),
        Item::Boolean(flag) => writer.boolean(flag),
        Item::Integer(number) => writer.integer(number),
        Item::Float(number) => writer.float(number),
        Item::String(bytes) => writer.string(bytes),
        Item::External(id) => writer.external(id),
        Item::Library(name) => writer.library(std::str::from_utf8(name).expect("ASCII")),
        Item::Function(id) => writer.function(id),
        Item::BigInteger(negative, magnitude) => writer.big_integer(negative, magnitude),
        Item::Compressed(..) => panic!("no vector has one"),
        Item::Table(pairs, content) => {
            let outside = reader.enter(pairs, content)?;
            let open = writer.begin_table();
            for _ in 0..pairs {
                let key = reader.key()?;
                copy(key, reader, writer)?;
                let value = reader.item()?;
                copy(value, reader, writer)?;
            }
            writer.end_table(open, pairs);
            reader.leave(outside)?;
        }
    }
    Ok(())
}

fn copied(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut room = vec![0; 2 * bytes.len() + 16];
    let mut writer = Writer::new(&mut room);
    let mut reader = Reader::new(bytes);
    let item = reader.item()?;
    copy(item, &mut reader, &mut writer)?;
    reader.finish()?;
    Ok(writer.written().expect("it fits").to_vec())
}

#[test]
fn golden_values_are_read_and_written_again() {
    let vectors = vectors("values.json");
    for vector in vectors.as_array().expect("a list") {
        let bytes = hex(&vector["bytes"]);
        for other in core::iter::once(&vector["bytes"]).chain(vector["accepts"].as_array().into_iter().flatten()) {
            assert_eq!(copied(&hex(other)).as_ref(), Ok(&bytes), "{}: {other}", vector["name"]);
        }
    }
}

#[test]
fn malformed_values_are_reported_at_their_byte() {
    let vectors = vectors("malformed.json");
    for vector in vectors.as_array().expect("a list") {
        let at = vector["at"].as_u64().expect("an offset") as usize;
        assert_eq!(copied(&hex(&vector["bytes"])).map_err(|error| error.offset), Err(at), "{}", vector["name"]);
    }
}

/// Reads a call from end to end, and writes it again.
fn copied_call(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut room = vec![0; 2 * bytes.len() + 16];
    let mut writer = Writer::new(&mut room);
    let mut call = Call::read(bytes)?;
    call::write_head(&mut writer, call.by_content, call.way);
    while let Some(argument) = call.argument()? {
        match argument {
            Argument::Way(way) => call::write_way(&mut writer, way),
            Argument::Value(at, item) => {
                assert_eq!(Reader::starting_at(bytes, at).item(), Ok(item));
                call::write_value_form(&mut writer);
                copy(item, call.reader(), &mut writer)?;
            }
        }
    }
    Ok(writer.written().expect("it fits").to_vec())
}

#[test]
fn golden_calls_are_read_and_written_again() {
    let vectors = vectors("calls.json");
    for vector in list(&vectors, "accepted") {
        let (name, bytes) = (&vector["name"], hex(&vector["bytes"]));
        assert!(call::is_call(&bytes), "{name}");
        assert_eq!(copied_call(&bytes).as_ref(), Ok(&bytes), "{name}");
        let mut call = Call::read(&bytes).expect("a call");
        assert_eq!(call.way, vector["way"].as_str().expect("a way").as_bytes(), "{name}");
        assert_eq!(call.by_content, vector["content"], "{name}");
        for argument in vector["arguments"].as_array().expect("a list") {
            let found = call.argument().expect("well formed");
            match argument[0].as_str() {
                Some("way") => {
                    assert_eq!(found, Some(Argument::Way(argument[1].as_str().expect("a way").as_bytes())), "{name}");
                }
                _ => assert!(matches!(found, Some(Argument::Value(..))), "{name}"),
            }
        }
    }
}

#[test]
fn malformed_calls_are_reported_at_their_byte() {
    for vector in list(&vectors("calls.json"), "refused") {
        let at = vector["at"].as_u64().expect("an offset") as usize;
        assert_eq!(copied_call(&hex(&vector["bytes"])).map_err(|error| error.offset), Err(at), "{}", vector["name"]);
    }
}

#[test]
fn what_computes_that_wait_ask_and_are_answered_is_read() {
    let vectors = vectors("pending.json");
    for vector in list(&vectors, "asked") {
        let bytes = hex(&vector["bytes"]);
        let found = Pending::read(&bytes).expect("a pending value");
        assert_eq!((found.ticket.to_string(), found.call), (text(&vector["ticket"]), &hex(&vector["call"])[..]));
        assert_eq!([&Pending::head(found.ticket), found.call].concat(), bytes);
        assert_eq!(copied_call(found.call).as_deref(), Ok(found.call));
    }
    for vector in list(&vectors, "accepted") {
        let bytes = hex(&vector["bytes"]);
        assert!(Answered::is_one(&bytes));
        let found = Answered::read(&bytes).expect("well formed");
        let kind = match found.answer {
            Some([0, ..]) => "results",
            Some(_) => "error",
            None => "cancel",
        };
        assert_eq!(
            (found.ticket.to_string(), kind),
            (text(&vector["ticket"]), vector["kind"].as_str().expect("a kind"))
        );
    }
    for vector in list(&vectors, "refused") {
        let bytes = hex(&vector["bytes"]);
        let Err(error) = Answered::read(&bytes) else { continue };
        assert_eq!(error.offset as u64, vector["at"], "{}", vector["name"]);
    }
}

fn text(value: &Json) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The bodies of a recording with a head that is right; or the reason, the entry and the byte of the first error.
fn bodies(file: &[u8]) -> Result<Vec<&[u8]>, (&'static str, usize, usize)> {
    let head = file_head();
    if let Some(at) = head.iter().zip(file).position(|(one, other)| one != other) {
        return Err((if at < FILE_HEAD_BYTES - 1 { "signature" } else { "version" }, 0, at));
    }
    let (mut found, mut at, mut chain) = (Vec::new(), FILE_HEAD_BYTES, Chain::default());
    if file.len() < at {
        return Err(("cut", 0, file.len()));
    }
    while at < file.len() {
        let entry = found.len();
        let cut = ("cut", entry, file.len());
        let head = file[at..].first_chunk::<HEAD_BYTES>().ok_or(cut)?;
        let head = chain.read(head).ok_or(("damaged", entry, at))?;
        let start = at + HEAD_BYTES;
        let body = file[start..].get(..head.length as usize).ok_or(cut)?;
        if checksum(0, body) != head.checksum {
            return Err(("damaged", entry, start));
        }
        Entry::read(body).map_err(|wrong| ("malformed", entry, start + wrong.offset))?;
        found.push(body);
        at = start + body.len();
    }
    Ok(found)
}

/// An entry as it is in the vectors.
fn tagged(entry: Entry<'_>) -> Json {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    match entry {
        Entry::Module { hash, name } => serde_json::json!(["module", hex(hash), text(name)]),
        Entry::Call { export, arguments, code } => {
            let words = arguments.chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes")));
            let name = cu_abi::exports::EXPORTS[usize::from(export)].name;
            serde_json::json!(["call", name, words.collect::<Vec<_>>(), hex(code)])
        }
        Entry::Return { answer, left } => serde_json::json!(["return", answer, hex(left)]),
        Entry::Trap { words } => serde_json::json!(["trap", text(words)]),
        Entry::Import(import) => {
            let name = cu_abi::imports::IMPORTS[usize::from(import.import)].name;
            let name = name.rsplit('_').next();
            let (key, value, wrote) = (hex(import.key), hex(import.value), hex(import.wrote));
            serde_json::json!(["import", name, import.table, import.room, import.answer, key, value, wrote])
        }
        Entry::Undone => serde_json::json!(["undone"]),
        Entry::End => serde_json::json!(["end"]),
    }
}

#[test]
fn golden_recordings_are_read_and_written() {
    for vector in list(&vectors("recordings.json"), "accepted") {
        let (name, bytes) = (&vector["name"], hex(&vector["bytes"]));
        let mut written = file_head().to_vec();
        let mut chain = Chain::default();
        let mut entries = Vec::new();
        for body in bodies(&bytes).unwrap_or_else(|wrong| panic!("{name}: {wrong:?}")) {
            let entry = Entry::read(body).expect("it was read");
            entries.push(tagged(entry));
            let mut again = Vec::new();
            entry.write(&mut |bytes| again.extend_from_slice(bytes));
            written.extend(chain.head(Head { length: again.len() as u32, checksum: checksum(0, &again) }));
            written.extend(again);
        }
        assert_eq!(Json::Array(entries), vector["entries"], "{name}");
        assert_eq!(written, bytes, "{name}");
    }
}

#[test]
fn recordings_that_are_wrong_are_refused_at_their_byte() {
    for vector in list(&vectors("recordings.json"), "refused") {
        let number = |field: &str| vector[field].as_u64().expect("a number") as usize;
        let wanted = (vector["reason"].as_str().expect("a reason"), number("entry"), number("at"));
        assert_eq!(bodies(&hex(&vector["bytes"])), Err(wanted), "{}", vector["name"]);
    }
}
