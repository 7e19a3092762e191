//! `native-lua --bench`: times programs, one per line of standard input.

use std::ffi::CString;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use crate::describe;
use crate::state::{Outcome, Output, State};

/// How the collector works while a program is timed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Collector {
    Generational,
    Incremental,
}

/// Answers every line until standard input ends.
pub fn serve(collector: Collector) -> Result<(), String> {
    let mut answers = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let path = line.map_err(|error| format!("cannot read a path: {error}"))?;
        let mut answer = match time(path, collector) {
            Ok((microseconds, text)) => {
                let mut answer = format!("OK {microseconds} ").into_bytes();
                answer.extend_from_slice(&text);
                answer
            }
            Err(message) => [b"ERR ".as_slice(), &message].concat(),
        };
        for byte in &mut answer {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        answer.push(b'\n');
        let written = answers.write_all(&answer).and_then(|()| answers.flush());
        written.map_err(|error| format!("cannot write an answer: {error}"))?;
    }
    Ok(())
}

/// The microseconds one call of the file took, and its first result.
fn time(path: Vec<u8>, collector: Collector) -> Result<(u128, Vec<u8>), Vec<u8>> {
    let path = CString::new(path).map_err(|error| error.to_string())?;
    let mut state = State::new(Output::Captured).ok_or("not enough memory")?;
    if collector == Collector::Generational {
        state.set_generational();
    }
    state.load_file(&path)?;
    let start = Instant::now();
    let succeeded = state.call();
    let elapsed = start.elapsed();
    match state.outcome(succeeded, describe::first) {
        Outcome::Ok(text) => Ok((elapsed.as_micros(), text)),
        Outcome::Error(message) => Err(message),
    }
}
