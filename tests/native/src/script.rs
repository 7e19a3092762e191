//! `native-lua FILE`: one script, as the stock interpreter runs it.

use std::ffi::{CString, OsString};

use crate::describe;
use crate::state::{Output, State};

/// Runs `arguments[1]` with the arguments after it. The error is the message with a traceback.
pub fn run(arguments: &[OsString]) -> Result<(), String> {
    let bytes = |argument: &OsString| argument.as_encoded_bytes().to_vec();
    let program = bytes(&arguments[0]);
    let script = bytes(&arguments[1]);
    let rest: Vec<Vec<u8>> = arguments[2..].iter().map(bytes).collect();
    let path = CString::new(script.clone()).map_err(|error| error.to_string())?;

    let mut state = State::new(Output::Standard).ok_or("not enough memory")?;
    state.set_generational();
    let message = match state.load_file(&path) {
        Ok(()) if state.call_script(&program, &script, &rest) => return Ok(()),
        Ok(()) => {
            state.keep_last();
            state.describe(describe::error)
        }
        Err(message) => message,
    };
    Err(String::from_utf8_lossy(&message).into_owned())
}
