//! Inputs from a pipe or a file: each line is one, with those that complete it.

use std::io::{self, BufRead};

use super::act::act;
use super::next::Next;
use super::session::{Input, Session};
use crate::failure::Failure;

/// An input that fails is shown, and the next one is read; the exit status says that there was one.
pub fn read(mut session: Session) -> Result<(), Failure> {
    let mut has_failed = false;
    let mut text = String::new();
    let mut does_go_on = true;
    let mut lines = io::stdin().lock().lines();
    while does_go_on {
        let line = lines.next().transpose().map_err(|error| Failure::Io("standard input".to_owned(), error))?;
        does_go_on = line.is_some();
        text += &line.unwrap_or_default();
        let is_unfinished =
            does_go_on && !text.trim_start().starts_with('.') && matches!(session.read(&text), Input::Unfinished(_));
        if is_unfinished && !text.trim().is_empty() {
            text.push('\n');
            continue;
        }
        match act(&mut session, &text)? {
            Next::GoesOn => {}
            Next::Failed => has_failed = true,
            Next::Ends => break,
        }
        text.clear();
    }
    if has_failed { Err(Failure::Told) } else { Ok(()) }
}
