//! Computes as spans of `tracing`, and what the module reports in them as events, with the feature `tracing`.
//!
//! Each part of a compute is a span `compute` of the target `cu_host`, level INFO:
//!
//! | field | |
//! |---|---|
//! | `home` | the name of the home, if it has one |
//! | `of` | `source`, `call`, `answer` for what goes on where a script waited; `commit` and `rollback` of a transaction |
//! | `way` | of a call: that of the function |
//! | `bytes` | of the source or of the record |
//! | `instructions`, `memory`, `calls` | what it used, as the event `usage` says |
//! | `outcome` | `done`, `waits`, `error` for one of the script, or `failed` for one of host or module |
//! | `class` | of an error of the script |
//!
//! Events in it: `error` with class and text, level WARN; `output` (text that the response does not carry) and `audit`, level INFO;
//! `progress`, level DEBUG.
//!
//! Invariant: what the subscriber does not want when an instance is made is not asked of the module, and costs nothing.
//!
//! ```
//! use std::io::Write;
//! use std::sync::{Arc, Mutex};
//!
//! #[derive(Clone, Default)]
//! struct Log(Arc<Mutex<Vec<u8>>>);
//! impl Write for Log {
//!     fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
//!         self.0.lock().unwrap().write(bytes)
//!     }
//!     fn flush(&mut self) -> std::io::Result<()> {
//!         Ok(())
//!     }
//! }
//!
//! let log = Log::default();
//! let writer = log.clone();
//! let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(move || writer.clone()).finish();
//! tracing::subscriber::with_default(subscriber, || {
//!     cu_host::in_memory()?.compute("local t t.x = 1").unwrap_err();
//!     Ok::<(), cu_host::Error>(())
//! })?;
//! let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
//! assert!(log.starts_with(r#" WARN compute{bytes=15 of="source" class="runtime"}: cu_host: error class="runtime" text="#), "{log}");
//! # Ok::<(), cu_host::Error>(())
//! ```

use cu_abi::call::Call;
use cu_abi::events::{EventKind, field};
use cu_abi::pending::Answered;
use tracing::field::Empty;
use tracing::{Level, Span, debug, enabled, info, info_span, warn};

use crate::value::Value;

const TARGET: &str = "cu_host";

/// What an instance has to do with it.
pub(crate) struct Trace {
    /// The kinds of event for which the module is asked.
    wanted: Vec<EventKind>,
    /// Of the compute that runs, or of the last one.
    span: Span,
}

impl Trace {
    /// For the subscriber that is there now.
    pub fn new() -> Trace {
        let mut wanted = Vec::new();
        if enabled!(target: TARGET, Level::INFO) {
            wanted.extend([EventKind::Output, EventKind::Audit, EventKind::Usage]);
        }
        if enabled!(target: TARGET, Level::DEBUG) {
            wanted.push(EventKind::Progress);
        }
        Trace { wanted, span: Span::none() }
    }

    /// Whether the module has to report events of that kind.
    pub fn wants(&self, kind: EventKind) -> bool {
        self.wanted.contains(&kind)
    }

    /// The span of a compute that begins, or of that word which ends a transaction: in it are all events until the answer is dropped.
    pub fn begin(&mut self, home: Option<&[u8]>, code: &[u8], word: Option<&'static str>) -> impl Sized + use<> {
        let span = info_span!(
            target: TARGET, "compute", home = Empty, of = Empty, way = Empty, bytes = code.len(),
            instructions = Empty, memory = Empty, calls = Empty, outcome = Empty, class = Empty,
        );
        self.span = span.clone();
        if !span.is_disabled() {
            if let Some(home) = home {
                span.record("home", &*String::from_utf8_lossy(home));
            }
            span.record("of", word.unwrap_or(of(code)));
            if let Some(call) = call(code) {
                span.record("way", &*String::from_utf8_lossy(call.way));
            }
        }
        span.entered()
    }

    /// How the compute ended, if that is asked for.
    pub fn end(&mut self, outcome: impl FnOnce() -> &'static str) {
        if !self.span.is_disabled() {
            self.span.record("outcome", outcome());
        }
        self.span = Span::none();
    }

    /// What the module reported.
    pub fn report(&mut self, event: &Value) {
        let text = |name| event.get(name).map(Value::to_string).unwrap_or_default();
        let number = |name| event.get(name).and_then(Value::as_i64).unwrap_or(0);
        let kind = event.get(field::KIND).and_then(Value::as_str);
        match EventKind::ALL.into_iter().find(|own| Some(own.name()) == kind) {
            Some(EventKind::Output) => {
                info!(target: TARGET, text = text(field::TEXT), offset = number(field::OFFSET), "output")
            }
            Some(EventKind::Audit) => {
                let (action, sequence) = (text(field::ACTION), number(field::SEQUENCE));
                info!(target: TARGET, action, sequence, details = details(event), "audit");
            }
            Some(EventKind::Progress) => {
                let (done, total) = (number(field::DONE), number(field::TOTAL));
                debug!(target: TARGET, work = text(field::WORK), done, total, "progress");
            }
            Some(EventKind::Error) => {
                let class = text(field::CLASS);
                self.span.record("class", &*class);
                warn!(target: TARGET, class, text = text(field::MESSAGE), "error");
            }
            Some(EventKind::Usage) => {
                for name in [field::INSTRUCTIONS, field::MEMORY, field::CALLS] {
                    self.span.record(name, number(name));
                }
            }
            None => {}
        }
    }
}

/// What is run.
fn of(code: &[u8]) -> &'static str {
    if Answered::is_one(code) {
        "answer"
    } else if call(code).is_some() {
        "call"
    } else {
        "source"
    }
}

fn call(code: &[u8]) -> Option<Call<'_>> {
    if Answered::is_one(code) { None } else { Call::read(code).ok() }
}

/// The other fields of an audit event, as Lua writes a table.
fn details(event: &Value) -> String {
    let known = [field::KIND, field::ACTION, field::SEQUENCE];
    let others = event.as_table().unwrap_or_default().iter();
    Value::Table(others.filter(|(name, _)| !name.as_str().is_some_and(|name| known.contains(&name))).cloned().collect())
        .to_string()
}
