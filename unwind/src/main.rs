//! `unwind INPUT.wasm OUTPUT.wasm`: the pass as a command.
//!
//! Invariant: the output file is written only when the whole run succeeded.

#![forbid(unsafe_code)]

mod arguments;

use arguments::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("unwind: {message}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(report) => {
            println!("unwind: {report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("unwind: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<unwind::Report, String> {
    let Arguments { input, output, options } = arguments;
    let bytes = std::fs::read(input).map_err(|error| format!("{input}: {error}"))?;
    let (rewritten, report) = unwind::rewrite(&bytes, options).map_err(|error| format!("{input}: {error}"))?;
    std::fs::write(output, rewritten).map_err(|error| format!("{output}: {error}"))?;
    Ok(report)
}
