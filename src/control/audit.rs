//! Events of the kind `audit`, numbered: what an auditor may ask for.
//!
//! Invariant: the numbers of an instance's events rise by one, so a host sees when it lost one; an event that the host did
//! not ask for has none.
#![forbid(unsafe_code)]

use crate::control::event;
use crate::vm::instance::INSTANCE;
use crate::vm::run::RUN;
use crate::wire::Writer;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A script loaded a binary chunk, which was verified.
    BytecodeLoaded,
    /// A binary chunk was refused, of a script or of a stored function.
    BytecodeRefused,
    /// A function was stored.
    FunctionPersisted,
    /// A stored function became a living one.
    FunctionRestored,
    /// A script tried what the host does not permit.
    PermissionRefused,
    /// A limit of the host stopped or cut something.
    LimitHit,
    /// What an atomic compute changed stays.
    TransactionCommitted,
    /// An atomic compute failed, and changed nothing.
    TransactionRolledBack,
    /// A read-only compute changed captured variables, which have their values of before.
    VariablesPutBack,
}

impl Action {
    /// The stable name.
    const fn name(self) -> &'static str {
        match self {
            Action::BytecodeLoaded => "bytecode_loaded",
            Action::BytecodeRefused => "bytecode_refused",
            Action::FunctionPersisted => "function_persisted",
            Action::FunctionRestored => "function_restored",
            Action::PermissionRefused => "permission_refused",
            Action::LimitHit => "limit_hit",
            Action::TransactionCommitted => "transaction_committed",
            Action::TransactionRolledBack => "transaction_rolled_back",
            Action::VariablesPutBack => "variables_put_back",
        }
    }
}

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
    if RUN.audits.get() {
        send(action, details);
    }
}

/// Reports that a limit of so many stopped or cut something.
pub fn limit_hit(limit: &str, value: i64) {
    report(Action::LimitHit, &[("limit", Detail::Text(limit.as_bytes())), ("value", Detail::Number(value))]);
}

#[cold]
#[inline(never)]
fn send(action: Action, details: &[(&str, Detail<'_>)]) {
    let sequence = INSTANCE.audit_sequence.get() + 1;
    INSTANCE.audit_sequence.set(sequence);
    let mut buffer = [0; EVENT_BYTES];
    let mut writer = Writer::new(&mut buffer);
    let table = writer.begin_table();
    for (name, text) in [("kind", "audit"), ("action", action.name())] {
        writer.string(name.as_bytes());
        writer.string(text.as_bytes());
    }
    writer.string(b"sequence");
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
