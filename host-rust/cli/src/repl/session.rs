//! The instance of `cu repl`: what an input is, what it does and what it shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cu_host::{Call, Error, EventKind, Instance, MemoryStore, Options, ReadOptions, Value};

use super::colours::coloured;
use super::next::Next;
use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{complain, show};
use crate::paint::Paint;
use crate::source_line::Source;
use crate::{chunk, files, printed, script};
use cu_host::json;

/// The name of inputs in messages.
const NAME: &str = "repl";

/// A completion may use so many instructions: no more than a person waits for.
#[cfg(feature = "line-editor")]
const COMPLETION: u64 = 2_000_000;

pub struct Session {
    instance: Instance,
    stop: Arc<AtomicBool>,
    is_json: bool,
    has_home: bool,
}

/// What an input is.
pub enum Input {
    /// A chunk that waits to be called by this way.
    Chunk(&'static str),
    /// The beginning of one.
    Unfinished(Error),
    Wrong(Error),
}

impl Session {
    pub fn open(arguments: &Arguments) -> Result<Session, Failure> {
        let home = Home::of(arguments)?;
        let functions = files::functions(arguments)?;
        let module = script::module(arguments)?;
        let store = home.map_or_else(|| Ok(Box::new(MemoryStore::default()) as _), Home::open)?;
        let stop = Arc::new(AtomicBool::new(false));
        let options = Options {
            stop: Some(Arc::clone(&stop)),
            // Nothing is kept, so that all of it is shown when it is printed.
            output: Some(0),
            events: vec![EventKind::Output],
            on_event: Some(Box::new(|event| {
                if let Some((_, text)) = printed::piece(event) {
                    // A terminal that is gone ends the reading, too.
                    let _ = show(&text);
                }
            })),
            functions,
            ..script::run_options(arguments)
        };
        let mut instance = Instance::new(&module, store, options)?;
        instance.clear_io()?;
        // Says what is wrong with the options before the first input.
        instance.compute("")?;
        Ok(Session { instance, stop, is_json: arguments.json, has_home: arguments.home.is_some() })
    }

    /// What ends a script when it is set.
    #[cfg(feature = "line-editor")]
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Compiles an input, as an expression if it is one.
    pub fn read(&mut self, text: &str) -> Input {
        self.stop.store(false, Ordering::Relaxed);
        let expression = format!("return {text}");
        let mut load = |code: &str| {
            chunk::load(&mut self.instance, format!("={NAME}").as_bytes(), Value::Table(Vec::new()), code.as_bytes())
        };
        match load(&expression).or_else(|_| load(text)) {
            Ok(way) => Input::Chunk(way),
            Err(Error::Lua(error)) if error.message.ends_with("near <eof>") => Input::Unfinished(Error::Lua(error)),
            Err(error) => Input::Wrong(error),
        }
    }

    /// Runs a chunk and shows its values.
    pub fn run(&mut self, way: &str, text: &str) -> Result<Next, Failure> {
        match self.instance.call(&Call::new(way)) {
            Ok(response) => {
                let mut shown = Vec::new();
                let values = &response.values[..];
                for value in if matches!(values, [Value::Nil]) { &[] } else { values } {
                    match self.shown(value) {
                        Ok(line) => shown.extend(line.bytes()),
                        Err(error) => return self.complain(error, text).map(|()| Next::Failed),
                    }
                    shown.push(b'\n');
                }
                show(&shown).map(|()| Next::GoesOn)
            }
            Err(error) => self.complain(error, text).map(|()| Next::Failed),
        }
    }

    /// A value as it is written in Lua, or in JSON.
    fn shown(&mut self, value: &Value) -> Result<String, Error> {
        if self.is_json {
            let tables = self.instance.read(value, ReadOptions::default())?;
            return Ok(json::written(value, Some(&tables)));
        }
        let text = match value {
            // With its quotes: beside others it has to be seen what is text.
            Value::String(_) => {
                let list = Value::from(vec![value.clone()]).to_string();
                list[1..list.len() - 1].to_owned()
            }
            other => script::notation(&mut self.instance, other)?,
        };
        Ok(coloured(&text, Paint::of_output()))
    }

    /// Shows an error; one after which the instance cannot go on ends the program.
    pub fn complain(&mut self, error: Error, text: &str) -> Result<(), Failure> {
        let cause = self.instance.take_store_error();
        let error = script::with_content(error, &mut self.instance);
        let source = Source { name: NAME, text: text.as_bytes(), has_namesakes: self.has_home };
        let failure = match (script::with_source(error, Some(source)), cause) {
            (error, Some(cause)) if !matches!(error, Error::Lua(_)) => Failure::Store(error, cause),
            (error, _) => Failure::Cu(error),
        };
        if self.instance.is_dead() {
            return Err(failure);
        }
        complain(&failure.text());
        Ok(())
    }

    /// Names that begin as the last word of a line does: where the word begins, and whole words.
    #[cfg(feature = "line-editor")]
    pub fn completions(&mut self, line: &str) -> (usize, Vec<String>) {
        let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | ':');
        let start =
            line.char_indices().rev().take_while(|(_, char)| is_part(*char)).last().map_or(line.len(), |(at, _)| at);
        let word = &line[start..];
        let (outer, sign, name) = match word.rfind(['.', ':']) {
            Some(at) => (&word[..at], &word[at..=at], &word[at + 1..]),
            None => ("_G", "", word),
        };
        let free = cu_host::ComputeOptions { instructions: Some(COMPLETION), ..cu_host::ComputeOptions::default() };
        let found =
            chunk::load(&mut self.instance, b"=completion", Value::Table(Vec::new()), include_bytes!("names.lua"));
        let found = found.and_then(|way| self.instance.call_with(&Call::new(way).way(outer).value(name), &free));
        let Ok(found) = found else { return (start, Vec::new()) };
        let names = found.value().as_table().unwrap_or_default().iter().filter_map(|(_, name)| name.as_str());
        let before = if sign.is_empty() { String::new() } else { format!("{outer}{sign}") };
        let mut words: Vec<String> = names.map(|name| format!("{before}{name}")).collect();
        words.sort();
        (start, words)
    }
}
