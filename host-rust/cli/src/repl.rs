//! `cu repl`: reads Lua, runs it and shows its values, again and again, in one instance.
//!
//! Invariant: nothing that a script does ends the program, but a trap of the module; Ctrl-C ends the script that runs.

mod act;
mod colours;
#[cfg(feature = "line-editor")]
mod editor;
mod lines;
mod next;
mod session;

use std::io::{self, IsTerminal};

use crate::arguments::Arguments;
use crate::failure::Failure;
use session::Session;

pub fn repl(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let session = Session::open(arguments)?;
    if io::stdin().is_terminal() { on_terminal(session, arguments) } else { lines::read(session) }
}

#[cfg(feature = "line-editor")]
fn on_terminal(session: Session, arguments: &Arguments) -> Result<(), Failure> {
    editor::read(session, arguments)
}

#[cfg(not(feature = "line-editor"))]
fn on_terminal(session: Session, _: &Arguments) -> Result<(), Failure> {
    lines::read(session)
}
