//! What `compute` returns when it fails: an error text in the I/O buffer, and the events that go with it.
//!
//! Invariant: whatever failed, there is an answer, and writing it needs no memory of the arena.

use core::ffi::c_int;
use core::fmt::Write;

use cu_abi::status::ErrorClass;

use crate::codec::encode::Unencodable;
use crate::control::{audit, output};
use crate::error::Error;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::run::config::Config;
use crate::run::error_text::{self, ErrorText};
use crate::run::io_buffer;
use crate::tick;
use crate::vm::run::RUN;
use crate::vm::{panic, traceback};

fn text() -> ErrorText<'static> {
    // SAFETY: an answer is written once, when nothing else is in the buffer any more.
    ErrorText::new(unsafe { io_buffer::bytes() })
}

/// An error of the module itself.
pub fn error(error: &Error, config: &Config) -> i32 {
    let mut text = text();
    error_text::write_error(error, &mut text);
    finish(error.class(), &text, None, config)
}

/// A result that has no encoding, with the way to it: `result 2: .users[3].conn is a thread, ...`.
pub fn unencodable(number: c_int, unencodable: &Unencodable, config: &Config) -> i32 {
    let mut text = text();
    // Writing an ErrorText does not fail.
    let _ = write!(text, "result {number}");
    text.bytes(unencodable.path.text());
    let _ = text.write_str(" ");
    let _ = unencodable.reason.describe("a result", &mut text);
    finish(ErrorClass::Result, &text, None, config)
}

/// The error value on top of the stack, as text.
pub fn lua_error(lua: Stack<'_>, status: Status, config: &Config) -> i32 {
    let value = lua.top();
    if panic::is_internal(lua, value) {
        return error(&Error::Internal, config);
    }
    let mut text = text();
    let class = match status {
        Status::Syntax => ErrorClass::Syntax,
        Status::Memory => ErrorClass::Memory,
        Status::Handler => ErrorClass::Handler,
        Status::Ok | Status::Error => ErrorClass::Runtime,
    };
    if traceback::push_kept(lua) {
        text.bytes(lua.string(-1));
    } else {
        describe(lua, status, value, &mut text);
    }
    if class == ErrorClass::Memory {
        audit::limit_hit(audit::limit::MEMORY, config.memory as i64);
        let _ = write!(text, " (the limit is {} bytes)", config.memory);
    }
    finish(class, &text, Some((lua, value)), config)
}

/// The run was stopped, also when the script caught that and came to its end.
pub fn exhausted(lua: Stack<'_>, message: &Message, config: &Config) -> i32 {
    let is_ended = RUN.is_ended.get();
    let class = match tick::stop() {
        _ if is_ended => ErrorClass::Journal,
        Some(_) => ErrorClass::Interrupted,
        None => ErrorClass::Budget,
    };
    match class {
        ErrorClass::Budget => audit::limit_hit(audit::limit::INSTRUCTIONS, config.instructions),
        ErrorClass::Interrupted => audit::interrupted(message.text()),
        _ => {}
    }
    let mut text = text();
    if traceback::push_kept(lua) {
        text.bytes(lua.string(-1));
    } else if is_ended {
        // Writing an ErrorText does not fail.
        let _ = text.write_str("a transaction was not undone");
    } else {
        text.bytes(message.text());
    }
    finish(class, &text, None, config)
}

/// The message of an error that no handler saw: syntax and memory errors, errors in handlers.
fn describe(lua: Stack<'_>, status: Status, value: c_int, text: &mut ErrorText<'_>) {
    match lua.kind(value) {
        Kind::String => text.bytes(lua.string(value)),
        _ if status == Status::Memory => text.bytes(b"not enough memory"),
        kind => {
            let _ = write!(text, "(error object is a {} value)", kind.name());
        }
    }
}

/// Sends the events of a failed compute and returns what `compute` answers.
fn finish(class: ErrorClass, text: &ErrorText<'_>, value: Option<(Stack<'_>, c_int)>, config: &Config) -> i32 {
    if config.events.output {
        output::report_kept();
    }
    if config.events.error {
        // The output has been reported: its room serves the event.
        error_text::report(class, text.written(), value, output::staging());
    }
    text.status()
}
