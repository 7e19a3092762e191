//! `cu run FILE`: runs a script.

use std::io::{self, Read};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::script;

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.operand("FILE")?;
    let mut code = read(file).map_err(|error| Failure::Io(file.to_owned(), error))?;
    hide_first_line(&mut code);
    script::run(&code, arguments)
}

fn read(file: &str) -> io::Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(file);
    }
    let mut code = Vec::new();
    io::stdin().read_to_end(&mut code)?;
    Ok(code)
}

/// Makes a `#!` line a comment: it keeps its place, so that line numbers stay right.
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
