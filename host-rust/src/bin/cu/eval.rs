//! `cu eval CODE`: runs the code given on the command line.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::script;

pub fn eval(arguments: &Arguments) -> Result<(), Failure> {
    script::run(arguments.operand("CODE")?.as_bytes(), arguments)
}
