//! Inputs from a terminal: lines that can be edited, a history, completion, and Ctrl-C.

use std::cell::RefCell;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::act::act;
use super::next::Next;
use super::session::{Input, Session};
use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::{complain, show};

/// Inputs that the history keeps.
const HISTORY: usize = 1000;

pub fn read(session: Session, arguments: &Arguments) -> Result<(), Failure> {
    let stop = session.stop();
    // Without the handler Ctrl-C ends the program, and nothing worse.
    if let Err(error) = ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed)) {
        complain(&format!("cu: note: Ctrl-C ends the program, not only the script: {error}"));
    }
    let session = Rc::new(RefCell::new(session));
    let config = Config::builder().max_history_size(HISTORY).map(|config| config.history_ignore_space(true));
    let config = config.map_err(failed)?.completion_type(CompletionType::List).build();
    let mut editor: Editor<Lua, DefaultHistory> = Editor::with_config(config).map_err(failed)?;
    editor.set_helper(Some(Lua(Rc::clone(&session))));
    // What belongs to an encrypted file is not kept in a plain one.
    let history = if arguments.key_file.is_some() { None } else { history() };
    if let Some(file) = &history {
        // The first time there is none.
        let _ = editor.load_history(file);
    }
    show(b"Lua 5.4 in cu; .help says more, .exit ends\n")?;
    let ended = loop {
        match editor.readline("> ") {
            Ok(text) => {
                let _ = editor.add_history_entry(&text);
                match act(&mut session.borrow_mut(), &text) {
                    Ok(Next::Ends) => break Ok(()),
                    Ok(_) => {}
                    Err(failure) => break Err(failure),
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break Ok(()),
            Err(error) => break Err(failed(error)),
        }
    };
    if let Some(file) = &history
        && let Err(error) = editor.append_history(file)
    {
        complain(&format!("cu: note: the history was not kept in {}: {error}", file.display()));
    }
    ended
}

fn failed(error: ReadlineError) -> Failure {
    Failure::Io("the terminal".to_owned(), io::Error::other(error))
}

/// The history's file in the user's folder for what programs remember, which is made.
fn history() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let state = folder("XDG_STATE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    let folder = state.join("cu");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// What the editor asks about Lua.
struct Lua(Rc<RefCell<Session>>);

impl Helper for Lua {}

impl Highlighter for Lua {}

impl Hinter for Lua {
    type Hint = String;
}

impl Completer for Lua {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.0.borrow_mut().completions(&line[..at]))
    }
}

impl Validator for Lua {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let is_command = text.trim_start().starts_with('.') || text.trim().is_empty();
        let is_unfinished = !is_command && matches!(self.0.borrow_mut().read(text), Input::Unfinished(_));
        Ok(if is_unfinished { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}
