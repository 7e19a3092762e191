//! Table 0 as the module sees it: configuration in, events out, time.
//!
//! Invariant: table 0 is answered here and never reaches a store.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cu_abi::events::field;
use cu_abi::{config, status, tables};

use crate::error::Error;
use crate::event::{ConfigHandler, EventKind};
use crate::functions::Functions;
use crate::homes;
use crate::options::{ComputeOptions, Options};
use crate::traced::Trace;
use crate::value::Value;

/// Instructions after which a script is looked at if it may be ended from outside: some tenths of a millisecond.
const TICK: u64 = 100_000;

/// Table 0 of one instance.
pub struct Control {
    /// The configuration of the instance.
    config: Vec<u8>,
    /// What differs in the current compute, and its configuration.
    own: Option<(ComputeOptions, Vec<u8>)>,
    options: Options,
    /// While it is true, scripts are ended because nobody wants their answer any more.
    cancelled: Option<Arc<AtomicBool>>,
    /// What becomes of the open transaction: one of [`config::TRANSACTION_WORDS`].
    transaction: Option<&'static str>,
    /// Changes whenever something else than this instance changed the store; 0 is not told.
    epoch: i64,
    /// When the running call is ended, and after which time that is.
    deadline: Option<(Instant, Duration)>,
    /// The same of the next call, if that goes on with a compute that began earlier.
    deadline_of_next: Option<Option<(Instant, Duration)>>,
    /// The last `error` event; it completes a Lua error.
    error: Option<Value>,
    /// The first failure of the audit log that was not taken yet.
    audit_error: Option<Error>,
    trace: Trace,
}

impl Control {
    pub fn new(options: Options) -> Result<Control, Error> {
        let mut control = Control {
            config: Vec::new(),
            own: None,
            options,
            cancelled: None,
            transaction: None,
            epoch: 0,
            deadline: None,
            deadline_of_next: None,
            error: None,
            audit_error: None,
            trace: Trace::new(),
        };
        control.renew()?;
        Ok(control)
    }

    /// Sets what differs from the configuration of the instance, until the next call.
    pub fn differ(&mut self, own: &ComputeOptions) -> Result<(), Error> {
        self.own = None;
        // A call that could not begin may have left it.
        self.deadline_of_next = None;
        // Most computes have those themselves.
        if !std::ptr::eq(own, ComputeOptions::usual()) && own != ComputeOptions::usual() {
            self.own = Some((own.clone(), self.config(own)?));
        }
        Ok(())
    }

    /// A call of the module begins, and so does its time.
    pub fn start_clock(&mut self) {
        if let Some(deadline) = self.deadline_of_next.take() {
            self.deadline = deadline;
            return;
        }
        let own = self.own.as_ref().and_then(|(own, _)| own.time_limit);
        let limit = own.or(self.options.time_limit);
        self.deadline = limit.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
    }

    /// The next call goes on with a compute whose time has begun.
    pub fn go_on_until(&mut self, deadline: Option<(Instant, Duration)>) {
        self.deadline_of_next = Some(deadline);
    }

    /// When the last call had to end.
    pub fn deadline(&self) -> Option<(Instant, Duration)> {
        self.deadline
    }

    /// The functions that scripts may call.
    pub fn functions(&mut self) -> &mut Functions {
        &mut self.options.functions
    }

    /// The flags by which other threads end scripts.
    pub fn stops(&self) -> Vec<Arc<AtomicBool>> {
        self.options.stop.iter().chain(&self.cancelled).cloned().collect()
    }

    /// Ends scripts while the flag is true.
    pub fn cancel_by(&mut self, flag: Arc<AtomicBool>) -> Result<(), Error> {
        self.cancelled = Some(flag);
        self.renew()
    }

    /// Why a script that has until then is to be ended, if it is.
    pub fn reason_to_stop_at(&self, deadline: Option<(Instant, Duration)>) -> Option<String> {
        for (flag, reason) in [(&self.options.stop, "stopped"), (&self.cancelled, "cancelled")] {
            if flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return Some(reason.into());
            }
        }
        let (_, limit) = deadline.filter(|(end, _)| Instant::now() >= *end)?;
        Some(format!("the time limit of {} ms is over", limit.as_millis()))
    }

    /// The word of the transaction to which the computes belong.
    pub fn transaction(&self) -> Option<&'static str> {
        self.transaction
    }

    /// Sets it.
    pub fn set_transaction(&mut self, word: Option<&'static str>) -> Result<(), Error> {
        self.transaction = word;
        self.renew()
    }

    /// Whether the store undoes what the current compute changed, if that fails.
    pub fn undoes_failed(&self) -> bool {
        let own = self.own.as_ref().map_or(ComputeOptions::usual(), |(own, _)| own);
        self.transaction.is_none() && is_atomic_by_store(&self.options, own)
    }

    /// Tells the module that something else changed the store.
    pub fn begin_epoch(&mut self) -> Result<(), Error> {
        self.epoch += 1;
        self.renew()
    }

    /// Sets the home of the instance, and answers the one before.
    pub fn set_home(&mut self, home: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Error> {
        let before = std::mem::replace(&mut self.options.home, home);
        if let Err(error) = self.renew() {
            self.options.home = before;
            return Err(error);
        }
        Ok(before)
    }

    /// The home of the instance, if it has a name.
    pub fn home(&self) -> Option<&[u8]> {
        self.options.home.as_deref()
    }

    /// Writes the configurations anew.
    fn renew(&mut self) -> Result<(), Error> {
        self.config = self.config(ComputeOptions::usual())?;
        if let Some((own, _)) = self.own.take() {
            let config = self.config(&own)?;
            self.own = Some((own, config));
        }
        Ok(())
    }

    /// The configuration of a compute with these options.
    fn config(&self, own: &ComputeOptions) -> Result<Vec<u8>, Error> {
        let is_stopped = self.options.stop.is_some() || self.cancelled.is_some();
        config(&self.options, own, is_stopped, self.epoch, self.transaction, |kind| self.trace.wants(kind))?.encode()
    }

    /// The value under a key, as the module reads it.
    pub fn get(&mut self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        if key == tables::KEY_CONFIG.as_bytes() {
            let config = self.own.as_ref().map_or(&self.config, |(_, config)| config);
            match &mut self.options.on_config {
                None => Some(config.into()),
                Some(change) => changed(config, change).ok().map(Into::into),
            }
        } else if key == tables::KEY_NOW.as_bytes() {
            Value::Float(self.options.clock.as_ref()?()).encode().ok().map(Into::into)
        } else if key == tables::KEY_TICK.as_bytes() {
            let reason = self.reason_to_stop_at(self.deadline);
            let reason = reason.or_else(|| self.options.on_tick.as_mut().and_then(|ask| ask()))?;
            Value::from(reason.as_str()).encode().ok().map(Into::into)
        } else {
            self.options.functions.get(key).map(Into::into)
        }
    }

    /// The module writes events. An event that cannot be read is dropped, because the module ignores the answer.
    pub fn set(&mut self, key: &[u8], value: &[u8]) -> i32 {
        if key == tables::KEY_EVENT.as_bytes()
            && let Ok(event) = Value::decode(value)
        {
            self.report(event);
        }
        status::OK
    }

    fn report(&mut self, event: Value) {
        self.trace.report(&event);
        let kind = event.get(field::KIND).and_then(Value::as_str);
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

    /// A compute with that code begins; its events belong together until the answer is dropped.
    pub fn begin_trace(&mut self, code: &[u8]) -> impl Sized + use<> {
        let own = self.own.as_ref().and_then(|(own, _)| own.home.as_deref());
        let word = self.transaction.filter(|word| *word != config::OPEN);
        self.trace.begin(own.or(self.options.home.as_deref()), code, word)
    }

    /// How it ended.
    pub fn end_trace(&mut self, outcome: impl FnOnce() -> &'static str) {
        self.trace.end(outcome);
    }

    /// Takes the `error` event that came after the last call.
    pub fn take_error(&mut self) -> Option<Value> {
        self.error.take()
    }

    /// Whether the last `error` event says of a compute that was to go on that it waits on.
    pub fn waits_on(&self) -> bool {
        self.error.as_ref().and_then(|event| event.get(field::WAITS)) == Some(&Value::Boolean(true))
    }

    /// Takes the first failure of the audit log after the last call.
    pub fn take_audit_error(&mut self) -> Option<Error> {
        self.audit_error.take()
    }
}

/// A configuration as the program wants it.
fn changed(config: &[u8], change: &mut ConfigHandler) -> Result<Vec<u8>, Error> {
    let Value::Table(mut fields) = Value::decode(config)? else { return Ok(config.into()) };
    change(&mut fields);
    Value::Table(fields).encode()
}

/// Whether the store undoes a compute with these options.
fn is_atomic_by_store(options: &Options, own: &ComputeOptions) -> bool {
    own.atomic_by_store.unwrap_or(own.atomic.is_none() && options.atomic_by_store)
}

/// The table under `config`; `is_stopped` says whether a flag can end scripts. It always asks for errors: their class and value complete [`Error::Lua`].
fn config(
    options: &Options,
    own: &ComputeOptions,
    is_stopped: bool,
    epoch: i64,
    transaction: Option<&'static str>,
    is_traced: impl Fn(EventKind) -> bool,
) -> Result<Value, Error> {
    let mut fields = Vec::new();
    let is_ticking =
        own.time_limit.is_some() || options.time_limit.is_some() || is_stopped || options.on_tick.is_some();
    let numbers = [
        (config::INSTRUCTIONS, own.instructions.or(options.instructions)),
        (config::TICK, options.tick.or(is_ticking.then_some(TICK))),
        (config::MEMORY, own.memory.or(options.memory)),
        (config::OUTPUT, own.output.or(options.output)),
        (config::COMPRESSION, options.compression),
        (config::PENDING, options.pending),
        (config::PENDING_MEMORY, options.pending_memory),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            let refused = |_| Error::Option(format!("{name} is {number}; it is {} at most", i64::MAX).into());
            let integer = i64::try_from(number).map_err(refused)?;
            fields.push((name.into(), integer.into()));
        }
    }
    if let Some(seed) = options.seed {
        fields.push((config::SEED.into(), seed.into()));
    }
    let by_store = is_atomic_by_store(options, own);
    let atomic = !by_store && own.atomic.unwrap_or(options.atomic);
    for (name, wanted) in
        [(config::STRIP, options.strip), (config::BYTECODE, options.bytecode), (config::ATOMIC, atomic)]
    {
        if wanted {
            fields.push((name.into(), true.into()));
        }
    }
    if by_store {
        fields.push((config::ATOMIC.into(), config::HOST.into()));
    }
    if let Some(word) = transaction {
        fields.push((config::TRANSACTION.into(), word.into()));
    }
    if epoch > 0 {
        fields.push((config::EPOCH.into(), epoch.into()));
    }
    if let Some(home) = own.home.as_ref().or(options.home.as_ref()) {
        homes::check_name(home)?;
        fields.push((config::HOME.into(), Value::String(home.clone())));
    }
    let permissions = own.permissions.as_ref().unwrap_or(&options.permissions).value();
    if !permissions.is_nil() {
        fields.push((config::PERMISSIONS.into(), permissions));
    }
    let functions = options.functions.offer();
    if !functions.is_nil() {
        fields.push((config::FUNCTIONS.into(), functions));
    }
    fields.push((config::EVENTS.into(), kinds(options, is_traced)));
    Ok(Value::Table(fields))
}

fn kinds(options: &Options, is_traced: impl Fn(EventKind) -> bool) -> Value {
    let mut kinds = vec![(EventKind::Error.name().into(), true.into())];
    for kind in [EventKind::Output, EventKind::Usage, EventKind::Audit, EventKind::Progress] {
        let is_written = kind == EventKind::Audit && options.audit.is_some();
        if options.events.contains(&kind) || is_written || is_traced(kind) {
            kinds.push((kind.name().into(), true.into()));
        }
    }
    Value::Table(kinds)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::event::EventHandler;
    use crate::permissions::Permissions;

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
        let shown = |control: &mut Control| Value::decode(&control.get(b"config").unwrap()).unwrap().to_string();
        let usual = "{instructions = 9, memory = 8, permissions = {library = {os = false}}, \
                     events = {error = true, audit = true}}";
        assert_eq!(shown(&mut control), usual);
        let own = ComputeOptions {
            instructions: Some(7),
            output: Some(0),
            permissions: Some(Permissions::new()),
            ..ComputeOptions::default()
        };
        control.differ(&own).unwrap();
        assert_eq!(
            shown(&mut control),
            "{instructions = 7, memory = 8, output = 0, events = {error = true, audit = true}}"
        );
        assert!(control.differ(&ComputeOptions { output: Some(u64::MAX), ..own }).is_err());
        assert_eq!(shown(&mut control), usual);
    }

    #[test]
    fn the_program_changes_the_configuration_and_ends_scripts() {
        let mut asked = 0;
        let options = Options {
            output: Some(9),
            on_config: Some(Box::new(|fields| {
                fields.retain(|(name, _)| name != &"output".into());
                fields.push(("later".into(), true.into()));
            })),
            on_tick: Some(Box::new(move || {
                asked += 1;
                (asked > 1).then(|| "enough".to_owned())
            })),
            ..Options::default()
        };
        let mut control = Control::new(options).unwrap();
        let config = Value::decode(&control.get(b"config").unwrap()).unwrap();
        assert_eq!(config.to_string(), "{tick = 100000, events = {error = true}, later = true}");
        assert_eq!(control.get(b"tick"), None);
        assert_eq!(control.get(b"tick").as_deref(), Some(&Value::from("enough").encode().unwrap()[..]));
    }

    #[test]
    fn epoch_and_home_are_told_when_there_are_some() {
        let mut control = Control::new(Options::default()).unwrap();
        let shown = |control: &mut Control| Value::decode(&control.get(b"config").unwrap()).unwrap().to_string();
        assert_eq!(shown(&mut control), "{events = {error = true}}");
        control.differ(&ComputeOptions { home: Some("own".into()), ..ComputeOptions::default() }).unwrap();
        control.begin_epoch().unwrap();
        assert_eq!(shown(&mut control), "{epoch = 1, home = \"own\", events = {error = true}}");
        control.differ(&ComputeOptions::default()).unwrap();
        assert_eq!(control.set_home(Some("usual".into())), Ok(None));
        assert_eq!(shown(&mut control), "{epoch = 1, home = \"usual\", events = {error = true}}");
        for wrong in [Vec::new(), vec![b'x'; 256]] {
            assert!(control.set_home(Some(wrong)).is_err());
        }
        assert_eq!(control.home(), Some(&b"usual"[..]));
        assert_eq!(shown(&mut control), "{epoch = 1, home = \"usual\", events = {error = true}}");
    }

    #[test]
    fn time_is_absent_unless_there_is_a_clock() {
        assert_eq!(Control::new(Options::default()).unwrap().get(b"now"), None);
        let options = Options { clock: Some(Box::new(|| 1.5)), ..Options::default() };
        let encoded = Value::Float(1.5).encode().unwrap();
        assert_eq!(Control::new(options).unwrap().get(b"now").as_deref(), Some(&encoded[..]));
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
