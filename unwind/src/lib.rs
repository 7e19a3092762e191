//! The link step that turns Lua's raises into plain returns.
//!
//! Invariant: the output behaves as the input would if `throw` jumped directly to the nearest
//! running `try`. It needs neither exceptions nor imports for this.

#![forbid(unsafe_code)]

mod branches;
mod error;
mod exits;
mod flag;
mod nesting;
mod options;
mod pseudo;
mod reach;
mod report;
mod rewrite;
mod sites;
mod stack_pointer;
mod tail;
mod try_function;

pub use error::Error;
pub use options::{Features, Flag, Options, StackPointer};
pub use report::Report;

use walrus::Module;
use wasmparser::Validator;

/// Rewrites a linked module and returns it with a report.
pub fn rewrite(input: &[u8], options: &Options) -> Result<(Vec<u8>, Report), Error> {
    let mut module = Module::from_buffer(input).map_err(|cause| Error::InvalidInput { cause: format!("{cause:#}") })?;
    let mut report = rewrite::rewrite_module(&mut module, options)?;
    report.tables_compared = branches::compare_small_tables(&mut module, options.comparisons);
    let output = module.emit_wasm();
    validate(&output, options.features)?;
    report.bytes_before = input.len();
    report.bytes_after = output.len();
    Ok((output, report))
}

/// Checks the output and not the input, because emission normalises encodings (LLVM pads the table
/// index of `call_indirect`), and because hosts must accept the output.
///
/// The analysis relies on this check: no accepted feature adds a way to call a function, or to put
/// one into a table, that the analysis does not know.
fn validate(output: &[u8], features: Features) -> Result<(), Error> {
    Validator::new_with_features(features.accepted())
        .validate_all(output)
        .map(drop)
        .map_err(|cause| Error::InvalidOutput { features, cause: cause.to_string() })
}
