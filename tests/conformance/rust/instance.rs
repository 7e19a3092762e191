//! An instance of cu-host in a case: its calls, and what came of each, in the words of the kit.
//!
//! Invariant: what is observed is what crossed the border of the module, and what the host made of it for its user. Where these
//! differ, a line begins with `host`, which no file of the kit expects.

use std::sync::{Arc, Mutex};

use cu_abi::pending::{ANSWER_AT, Answered};
use cu_abi::value::Writer;
use cu_host::replay::Recorder;
use cu_host::{ComputeOptions, Error, EventKind, Instance, Options, Pending, Step, Value};

use crate::border::{Border, Part, Sink, read_record};
use crate::bytes::{Forms, bytes_forms, from_hex, lines_forms, text_forms};
use crate::offers::{Offers, answer_of, encode_all};
use crate::session::Session;
use crate::store::CaseStore;

/// What this host says by itself in a configuration.
const OF_HOST: [&str; 4] = ["functions", "epoch", "events", "home"];

/// A compute, from its first part to its last.
pub struct Flight {
    /// The instance.
    pub owner: u64,
    pending: Option<Pending>,
    pub ticket: Option<i64>,
    /// What its parts printed.
    printed: Vec<u8>,
}

pub struct Opened {
    pub number: u64,
    pub border: Arc<Mutex<Border>>,
    instance: Instance,
    heard: Arc<Mutex<Vec<Value>>>,
    kinds: Vec<String>,
}

impl Opened {
    pub fn new(session: &Session<'_>, number: u64) -> Result<Opened, Error> {
        let border = Arc::new(Mutex::new(Border::default()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (hears, at_border) = (Arc::clone(&heard), Arc::clone(&border));
        let (config, now, tick) = (Arc::clone(&session.config), Arc::clone(&session.now), Arc::clone(&session.tick));
        let mut events = vec![EventKind::Usage];
        events
            .extend(EventKind::ALL.into_iter().filter(|kind| session.kinds.iter().any(|wanted| wanted == kind.name())));
        at_border.lock().unwrap().is_resumed = true;
        let options = Options {
            home: session.home.clone(),
            events,
            on_event: Some(Box::new(move |event| hears.lock().unwrap().push(event.clone()))),
            on_config: Some(Box::new(move |fields| {
                let config = config.lock().unwrap();
                // The options of a part are those of the first one, and an instance has none of the case.
                let is_all = at_border.lock().unwrap().is_resumed;
                if is_all {
                    fields.retain(|(name, _)| OF_HOST.iter().any(|of_host| name == &Value::from(*of_host)));
                }
                for (name, value) in config.iter().filter(|(name, value)| is_all || !is_option(name, value)) {
                    fields.retain(|(other, _)| other != name);
                    fields.push((name.clone(), value.clone()));
                }
            })),
            clock: session.has_clock.then(|| Box::new(move || *now.lock().unwrap()) as Box<dyn Fn() -> f64 + Send>),
            on_tick: session.has_ticks.then(|| {
                Box::new(move || tick.lock().unwrap().as_mut()?.ask()) as Box<dyn FnMut() -> Option<String> + Send>
            }),
            record: Some(Recorder::new(Sink(Arc::clone(&border)))),
            ..Options::default()
        };
        let store =
            CaseStore { inner: session.store.clone(), plan: Arc::clone(&session.plan), border: Arc::clone(&border) };
        let instance = Instance::new(session.module, store, session.offers.give(options))?;
        Ok(Opened { number, border, instance, heard, kinds: session.kinds.clone() })
    }

    /// A step begins.
    pub fn begin(&mut self, is_resumed: bool) {
        self.border.lock().unwrap().begin(is_resumed);
        self.heard.lock().unwrap().clear();
    }

    /// Computes source, or a record.
    pub fn compute(&mut self, code: &[u8], config: &[(Value, Value)], offers: &Offers) -> (Flight, Vec<Forms>) {
        let mut flight = Flight { owner: self.number, pending: None, ticket: None, printed: Vec::new() };
        let outcome = self.instance.start_with(code, &own(config));
        let lines = self.land(&mut flight, outcome, offers);
        (flight, lines)
    }

    /// Goes on with a compute; `answer` is `results HEX` or `error HEX`, or none to cancel it.
    pub fn go_on(
        &mut self,
        flight: &mut Flight,
        answer: Option<&str>,
        config: &[(Value, Value)],
        offers: &Offers,
    ) -> Vec<Forms> {
        let waiting = flight.pending.take().filter(|_| flight.owner == self.number);
        match (waiting, answer) {
            (Some(pending), Some(answer)) => {
                let outcome = self.instance.resume(pending, answer_of(answer));
                self.land(flight, outcome, offers)
            }
            (Some(pending), None) => {
                let outcome = self.instance.cancel(pending);
                self.cancelled(outcome, offers)
            }
            (None, _) => {
                self.border.lock().unwrap().is_resumed = false;
                self.compute(&record(flight.ticket.expect("it has waited"), answer), config, offers).1
            }
        }
    }

    pub fn collect(&mut self, offers: &Offers) -> Vec<Forms> {
        let outcome = self.instance.run_gc();
        let part = self.border.lock().unwrap().part().expect("it collected");
        let mut lines = match outcome {
            Ok(()) => Vec::new(),
            Err(Error::Store(_)) => vec![vec!["failed".into()]],
            Err(error) => vec![vec![format!("host: {error}")]],
        };
        lines.extend(self.aside(&part, offers));
        lines
    }

    /// What a part of a compute came to.
    fn land(&mut self, flight: &mut Flight, outcome: Result<Step, Error>, offers: &Offers) -> Vec<Forms> {
        let Some(part) = self.border.lock().unwrap().part() else { return vec![vec![format!("host: {outcome:?}")]] };
        let mut lines = Vec::new();
        match outcome {
            Ok(step) if part.answer >= 0 => {
                flight.printed.extend(part.output());
                match step {
                    Step::Done(response) => {
                        lines.push(bytes_forms("results", part.values()));
                        if encode_all(&response.values) != part.values() {
                            lines.push(vec![format!("host has other values: {:?}", response.values)]);
                        }
                        if response.output != flight.printed {
                            lines.push(vec![format!("host has another output: {:?}", response.output)]);
                        }
                    }
                    Step::Waits(pending) => {
                        let (ticket, record) = part.pending().expect("it waits");
                        let (name, args) = read_record(record);
                        lines.push(bytes_forms(&format!("waits {name}"), &args));
                        if (pending.name(), &encode_all(pending.args())) != (&*name, &args) {
                            lines.push(vec![format!("host waits for {} with {:?}", pending.name(), pending.args())]);
                        }
                        flight.ticket = Some(ticket);
                        flight.pending = Some(pending);
                    }
                }
            }
            Ok(step) => lines.push(vec![format!("host: {step:?}")]),
            Err(error) => lines.push(failure(&error, &part)),
        }
        lines.extend(output(&part));
        lines.extend(self.aside(&part, offers));
        lines
    }

    /// What came of a compute that was cancelled, of which the host tells only errors.
    fn cancelled(&mut self, outcome: Result<(), Error>, offers: &Offers) -> Vec<Forms> {
        let part = self.border.lock().unwrap().part().expect("it was cancelled");
        let first = match outcome {
            Ok(()) if part.answer >= 0 => bytes_forms("results", part.values()),
            Ok(()) => vec!["host knows of no error".into()],
            Err(error) => failure(&error, &part),
        };
        let mut lines = vec![first];
        lines.extend(output(&part));
        lines.extend(self.aside(&part, offers));
        lines
    }

    /// Calls of functions, events, budget, uses of the store.
    fn aside(&mut self, part: &Part, offers: &Offers) -> Vec<Forms> {
        let mut lines = Vec::new();
        let records: Vec<_> = part.records().into_iter().map(read_record).collect();
        lines.extend(records.iter().map(|(name, args)| bytes_forms(&format!("called {name}"), args)));
        let calls = std::mem::take(&mut *offers.calls.lock().unwrap());
        if !records.iter().filter(|(name, _)| offers.has(name)).eq(calls.iter()) {
            lines.push(vec![format!("host called {calls:?}")]);
        }
        let is_wanted = |event: &Value| {
            event.get("kind").and_then(Value::as_str).is_some_and(|kind| self.kinds.iter().any(|wanted| wanted == kind))
        };
        let told = |(bytes, event): (Vec<u8>, Value)| is_wanted(&event).then_some((bytes, event));
        lines.extend(part.events().into_iter().filter_map(told).map(|(bytes, _)| bytes_forms("event", &bytes)));
        let all = self.border.lock().unwrap().events();
        let heard = self.heard.lock().unwrap();
        if !heard
            .iter()
            .filter(|event| is_wanted(event))
            .eq(all.iter().map(|(_, event)| event).filter(|event| is_wanted(event)))
        {
            lines.push(vec![format!("host told of {heard:?}")]);
        }
        if let Some(used) = part.told("usage", "instructions").as_ref().and_then(Value::as_i64) {
            lines.push(vec![format!("used {used}")]);
        }
        lines.push(lines_forms("uses", &part.uses()));
        lines
    }
}

fn output(part: &Part) -> Option<Forms> {
    (part.answer >= 0 && !part.output().is_empty()).then(|| text_forms("output", part.output(), "\n"))
}

/// The line of an error.
fn failure(error: &Error, part: &Part) -> Forms {
    if let Some(trap) = &part.trap {
        return vec![format!("host trapped: {trap}")];
    }
    match error {
        Error::Host { .. } => vec!["failed".into()],
        Error::Lua(error) => {
            let class = part.told("error", "class");
            let class = class.as_ref().and_then(Value::as_str).unwrap_or("-");
            if error.text != part.left || error.class.map_or("-", |class| class.name()) != class {
                return vec![format!("host: {error:?}")];
            }
            text_forms(&format!("error {class}"), &part.left, "")
        }
        _ => vec![format!("host: {error}")],
    }
}

/// The record that goes on with a compute.
fn record(ticket: i64, answer: Option<&str>) -> Vec<u8> {
    let Some((kind, hex)) = answer.and_then(|answer| answer.split_once(' ')) else {
        return Answered::cancel(ticket).into();
    };
    let mut head = [0; ANSWER_AT];
    Answered::write_head(&mut Writer::new(&mut head), ticket);
    [&head[..], &[u8::from(kind == "error")], &from_hex(hex)].concat()
}

/// Whether this host has an option of a compute for this field and value.
fn is_option(name: &Value, value: &Value) -> bool {
    let is_size = matches!(value, Value::Integer(0..));
    match name.as_str() {
        Some("instructions" | "memory" | "output") => is_size,
        Some("atomic") => value.as_bool().is_some() || value.as_str() == Some("host"),
        Some("home") => value.as_bytes().is_some_and(|name| (1..=255).contains(&name.len())),
        _ => false,
    }
}

/// The options of a compute with this configuration.
fn own(config: &[(Value, Value)]) -> ComputeOptions {
    let find = |wanted: &str| {
        config
            .iter()
            .find(|(name, value)| name.as_str() == Some(wanted) && is_option(name, value))
            .map(|(_, value)| value)
    };
    let size = |name: &str| find(name).and_then(Value::as_i64).map(i64::cast_unsigned);
    ComputeOptions {
        instructions: size("instructions"),
        memory: size("memory"),
        output: size("output"),
        atomic: find("atomic").and_then(Value::as_bool),
        atomic_by_store: find("atomic").and_then(Value::as_str).map(|_| true),
        home: find("home").and_then(Value::as_bytes).map(Into::into),
        ..ComputeOptions::default()
    }
}
