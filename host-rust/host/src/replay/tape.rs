//! What is at the border between an instance and its host: nothing, a recorder, or a recording that is played.

use super::crossing::Call;
use super::player::{Player, Stopped};
use super::recorder::Recorder;
use crate::memory::Memory;

/// What sees, or answers, each call of an import.
pub enum Tape {
    /// Writes it down.
    Recorder(Recorder),
    /// Answers it.
    Player(Player),
}

impl Tape {
    /// Calls an import; `host` answers it where a recording does not.
    pub fn call(
        &mut self,
        memory: &mut Memory<'_>,
        call: Call,
        host: impl FnOnce(Memory<'_>) -> i32,
    ) -> Result<i32, Stopped> {
        match self {
            Tape::Player(player) => player.answer(memory, call),
            Tape::Recorder(recorder) => {
                recorder.asked(memory, call);
                let answer = host(memory.again());
                recorder.answered(memory, call, answer);
                Ok(answer)
            }
        }
    }
}
