//! `cu repl`: reads Lua, runs it and shows its values, again and again, in one instance.
//!
//! Invariant: nothing that a script does ends the program, but a trap of the module; Ctrl-C ends the script that runs.

mod colours;
#[cfg(feature = "line-editor")]
mod editor;
mod lines;
mod session;

use std::io::{self, IsTerminal};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::{complain, show};
use session::{Input, Session};

const HELP: &str = "\
What you type is run as Lua; the values of an expression are shown. What is not complete goes on in the next line.
Variables with `local` end with their input; globals stay until the end, and _home as long as its file.

  .help      show this
  .exit      end, as Ctrl-D does
  Tab        complete a global, a field or a key of _home
  Ctrl-C     end the script that runs, or leave the input
";

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

/// What happens after an input.
#[derive(PartialEq)]
enum Next {
    GoesOn,
    /// The same, after an input that failed.
    Failed,
    Ends,
}

/// Does what an input says.
fn act(session: &mut Session, text: &str) -> Result<Next, Failure> {
    match text.trim() {
        "" => Ok(Next::GoesOn),
        ".exit" => Ok(Next::Ends),
        ".help" => show(HELP.as_bytes()).map(|()| Next::GoesOn),
        command if command.starts_with('.') && command[1..].starts_with(|c: char| c.is_alphabetic()) => {
            complain(&format!("there is no {command}; .help says what there is"));
            Ok(Next::Failed)
        }
        _ => match session.read(text) {
            Input::Chunk(way) => session.run(way, text),
            Input::Wrong(error) => session.complain(error, text).map(|()| Next::Failed),
            Input::Unfinished(error) => session.complain(error, text).map(|()| Next::Failed),
        },
    }
}
