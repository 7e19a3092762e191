//! One case of the kit on cu-host: does its steps, and says what came of each, in the words of the kit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use cu_abi::tables::HOST_FIRST;
use cu_host::{Call, Error, MemoryStore, Module, SharedStore, Store, Value};

use crate::bytes::{Forms, bytes_forms, from_hex, lines_forms, to_hex};
use crate::instance::{Flight, Opened};
use crate::kit::Step;
use crate::offers::{Offers, decode_all};
use crate::store::Plan;

/// The name of an instance, or a compute, that has none.
const USUAL: &str = "a";

/// Which question whether a script goes on is answered, and how.
pub struct Tick {
    left: u64,
    reason: String,
}

impl Tick {
    pub fn ask(&mut self) -> Option<String> {
        self.left = self.left.saturating_sub(1);
        (self.left == 0).then(|| self.reason.clone())
    }
}

pub struct Session<'a> {
    pub module: &'a Module,
    pub store: SharedStore<MemoryStore>,
    pub plan: Arc<Mutex<Plan>>,
    pub offers: Offers,
    pub kinds: Vec<String>,
    pub config: Arc<Mutex<Vec<(Value, Value)>>>,
    pub home: Option<Vec<u8>>,
    pub has_clock: bool,
    pub now: Arc<Mutex<f64>>,
    pub has_ticks: bool,
    pub tick: Arc<Mutex<Option<Tick>>>,
    instances: HashMap<String, Opened>,
    flights: HashMap<String, Flight>,
    current: String,
    count: u64,
}

impl<'a> Session<'a> {
    pub fn new(module: &'a Module, steps: &[Step]) -> Session<'a> {
        let has = |name: &str| steps.iter().any(|step| step.wanted(0) == name);
        Session {
            module,
            store: SharedStore::default(),
            plan: Arc::default(),
            offers: Offers::default(),
            kinds: Vec::new(),
            config: Arc::default(),
            home: None,
            has_clock: has("now"),
            now: Arc::default(),
            has_ticks: has("tick"),
            tick: Arc::default(),
            instances: HashMap::new(),
            flights: HashMap::new(),
            current: USUAL.into(),
            count: 0,
        }
    }

    /// Does a step; returns for each line that came of it the ways to write it.
    pub fn step(&mut self, step: &Step) -> Vec<Forms> {
        let is_call = ["run", "compute", "call", "content", "resume", "cancel", "collect"].contains(&step.wanted(0));
        if !is_call {
            return self.prepare(step);
        }
        self.instances
            .get_mut(&self.current)
            .expect("an instance is open")
            .begin(step.wanted(0) == "resume" || step.wanted(0) == "cancel");
        let mut lines = self.call(step);
        if !step.expects("uses") {
            lines.retain(|forms| forms[0].split([' ', '\n']).next() != Some("uses"));
        }
        *self.tick.lock().unwrap() = None;
        self.plan.lock().unwrap().failures = 0;
        lines
    }

    fn call(&mut self, step: &Step) -> Vec<Forms> {
        let config = self.config.lock().unwrap().clone();
        let hex = |at: usize| from_hex(step.wanted(at));
        match step.wanted(0) {
            "run" => self.compute(step.text.join("\n").as_bytes(), &step.words[1..], &config),
            "compute" => self.compute(&hex(1), &step.words[2..], &config),
            "call" => self.compute(&call(step.wanted(1), &hex(2)).encode().unwrap(), &step.words[3..], &config),
            "content" => {
                self.compute(&call(step.wanted(1), &hex(2)).by_content().encode().unwrap(), &step.words[3..], &config)
            }
            "collect" => {
                let (opened, offers) = self.opened();
                opened.collect(offers)
            }
            _ => {
                let answer = step.word(2).map(|kind| format!("{kind} {}", step.wanted(3)));
                let mut flight = self.flights.remove(step.wanted(1)).expect("something waited");
                let (opened, offers) = self.opened();
                let lines = opened.go_on(&mut flight, answer.as_deref(), &config, offers);
                self.flights.insert(step.wanted(1).into(), flight);
                lines
            }
        }
    }

    fn opened(&mut self) -> (&mut Opened, &Offers) {
        (self.instances.get_mut(&self.current).expect("an instance is open"), &self.offers)
    }

    fn compute(&mut self, code: &[u8], label: &[String], config: &[(Value, Value)]) -> Vec<Forms> {
        let (opened, offers) = self.opened();
        let (flight, lines) = opened.compute(code, config, offers);
        self.flights.insert(label.get(1).map_or(USUAL, |label| label).into(), flight);
        lines
    }

    /// Steps that prepare something, or look.
    fn prepare(&mut self, step: &Step) -> Vec<Forms> {
        let hex = |at: usize| from_hex(step.wanted(at));
        let number = |at: usize| step.wanted(at).parse::<u64>().expect("a number");
        let name = || step.word(1).unwrap_or(USUAL).to_owned();
        match step.wanted(0) {
            "config" => {
                let table =
                    if step.wanted(1) == "-" { Value::Table(Vec::new()) } else { Value::decode(&hex(1)).unwrap() };
                *self.config.lock().unwrap() = table.as_table().expect("a table").to_vec();
            }
            "events" => self.kinds = step.words[1..].to_vec(),
            "home" => self.home = Some(step.wanted(1).into()),
            "now" => *self.now.lock().unwrap() = step.wanted(1).parse().expect("milliseconds"),
            "offer" => self.offers.add(step.wanted(1), step.wanted(2), &step.text),
            "open" => {
                self.count += 1;
                let opened =
                    Opened::new(self, self.count).unwrap_or_else(|error| panic!("line {}: {error}", step.number));
                self.current = name();
                self.instances.insert(name(), opened);
            }
            "use" => self.current = name(),
            "drop" => drop(self.instances.remove(&name()).expect("the instance is open")),
            "put" => self.store.set(number(1) as u32, &hex(2), &hex(3)).unwrap(),
            "remove" => self.store.delete(number(1) as u32, &hex(2)).unwrap(),
            "fail" => {
                let failures = if step.word(2) == Some("on") { u64::MAX } else { 1 };
                *self.plan.lock().unwrap() = Plan { first: number(1), failures, count: 0 };
            }
            "tick" => *self.tick.lock().unwrap() = Some(Tick { left: number(1), reason: step.words[2..].join(" ") }),
            "store" => return vec![lines_forms("store", &self.rows())],
            "decode" => {
                let decoded = Value::decode(&hex(1));
                return vec![answered(
                    decoded,
                    |value| bytes_forms("encodes", &value.encode().unwrap()),
                    |at| format!("malformed {at}"),
                )];
            }
            "key" => {
                let keyed = |value: Value| match value.encode_key() {
                    Ok(bytes) if bytes == hex(1) => bytes_forms("value", &value.encode().unwrap()),
                    other => vec![format!("host encodes the key as {other:?}")],
                };
                return vec![answered(Value::decode_key(&hex(1)), keyed, |_| "refused".into())];
            }
            other => panic!("line {}: {other} is no step", step.number),
        }
        Vec::new()
    }

    /// The whole store, but for notes of hosts.
    fn rows(&self) -> Vec<String> {
        let store = self.store.turn().unwrap();
        let of_module = store.entries().filter(|(table, ..)| *table < HOST_FIRST);
        of_module.map(|(table, key, value)| format!("{table} {} {}", to_hex(key), to_hex(value))).collect()
    }
}

fn call(way: &str, args: &[u8]) -> Call {
    decode_all(args).into_iter().fold(Call::new(way), Call::value)
}

fn answered(decoded: Result<Value, Error>, whole: impl Fn(Value) -> Forms, refused: impl Fn(usize) -> String) -> Forms {
    match decoded {
        Ok(value) => whole(value),
        Err(Error::Malformed { offset, .. }) => vec![refused(offset)],
        Err(error) => vec![format!("host: {error}")],
    }
}
