//! What an input of `cu repl` does: a command of its own, or Lua.

use super::next::Next;
use super::session::{Input, Session};
use crate::failure::Failure;
use crate::output::{complain, show};

const HELP: &str = "\
What you type is run as Lua; the values of an expression are shown. What is not complete goes on in the next line.
Variables with `local` end with their input; globals stay until the end, and _home as long as its file.

  .help      show this
  .exit      end, as Ctrl-D does
  Tab        complete a global, a field or a key of _home
  Ctrl-C     end the script that runs, or leave the input
";

/// Does what an input says.
pub fn act(session: &mut Session, text: &str) -> Result<Next, Failure> {
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
