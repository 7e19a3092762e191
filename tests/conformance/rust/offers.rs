//! The functions that a case offers: their answers in turn, and what they were called with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use cu_host::{Args, Options, Raised, Value, Values};

use crate::bytes::from_hex;

/// A call: the name, and the encoded arguments.
pub type Called = (String, Vec<u8>);

type Answers = Arc<Mutex<VecDeque<String>>>;

/// What a case offers, for all its instances.
#[derive(Default)]
pub struct Offers {
    /// Name, mode, and the answers that are left.
    all: Vec<(String, String, Answers)>,
    /// The calls of this step.
    pub calls: Arc<Mutex<Vec<Called>>>,
}

impl Offers {
    pub fn add(&mut self, name: &str, mode: &str, answers: &[String]) {
        self.all.push((name.into(), mode.into(), Arc::new(Mutex::new(answers.iter().cloned().collect()))));
    }

    pub fn has(&self, name: &str) -> bool {
        self.all.iter().any(|(offered, ..)| offered == name)
    }

    /// The options of an instance with these functions.
    pub fn give(&self, mut options: Options) -> Options {
        for (name, mode, answers) in &self.all {
            let (answers, calls, name) = (Arc::clone(answers), Arc::clone(&self.calls), name.clone());
            let called = name.clone();
            let next = move |args: Args| {
                calls.lock().unwrap().push((called.clone(), encode_all(&args)));
                let answer = answers.lock().unwrap().pop_front().unwrap_or_else(|| panic!("{called} has no answer"));
                (answer != "wait").then(|| answer_of(&answer))
            };
            options = match &**mode {
                "sync" => options.function(name, move |args| next(args).expect("a function that is sync has answers")),
                "either" => options.either_function(name, next),
                "async" => options.later_function(name),
                _ => panic!("{mode} is no mode of a function"),
            };
        }
        options
    }
}

/// What `results HEX` or `error HEX` says.
pub fn answer_of(line: &str) -> Result<Values, Raised> {
    let (kind, hex) = line.split_once(' ').expect("an answer has two words");
    let mut values = decode_all(&from_hex(hex));
    match kind {
        "results" => Ok(values.into()),
        "error" => Err(values.remove(0).into()),
        _ => panic!("{kind} is no answer of a function"),
    }
}

pub fn encode_all(values: &[Value]) -> Vec<u8> {
    values.iter().flat_map(|value| value.encode().expect("it has been decoded")).collect()
}

pub fn decode_all(bytes: &[u8]) -> Vec<Value> {
    Value::decode_all(bytes, 0).expect("these are values")
}
