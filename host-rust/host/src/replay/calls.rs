//! The calls of exports in a recording, each with all that happened in it.
//!
//! Invariant: entries come in the order of `abi/recording.md`, or there is an error. Where a recording breaks off within a call,
//! what is there of that call comes with the error.

use std::io::Read;

use cu_abi::exports::EXPORTS;
use cu_abi::recording::Entry;

use super::error::ReplayError;
use super::reader::{Item, Reader};

/// A call of an export.
pub struct Call {
    /// Its entry.
    pub start: Item,
    pub imports: Vec<Item>,
    /// How it ended, or why the recording does not say that.
    pub end: Result<Item, ReplayError>,
}

/// What a recording consists of.
pub enum Part {
    Call(Call),
    /// The store did not keep what the last call changed.
    Undone,
}

impl Call {
    /// The name of the export.
    pub fn name(&self) -> &'static str {
        match self.start.entry() {
            Entry::Call { export, .. } => EXPORTS[usize::from(export)].name,
            _ => "",
        }
    }

    /// Whether the changes of the store that come before this call are sure to stay: others do not reach the store.
    pub fn settles(&self) -> bool {
        let name = self.name();
        !(name.starts_with("get_") || name == "lua_alloc")
    }
}

/// The calls of a recording, one after another.
pub struct Calls<R> {
    pub reader: Reader<R>,
    /// The entry that names the module.
    pub module: Item,
    has_trapped: bool,
}

/// What is wrong with an entry that is whole.
const OUT_OF_ORDER: &str = "no such entry may come here";

impl<R: Read> Calls<R> {
    pub fn new(mut reader: Reader<R>) -> Result<Calls<R>, ReplayError> {
        let module = reader.next()?;
        match module.entry() {
            Entry::Module { .. } => Ok(Calls { reader, module, has_trapped: false }),
            _ => Err(module.wrong(OUT_OF_ORDER)),
        }
    }

    /// The next part, none at the end.
    pub fn next(&mut self) -> Result<Option<Part>, ReplayError> {
        let item = self.reader.next()?;
        match item.entry() {
            Entry::Call { .. } if !self.has_trapped => Ok(Some(Part::Call(self.whole(item)))),
            Entry::Undone => Ok(Some(Part::Undone)),
            Entry::End if self.reader.has_more()? => Err(item.wrong("something follows the end")),
            Entry::End => Ok(None),
            _ => Err(item.wrong(OUT_OF_ORDER)),
        }
    }

    fn whole(&mut self, start: Item) -> Call {
        let mut imports = Vec::new();
        let end = loop {
            let item = match self.reader.next() {
                Ok(item) => item,
                Err(error) => break Err(error),
            };
            match item.entry() {
                Entry::Import(_) => imports.push(item),
                Entry::Return { .. } => break Ok(item),
                Entry::Trap { .. } => {
                    self.has_trapped = true;
                    break Ok(item);
                }
                _ => break Err(item.wrong(OUT_OF_ORDER)),
            }
        };
        Call { start, imports, end }
    }
}
