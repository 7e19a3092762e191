//! Stock Lua 5.4, built from the same sources as the module: the reference for its behaviour and
//! its speed.
//!
//! Invariant: Lua itself is unchanged. Only where output is captured, `print` and `io.write` are
//! replaced by functions with the same formats.
//!
//! ```text
//! native-lua FILE [argument...]   run a file as the stock interpreter does
//! native-lua --snippets FILE      run every snippet of a file, answer as below
//! native-lua --costs FILE         run the same, print `PEAK_BYTES MICROSECONDS NAME` per snippet
//! native-lua --bench [MODE]       worker for benchmarks, one answer for each line
//! ```
//!
//! # `--snippets`
//!
//! The file's format is described in `tests/lua/README.md`. Every snippet runs in a fresh state,
//! under the chunk name `=snippet`, with UTC as local time. The answers come in the order of the
//! file:
//!
//! ```text
//! === NAME OUTPUT_BYTES RESULT_BYTES STATUS\n
//! <OUTPUT_BYTES bytes: what print and io.write wrote>
//! <RESULT_BYTES bytes: the result><\n>
//! ```
//!
//! NAME may hold spaces, so the three fields after it are found from the end of the line. STATUS
//! is `ok` or `error`. The result of `ok` is every returned value, separated by tabs:
//!
//! | value | text |
//! |---|---|
//! | integer | decimal |
//! | float | `%.17g`, then `.0` if that looks like an integer; `nan` for either sign |
//! | string | as `string.format("%q")` quotes it |
//! | other | as `tostring` |
//!
//! The result of `error` is the message without traceback: the error value as `tostring` gives it
//! when it is a string, a number or has `__tostring`, else `(error object is a TYPE value)`.
//!
//! # `--bench`
//!
//! For each line `PATH` on standard input, the file is loaded into a fresh state and called once.
//! The answer is one line: `OK MICROSECONDS TEXT`, where only the call is timed and TEXT is the
//! first returned value as `tostring` gives it, or `ERR MESSAGE`. Line breaks in either text
//! become spaces. The program's output is dropped. MODE is the collector's mode: `generational`
//! (default, as in the stock interpreter) or `incremental` (the library's default).

mod bench;
mod describe;
mod ffi;
mod script;
mod snippets;
mod state;

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let word = |i: usize| arguments.get(i).and_then(|argument| argument.to_str());
    let outcome = match (word(1), arguments.len()) {
        (Some("--snippets"), 3) => {
            // SAFETY: this is the only thread, and nothing has read the environment yet.
            unsafe { std::env::set_var("TZ", "UTC0") };
            snippets::answer(arguments[2].as_ref())
        }
        (Some("--costs"), 3) => snippets::costs(arguments[2].as_ref()),
        (Some("--bench"), 2) => bench::serve(bench::Collector::Generational),
        (Some("--bench"), 3) if word(2) == Some("generational") => bench::serve(bench::Collector::Generational),
        (Some("--bench"), 3) if word(2) == Some("incremental") => bench::serve(bench::Collector::Incremental),
        (Some(option), _) if option.starts_with("--") => Err(USAGE.into()),
        (_, 0 | 1) => Err(USAGE.into()),
        _ => script::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("native-lua: {message}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "usage: native-lua FILE [argument...] | --snippets FILE | --costs FILE | \
                     --bench [generational|incremental]";
