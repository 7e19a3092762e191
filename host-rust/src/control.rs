//! Options, and table 0 as the module sees it: configuration in, events out, time.
//!
//! Invariant: table 0 is answered here and never reaches a store.

use cu_abi::{status, tables};

use crate::error::Error;
use crate::value::Value;

/// A clock: milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> f64 + Send>;

/// Takes an event as the module reports it, a table with the field `kind`.
pub type EventHandler = Box<dyn FnMut(&Value) + Send>;

/// A kind of event (abi/README.md, "Table 0").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Printed text that the response does not carry.
    Output,
    /// A failed compute: class, message and value.
    Error,
    /// What a compute used: instructions, and bytes of memory at its end.
    Usage,
}

impl EventKind {
    /// The name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::Output => "output",
            EventKind::Error => "error",
            EventKind::Usage => "usage",
        }
    }
}

/// What an instance is created with. Whatever is absent is left to the module's default.
#[derive(Default)]
pub struct Options {
    /// Instructions that a compute may use before it is stopped; none, and a script may run for ever.
    pub instructions: Option<u64>,
    /// Bytes of the arena that scripts may use.
    pub memory: Option<u64>,
    /// Bytes of print kept for the response.
    pub output: Option<u64>,
    /// Seed of `math.random` and of the string hash.
    pub seed: Option<i64>,
    /// Whether scripts may load binary chunks, which are verified.
    pub bytecode: bool,
    /// Whether functions are stored without names of variables and numbers of lines.
    pub strip: bool,
    /// Strings whose encoding has at least so many bytes are stored compressed; 0 for none.
    pub compression: Option<u64>,
    /// Time as scripts see it. Absent, it is always 0 and runs are reproducible.
    pub clock: Option<Clock>,
    /// The kinds of event that `on_event` is called with.
    pub events: Vec<EventKind>,
    /// Called while the script waits.
    pub on_event: Option<EventHandler>,
}

impl Options {
    /// A clock that tells the real time.
    pub fn system_clock() -> Clock {
        Box::new(|| {
            let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since_1970.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        })
    }
}

/// Table 0 of one instance.
pub(crate) struct Control {
    config: Vec<u8>,
    options: Options,
    /// The last `error` event, which completes a Lua error.
    error: Option<Value>,
}

impl Control {
    pub fn new(options: Options) -> Result<Control, Error> {
        Ok(Control { config: config(&options)?.encode()?, options, error: None })
    }

    /// The value under a key, as the module reads it.
    pub fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        if key == tables::KEY_CONFIG.as_bytes() {
            Some(self.config.clone())
        } else if key == tables::KEY_NOW.as_bytes() {
            Value::Float(self.options.clock.as_ref()?()).encode().ok()
        } else {
            None
        }
    }

    /// What the module writes is an event. One that cannot be read is dropped: the module ignores the answer.
    pub fn set(&mut self, key: &[u8], value: &[u8]) -> i32 {
        if key == tables::KEY_EVENT.as_bytes()
            && let Ok(event) = Value::decode(value)
        {
            self.report(event);
        }
        status::OK
    }

    fn report(&mut self, event: Value) {
        let kind = event.get("kind").and_then(Value::as_str);
        let wanted = self.options.events.iter().any(|wanted| Some(wanted.name()) == kind);
        if wanted && let Some(handler) = &mut self.options.on_event {
            handler(&event);
        }
        if kind == Some(EventKind::Error.name()) {
            self.error = Some(event);
        }
    }

    /// The `error` event since this was last asked.
    pub fn take_error(&mut self) -> Option<Value> {
        self.error.take()
    }
}

/// The table under `config`. Errors are always asked for: their class and value complete [`Error::Lua`].
fn config(options: &Options) -> Result<Value, Error> {
    let mut config = Vec::new();
    let numbers = [
        ("instructions", options.instructions),
        ("memory", options.memory),
        ("output", options.output),
        ("compression", options.compression),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            let integer = i64::try_from(number).map_err(|_| Error::Unencodable(format!("{name} is {number}")))?;
            config.push((name.into(), integer.into()));
        }
    }
    if let Some(seed) = options.seed {
        config.push(("seed".into(), seed.into()));
    }
    for (name, wanted) in [("strip", options.strip), ("bytecode", options.bytecode)] {
        if wanted {
            config.push((name.into(), true.into()));
        }
    }
    let mut kinds = vec![(EventKind::Error.name().into(), true.into())];
    for kind in [EventKind::Output, EventKind::Usage] {
        if options.events.contains(&kind) {
            kinds.push((kind.name().into(), true.into()));
        }
    }
    config.push(("events".into(), Value::Table(kinds)));
    Ok(Value::Table(config))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn config_holds_what_was_given_and_asks_for_errors() {
        let options = Options {
            memory: Some(9),
            seed: Some(-1),
            strip: true,
            compression: Some(0),
            events: vec![EventKind::Output],
            ..Options::default()
        };
        let config = Value::decode(&Control::new(options).unwrap().get(b"config").unwrap()).unwrap();
        assert_eq!(
            config.to_string(),
            "{memory = 9, compression = 0, seed = -1, strip = true, events = {error = true, output = true}}"
        );
        assert!(Control::new(Options { memory: Some(u64::MAX), ..Options::default() }).is_err());
    }

    #[test]
    fn time_is_absent_unless_there_is_a_clock() {
        assert_eq!(Control::new(Options::default()).unwrap().get(b"now"), None);
        let options = Options { clock: Some(Box::new(|| 1.5)), ..Options::default() };
        assert_eq!(Control::new(options).unwrap().get(b"now"), Some(Value::Float(1.5).encode().unwrap()));
    }

    #[test]
    fn only_wanted_events_reach_the_handler() {
        let (sender, receiver) = mpsc::channel();
        let on_event: EventHandler = Box::new(move |event| sender.send(event.clone()).unwrap());
        let options = Options { events: vec![EventKind::Output], on_event: Some(on_event), ..Options::default() };
        let mut control = Control::new(options).unwrap();
        for kind in ["output", "error", "unknown"] {
            control.set(b"event", &Value::from([("kind", kind)]).encode().unwrap());
        }
        control.set(b"event", b"\xff");
        control.set(b"other", &Value::from([("kind", "output")]).encode().unwrap());
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [Value::from([("kind", "output")])]);
        assert_eq!(control.take_error(), Some(Value::from([("kind", "error")])));
        assert_eq!(control.take_error(), None);
    }
}
