//! Calls of the module, which may be recorded.
//!
//! Invariant: every call of an export goes through this file.

use super::Instance;
use crate::engine::Module;
use crate::error::Error;
use crate::replay::{COMPUTE, Recorder, Tape, left_at};

impl Instance {
    /// Calls an export.
    pub(super) fn call_module(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error> {
        if self.guest.host().tape.is_none() {
            return self.guest.call(export, arguments);
        }
        let code = match (export, arguments) {
            (COMPUTE, [pointer, length]) => self.memory().read(*pointer, *length).unwrap_or_default().to_vec(),
            _ => Vec::new(),
        };
        self.record(|recorder| recorder.called(export, arguments, &code))?;
        let answer = self.guest.call(export, arguments);
        match &answer {
            Ok(answer) => {
                let (pointer, length) = left_at(export, *answer, arguments, self.buffer);
                let left = self.memory().read(pointer, length).unwrap_or_default().to_vec();
                self.record(|recorder| recorder.returned(*answer, &left))?;
            }
            Err(trap) => self.record(|recorder| recorder.trapped(&trap.to_string()))?,
        }
        answer
    }

    pub(super) fn begin_recording(&mut self, module: &Module) -> Result<(), Error> {
        self.record(|recorder| recorder.begin(&module.hash(), &module.info().to_string()))
    }

    /// The store does not keep what the last call changed.
    pub(super) fn record_undone(&mut self) {
        // The recorder keeps a failure for the next call.
        let _ = self.record(|recorder| {
            recorder.undone();
            Ok(())
        });
    }

    /// Ends the recording of this instance ([`Options::record`](crate::Options::record)); what follows is not recorded. An
    /// instance that is dropped does the same, and nobody learns if that fails.
    pub fn end_recording(&mut self) -> Result<(), Error> {
        let ended = self.record(Recorder::end);
        self.guest.host().tape = None;
        ended
    }

    fn record(&mut self, act: impl FnOnce(&mut Recorder) -> Result<(), Error>) -> Result<(), Error> {
        match self.guest.host().tape.as_deref_mut() {
            Some(Tape::Recorder(recorder)) => act(recorder),
            _ => Ok(()),
        }
    }
}
