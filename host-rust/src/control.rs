//! Options, and table 0 as the module sees it: configuration in, events out, time.
//!
//! Invariant: table 0 is answered here and never reaches a store.

use cu_abi::{status, tables};

use crate::audit::AuditLog;
use crate::error::Error;
use crate::permissions::Permissions;
use crate::rate::Rate;
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
    /// What someone may have to account for, numbered from 1 in each instance: a limit that was met, a permission that was
    /// refused, bytecode that was loaded or refused, a function that was stored or restored.
    Audit,
}

impl EventKind {
    /// The name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::Output => "output",
            EventKind::Error => "error",
            EventKind::Usage => "usage",
            EventKind::Audit => "audit",
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
    /// Whether all changes of a compute to the store stay, or none when it fails.
    pub atomic: bool,
    /// What scripts may not do; by default, nothing is forbidden.
    pub permissions: Permissions,
    /// Time as scripts see it. Absent, it is always 0 and runs are reproducible.
    pub clock: Option<Clock>,
    /// The kinds of event that `on_event` is called with.
    pub events: Vec<EventKind>,
    /// Called while the script waits.
    pub on_event: Option<EventHandler>,
    /// Where audit events are written, whether or not `events` has them too.
    pub audit: Option<AuditLog>,
    /// How often something may happen in a second.
    pub rate: Rate,
}

/// What differs from the [`Options`] of an instance in one compute. Whatever is absent is as the instance has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComputeOptions {
    /// Instructions that it may use before it is stopped.
    pub instructions: Option<u64>,
    /// Bytes of the arena that scripts may use.
    pub memory: Option<u64>,
    /// Bytes of print kept for the response.
    pub output: Option<u64>,
    /// Whether all its changes to the store stay, or none when it fails.
    pub atomic: Option<bool>,
    /// What the script may not do, in place of all that the instance forbids.
    pub permissions: Option<Permissions>,
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
    /// The configuration of the instance.
    config: Vec<u8>,
    /// That of a compute which has its own.
    own_config: Option<Vec<u8>>,
    options: Options,
    /// The last `error` event, which completes a Lua error.
    error: Option<Value>,
    /// The first failure of the audit log that nobody has taken yet.
    audit_error: Option<Error>,
}

impl Control {
    pub fn new(options: Options) -> Result<Control, Error> {
        let config = config(&options, &ComputeOptions::default())?.encode()?;
        Ok(Control { config, own_config: None, options, error: None, audit_error: None })
    }

    /// Says what differs from the configuration of the instance until the next call of this.
    pub fn differ(&mut self, own: &ComputeOptions) -> Result<(), Error> {
        self.own_config = None;
        if *own != ComputeOptions::default() {
            self.own_config = Some(config(&self.options, own)?.encode()?);
        }
        Ok(())
    }

    /// The value under a key, as the module reads it.
    pub fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        if key == tables::KEY_CONFIG.as_bytes() {
            Some(self.own_config.as_ref().unwrap_or(&self.config).clone())
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
        if let Some(log) = &mut self.options.audit
            && let Err(error) = log.write(&event)
        {
            self.audit_error.get_or_insert(error);
        }
        if kind == Some(EventKind::Error.name()) {
            self.error = Some(event);
        }
    }

    /// The `error` event since this was last asked.
    pub fn take_error(&mut self) -> Option<Value> {
        self.error.take()
    }

    /// The first failure of the audit log since this was last asked.
    pub fn take_audit_error(&mut self) -> Option<Error> {
        self.audit_error.take()
    }
}

/// The table under `config`. Errors are always asked for: their class and value complete [`Error::Lua`].
fn config(options: &Options, own: &ComputeOptions) -> Result<Value, Error> {
    let mut config = Vec::new();
    let numbers = [
        ("instructions", own.instructions.or(options.instructions)),
        ("memory", own.memory.or(options.memory)),
        ("output", own.output.or(options.output)),
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
    let atomic = own.atomic.unwrap_or(options.atomic);
    for (name, wanted) in [("strip", options.strip), ("bytecode", options.bytecode), ("atomic", atomic)] {
        if wanted {
            config.push((name.into(), true.into()));
        }
    }
    let permissions = own.permissions.as_ref().unwrap_or(&options.permissions).value();
    if !permissions.is_nil() {
        config.push(("permissions".into(), permissions));
    }
    config.push(("events".into(), kinds(options)));
    Ok(Value::Table(config))
}

fn kinds(options: &Options) -> Value {
    let mut kinds = vec![(EventKind::Error.name().into(), true.into())];
    for kind in [EventKind::Output, EventKind::Usage, EventKind::Audit] {
        if options.events.contains(&kind) || (kind == EventKind::Audit && options.audit.is_some()) {
            kinds.push((kind.name().into(), true.into()));
        }
    }
    Value::Table(kinds)
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
    fn config_of_one_compute_has_what_differs() {
        let options = Options {
            instructions: Some(9),
            memory: Some(8),
            permissions: Permissions::new().forbid("os"),
            events: vec![EventKind::Audit],
            ..Options::default()
        };
        let mut control = Control::new(options).unwrap();
        let shown = |control: &Control| Value::decode(&control.get(b"config").unwrap()).unwrap().to_string();
        let usual = "{instructions = 9, memory = 8, permissions = {library = {os = false}}, \
                     events = {error = true, audit = true}}";
        assert_eq!(shown(&control), usual);
        let own = ComputeOptions {
            instructions: Some(7),
            output: Some(0),
            permissions: Some(Permissions::new()),
            ..ComputeOptions::default()
        };
        control.differ(&own).unwrap();
        assert_eq!(
            shown(&control),
            "{instructions = 7, memory = 8, output = 0, events = {error = true, audit = true}}"
        );
        assert!(control.differ(&ComputeOptions { output: Some(u64::MAX), ..own }).is_err());
        assert_eq!(shown(&control), usual);
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
