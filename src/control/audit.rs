//! Events of the kind `audit`, numbered: what an auditor may ask for.
//!
//! Invariant: the numbers of an instance's events rise by one, so a host sees when it lost one; an event that the host did
//! not ask for has none.
#![forbid(unsafe_code)]

use cu_abi::events::EventKind;
use cu_abi::value::Writer;

use crate::control::event;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;

pub use cu_abi::audit::{Action, limit};
pub use cu_abi::events::field;

/// A detail of an event.
#[derive(Clone, Copy)]
pub enum Detail<'a> {
    /// A number.
    Number(i64),
    /// Text, of which the beginning is reported.
    Text(&'a [u8]),
}

/// Longest text of an event.
const TEXT_BYTES: usize = 512;

/// An event has at most two texts, and less than this beside them.
const EVENT_BYTES: usize = 2 * TEXT_BYTES + 256;

/// Says whether the host wants these events, from now on.
pub fn begin(wanted: bool) {
    RUN.audits.set(wanted);
}

/// Reports what happened, if the host wants to know.
pub fn report(action: Action, details: &[(&str, Detail<'_>)]) {
    debug_assert!(details.iter().all(|(name, _)| action.fields().contains(name)), "{action:?}");
    if RUN.audits.get() {
        send(action, details);
    }
}

/// Reports that a limit of so many stopped or cut something.
pub fn limit_hit(limit: &str, value: i64) {
    report(Action::LimitHit, &[(field::LIMIT, Detail::Text(limit.as_bytes())), (field::VALUE, Detail::Number(value))]);
}

/// Reports that the host stopped the script.
pub fn interrupted(message: &[u8]) {
    report(
        Action::LimitHit,
        &[(field::LIMIT, Detail::Text(limit::TICK.as_bytes())), (field::MESSAGE, Detail::Text(message))],
    );
}

#[cold]
#[inline(never)]
fn send(action: Action, details: &[(&str, Detail<'_>)]) {
    let sequence = INSTANCE.audit_sequence.get() + 1;
    INSTANCE.audit_sequence.set(sequence);
    let mut buffer = [0; EVENT_BYTES];
    let mut writer = Writer::new(&mut buffer);
    let table = writer.begin_table();
    for (name, text) in [(field::KIND, EventKind::Audit.name()), (field::ACTION, action.name())] {
        writer.string(name.as_bytes());
        writer.string(text.as_bytes());
    }
    writer.string(field::SEQUENCE.as_bytes());
    writer.integer(sequence);
    for (name, detail) in details {
        writer.string(name.as_bytes());
        match detail {
            Detail::Number(number) => writer.integer(*number),
            Detail::Text(text) => writer.string(&text[..text.len().min(TEXT_BYTES)]),
        }
    }
    writer.end_table(table, 3 + details.len() as u32);
    event::send(&writer);
}
