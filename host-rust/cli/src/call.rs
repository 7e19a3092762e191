//! `cu call WAY ARGUMENT...`: calls a function that is there already.

use std::ffi::OsStr;

use cu_host::{Call, Value};

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::script::{self, Work};

pub fn call(arguments: &Arguments) -> Result<(), Failure> {
    let Some((way, operands)) = arguments.operands.split_first() else {
        return Err(Usage("WAY is missing".to_owned()).into());
    };
    let mut call = Call::new(way.as_encoded_bytes());
    for (number, operand) in (1..).zip(operands) {
        call = call.value(value(number, operand)?);
    }
    let record = call.encode().map_err(|error| Usage(error.to_string()))?;
    script::run(&script::module(arguments)?, Work::Call(&record), arguments)
}

/// A word alone is no JSON: it would have to be guessed whether 7 is a number, and true a word.
pub fn value(number: usize, operand: &OsStr) -> Result<Value, Usage> {
    Value::from_json(operand.as_encoded_bytes()).ok_or_else(|| {
        let text = operand.display();
        Usage(format!("argument {number} is no JSON: '{text}'; a string is written with quotes, '\"text\"'"))
    })
}
