//! `cu run FILE`: runs a script.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::script;

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.operand("FILE")?;
    let module = script::module(arguments)?;
    let mut code = script::read(file, &module)?;
    hide_first_line(&mut code);
    script::run(&module, &code, arguments)
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
