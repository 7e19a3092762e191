//! What the module reports: `set(0, "event", inline table)`, only for the kinds that the host asked for.
#![forbid(unsafe_code)]

pub use cu_abi::events::work;
use cu_abi::events::{EventKind, field};
use cu_abi::value::Writer;
use cu_abi::{limits, tables};

use crate::budget::{self, cost};
use crate::host;
use crate::vm::run::RUN;

/// A set of event kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds {
    /// Printed text that the response lacks.
    pub output: bool,
    /// The error value of a failed compute.
    pub error: bool,
    /// What a compute used.
    pub usage: bool,
    /// What someone may have to account for.
    pub audit: bool,
    /// How far long work is.
    pub progress: bool,
}

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds { output: false, error: false, usage: false, audit: false, progress: false };

    /// Adds or removes the kind of that name; a name unknown here is for other versions.
    pub fn set(&mut self, name: &[u8], wanted: bool) {
        match EventKind::ALL.into_iter().find(|kind| kind.name().as_bytes() == name) {
            Some(EventKind::Output) => self.output = wanted,
            Some(EventKind::Error) => self.error = wanted,
            Some(EventKind::Usage) => self.usage = wanted,
            Some(EventKind::Audit) => self.audit = wanted,
            Some(EventKind::Progress) => self.progress = wanted,
            None => {}
        }
    }
}

/// Room for the fields beside the text of an `output` event.
const FIELDS_BYTES: usize = 64;

/// Reports printed text that begins `offset` bytes into the compute's output, in pieces that fit the stack.
pub fn report_output(text: &[u8], offset: u64) {
    let mut sent = 0;
    while sent < text.len() {
        let piece = &text[sent..sent + piece_length(&text[sent..])];
        let mut buffer = [0; limits::OUTPUT_EVENT_BYTES + FIELDS_BYTES];
        let mut writer = Writer::new(&mut buffer);
        let table = writer.begin_table();
        begin(&mut writer, EventKind::Output);
        writer.string(field::TEXT.as_bytes());
        writer.string(piece);
        writer.string(field::OFFSET.as_bytes());
        writer.integer((offset + sent as u64) as i64);
        writer.end_table(table, 3);
        send(&writer);
        sent += piece.len();
    }
}

/// As much as fits an event, without cutting a character of UTF-8 in two.
fn piece_length(text: &[u8]) -> usize {
    if text.len() <= limits::OUTPUT_EVENT_BYTES {
        return text.len();
    }
    let continues = |length: &usize| text[*length] & 0xC0 == 0x80;
    (limits::OUTPUT_EVENT_BYTES - 3..=limits::OUTPUT_EVENT_BYTES)
        .rev()
        .find(|length| !continues(length))
        .unwrap_or(limits::OUTPUT_EVENT_BYTES)
}

/// Reports what a compute used: instructions, bytes of the arena at its end, calls of functions of the host.
pub fn report_usage(instructions: i64, memory: usize, calls: u32) {
    let mut buffer = [0; 128];
    let mut writer = Writer::new(&mut buffer);
    let table = writer.begin_table();
    begin(&mut writer, EventKind::Usage);
    writer.string(field::INSTRUCTIONS.as_bytes());
    writer.integer(instructions);
    writer.string(field::MEMORY.as_bytes());
    writer.integer(memory as i64);
    writer.string(field::CALLS.as_bytes());
    writer.integer(calls.into());
    writer.end_table(table, 4);
    send(&writer);
}

/// Reports how far long work is, if the host wants to know.
pub fn report_progress(work: &str, done: u32, total: u32) {
    if !RUN.reports_progress.get() {
        return;
    }
    budget::spend(cost::HOST);
    let mut buffer = [0; 128];
    let mut writer = Writer::new(&mut buffer);
    let table = writer.begin_table();
    begin(&mut writer, EventKind::Progress);
    writer.string(field::WORK.as_bytes());
    writer.string(work.as_bytes());
    for (name, number) in [(field::DONE, done), (field::TOTAL, total)] {
        writer.string(name.as_bytes());
        writer.integer(number.into());
    }
    writer.end_table(table, 4);
    send(&writer);
}

/// The first pair of an event: its kind.
pub fn begin(writer: &mut Writer<'_>, kind: EventKind) {
    writer.string(field::KIND.as_bytes());
    writer.string(kind.name().as_bytes());
}

/// Hands a finished event to the host. Its answer is ignored: a report is not worth failing for.
pub fn send(event: &Writer<'_>) {
    if let Some(bytes) = event.written() {
        let _ = host::set(tables::CONTROL, tables::KEY_EVENT.as_bytes(), bytes);
    }
}
