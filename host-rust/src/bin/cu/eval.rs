//! `cu eval CODE`: runs the code given on the command line.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::script;

pub fn eval(arguments: &Arguments) -> Result<(), Failure> {
    let code = arguments.operand("CODE")?.as_encoded_bytes();
    script::run(&script::module(arguments)?, code, arguments)
}
