//! A script whose functions the host answers later, and the answers: the contract knows what becomes of each, nothing waits at the end,
//! and the instance works on.
//!
//! The bytes `ff` divide the script from the answers, and these from each other. Every third one goes to the script that waited first.

use std::collections::VecDeque;

use cu_abi::pending::Answered;
use cu_abi::value::Writer;
use cu_host::Value;

use crate::vm::{self, Part};

const BETWEEN: u8 = 0xff;
const MOST_ANSWERS: usize = 30;

pub fn run(input: &[u8]) {
    let functions = ["f", "deep.g"].map(|name| (Value::from(name), Value::from("async")));
    vm::begin(&[("functions", Value::Table(functions.into())), ("pending", Value::Integer(8))]);
    let mut parts = input.split(|byte| *byte == BETWEEN);
    let source = parts.next().unwrap_or_default();
    let mut waiting = VecDeque::new();
    let note = |waiting: &mut VecDeque<i64>, part| {
        if let Part::Waits(ticket) = part {
            waiting.push_back(ticket);
        }
    };
    note(&mut waiting, vm::part(source));
    for (number, answer) in parts.take(MOST_ANSWERS).enumerate() {
        let ticket = if number % 3 == 0 { waiting.pop_front() } else { waiting.pop_back() };
        let Some(ticket) = ticket else {
            // The same script once more.
            note(&mut waiting, vm::part(source));
            continue;
        };
        let record = [&head(ticket)[..], answer].concat();
        match vm::part(&record) {
            // What is malformed leaves it waiting.
            Part::Ended(Err(text)) if text.starts_with("the call record is malformed") => waiting.push_back(ticket),
            part => note(&mut waiting, part),
        }
    }
    for ticket in waiting {
        let ended = vm::part(&Answered::cancel(ticket));
        assert!(matches!(ended, Part::Ended(_)), "a compute that is cancelled waits");
    }
    assert_eq!(cu::vm::instance::INSTANCE.pending.get(), 0, "a compute waits that nobody knows");
    vm::end();
}

fn head(ticket: i64) -> [u8; cu_abi::pending::ANSWER_AT] {
    let mut head = [0; cu_abi::pending::ANSWER_AT];
    Answered::write_head(&mut Writer::new(&mut head), ticket);
    head
}
