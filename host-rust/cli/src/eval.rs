//! `cu eval CODE`: runs the code given on the command line.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::script::{self, Work};

pub fn eval(arguments: &Arguments) -> Result<(), Failure> {
    let code = arguments.operand("CODE")?.as_encoded_bytes();
    script::run(&script::module(arguments)?, Work::Code(code), arguments)
}
