//! What crosses the border of the module while a step runs, from the recorder of cu-host (abi/recording.md).

use std::io::Write;
use std::sync::{Arc, Mutex};

use cu_abi::exports::EXPORTS;
use cu_abi::recording::{Entry, FILE_HEAD_BYTES, HEAD_BYTES, SIGNATURE};
use cu_abi::{call, pending, tables, tags};
use cu_host::Value;

use crate::bytes::to_hex;

/// A call of an import.
#[derive(Clone)]
pub struct Import {
    place: u8,
    table: u32,
    room: u32,
    answer: i32,
    key: Vec<u8>,
    value: Vec<u8>,
}

const SET: u8 = 0;
const GET: u8 = 1;
const KEYS: u8 = 4;
const NAMES: [&str; 5] = ["set", "get", "delete", "size", "keys"];

/// Exports that use the store for a step.
const COUNTED: [&str; 2] = ["compute", "run_gc"];

/// One call of the module.
#[derive(Clone, Default)]
pub struct Part {
    imports: Vec<Import>,
    pub answer: i32,
    pub left: Vec<u8>,
    pub trap: Option<String>,
}

/// The calls of a step.
#[derive(Default)]
pub struct Border {
    unread: Vec<u8>,
    parts: Vec<Part>,
    pub is_running: bool,
    /// Whether the step goes on with a compute: what the host does after an answer that could not be taken is not what the step is about.
    pub is_resumed: bool,
}

impl Border {
    pub fn begin(&mut self, is_resumed: bool) {
        self.parts.clear();
        self.is_resumed = is_resumed;
    }

    /// The call that the step is about.
    pub fn part(&self) -> Option<Part> {
        if self.is_resumed { self.parts.first().cloned() } else { self.parts.last().cloned() }
    }

    /// All events of the step.
    pub fn events(&self) -> Vec<(Vec<u8>, Value)> {
        self.parts.iter().flat_map(Part::events).collect()
    }

    fn take(&mut self, entry: Entry<'_>) {
        match entry {
            Entry::Call { export, .. } if COUNTED.contains(&EXPORTS[usize::from(export)].name) => {
                self.is_running = true;
                self.parts.push(Part::default());
            }
            _ if !self.is_running => {}
            Entry::Import(import) => self.last().imports.push(Import {
                place: import.import,
                table: import.table,
                room: import.room,
                answer: import.answer,
                key: import.key.into(),
                value: import.value.into(),
            }),
            Entry::Return { answer, left } => {
                self.last().answer = answer;
                self.last().left = left.into();
                self.is_running = false;
            }
            Entry::Trap { words } => {
                self.last().trap = Some(String::from_utf8_lossy(words).into_owned());
                self.is_running = false;
            }
            _ => {}
        }
    }

    fn last(&mut self) -> &mut Part {
        self.parts.last_mut().expect("a call runs")
    }
}

/// The way of a recording to the border.
pub struct Sink(pub Arc<Mutex<Border>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut border = self.0.lock().unwrap();
        border.unread.extend(bytes);
        if border.unread.starts_with(&SIGNATURE) && border.unread.len() >= FILE_HEAD_BYTES {
            border.unread.drain(..FILE_HEAD_BYTES);
        }
        while border.unread.len() >= HEAD_BYTES {
            let length = u32::from_le_bytes(border.unread[4..8].try_into().unwrap()) as usize;
            if border.unread.len() < HEAD_BYTES + length {
                break;
            }
            let entry: Vec<u8> = border.unread.drain(..HEAD_BYTES + length).skip(HEAD_BYTES).collect();
            border.take(Entry::read(&entry).expect("the recorder writes entries"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Part {
    fn output_end(&self) -> usize {
        4 + u32::from_le_bytes(self.left[..4].try_into().unwrap()) as usize
    }

    pub fn output(&self) -> &[u8] {
        &self.left[4..self.output_end()]
    }

    /// The bytes of all values, also of those that did not fit.
    pub fn values(&self) -> &[u8] {
        let values = &self.left[self.output_end()..];
        if values != [tags::SPILLED] {
            return values;
        }
        let is_result =
            |import: &&Import| import.place == SET && import.table == tables::IO && import.key == tables::KEY_RESULT;
        &self.imports.iter().rfind(is_result).expect("the values were stored").value
    }

    /// The ticket, and the call record, of one that waits.
    pub fn pending(&self) -> Option<(i64, &[u8])> {
        let read = pending::Pending::read(self.values())?;
        Some((read.ticket, read.call))
    }

    /// The records of calls of functions for an answer.
    pub fn records(&self) -> Vec<&[u8]> {
        let is_record =
            |import: &&Import| import.place == GET && import.table == tables::CONTROL && call::is_call(&import.key);
        self.imports.iter().filter(is_record).map(|import| &*import.key).collect()
    }

    /// The events: their bytes, and what they say.
    pub fn events(&self) -> Vec<(Vec<u8>, Value)> {
        let is_event = |import: &&Import| {
            import.place == SET && import.table == tables::CONTROL && import.key == tables::KEY_EVENT.as_bytes()
        };
        let read = |import: &Import| (import.value.clone(), Value::decode(&import.value).expect("an event is a value"));
        self.imports.iter().filter(is_event).map(read).collect()
    }

    /// The field of the last event of a kind.
    pub fn told(&self, kind: &str, field: &str) -> Option<Value> {
        let events = self.events();
        let (_, event) = events.iter().rfind(|(_, event)| event.get("kind").and_then(Value::as_str) == Some(kind))?;
        event.get(field).cloned()
    }

    /// What it asked of the store, as the kit writes it.
    pub fn uses(&self) -> Vec<String> {
        let uses: Vec<&Import> = self.imports.iter().filter(|import| import.table != tables::CONTROL).collect();
        let is_again = |at: usize| {
            let (Some(before), now) = (at.checked_sub(1).map(|at| uses[at]), uses[at]) else { return false };
            [GET, KEYS].contains(&now.place)
                && (now.place, now.table, &now.key) == (before.place, before.table, &before.key)
                && now.room > before.room
                && (before.answer < -1 || before.answer.cast_unsigned() > before.room)
        };
        (0..uses.len()).filter(|at| !is_again(*at)).map(|at| use_of(uses[at])).collect()
    }
}

fn use_of(Import { place, table, key, value, .. }: &Import) -> String {
    let name = NAMES[usize::from(*place)];
    match name {
        "set" => format!("{name} {table} {} {}", to_hex(key), to_hex(value)),
        "size" => format!("{name} {table}"),
        "keys" => {
            let way = if key[3] & 0x80 == 0 { "up" } else { "down" };
            format!("{name} {table} {} {way}", to_hex(&key[4..]))
        }
        _ => format!("{name} {table} {}", to_hex(key)),
    }
}

/// The name in a call record whose arguments are all values, and the bytes of those.
pub fn read_record(record: &[u8]) -> (String, Vec<u8>) {
    let mut call = call::Call::read(record).expect("the module writes records");
    let name = String::from_utf8_lossy(call.way).into_owned();
    let mut values = Vec::new();
    let mut at = call.reader().offset();
    while at < record.len() {
        // In front of each is its form.
        let end = at + 1 + value_length(&record[at + 1..]);
        values.extend(&record[at + 1..end]);
        at = end;
    }
    (name, values)
}

/// Of the value at the front, which is well-formed and does not stand alone.
pub fn value_length(bytes: &[u8]) -> usize {
    match bytes[0] {
        tags::NIL => 1,
        tags::BOOLEAN => 2,
        tags::INTEGER | tags::FLOAT => 9,
        tags::EXTERNAL => 5,
        _ => 5 + u32::from_le_bytes(bytes[1..5].try_into().unwrap()) as usize,
    }
}
