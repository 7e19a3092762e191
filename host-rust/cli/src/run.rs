//! `cu run FILE [ARG ...]`: runs a script, with arguments.

use std::ffi::OsStr;

use cu_host::Module;

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::script::{self, Work};

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Some((file, args)) = arguments.operands.split_first() else {
        return Err(Usage("FILE is missing".to_owned()).into());
    };
    if file == "-" && arguments.input {
        return Err(Usage("standard input is the script, so it is not there for --input".to_owned()).into());
    }
    let module = script::module(arguments)?;
    let code = code(file, &module)?;
    script::run(&module, Work::File { file, code: &code, args }, arguments)
}

/// The code of a script.
pub fn code(file: &OsStr, module: &Module) -> Result<Vec<u8>, Failure> {
    let mut code = script::read(file, module)?;
    hide_first_line(&mut code);
    Ok(code)
}

/// Makes a `#!` line a comment: the line stays, so that line numbers stay right.
fn hide_first_line(code: &mut [u8]) {
    if let Some(start) = code.first_chunk_mut()
        && start == b"#!"
    {
        *start = *b"--";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_for_the_shell_becomes_a_comment() {
        for (before, after) in [("#!/usr/bin/cu run\nx", "--/usr/bin/cu run\nx"), ("#", "#"), ("# !", "# !"), ("", "")]
        {
            let mut code = before.as_bytes().to_vec();
            hide_first_line(&mut code);
            assert_eq!(code, after.as_bytes());
        }
    }
}
