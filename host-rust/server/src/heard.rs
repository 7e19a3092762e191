//! What the module reports while a request runs: what it used, what it prints while it runs, and what has to be accounted for.
//!
//! Invariant: a listener hears the events of one request only; between requests nobody listens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cu_host::{Error, EventKind, Value};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::audit::{Audit, Fields};

/// A piece of output.
pub type Piece = Vec<u8>;

/// Printed text that is sent at once though its line is not over.
const LONG_LINE: usize = 16 * 1024;

/// What was printed beyond what is in the response.
#[derive(Default)]
pub struct Late {
    /// Where in the whole output it begins; none while nothing came late.
    pub begins: Option<usize>,
    /// As much of it as is kept.
    pub text: Vec<u8>,
    /// Length of the whole output.
    pub total: usize,
}

/// Who listens during a request.
#[derive(Default)]
pub struct Listener {
    /// Instructions that were used, and bytes in use at the end.
    pub usage: Option<(i64, i64)>,
    /// Where output goes at once. While nobody takes it, the script waits, as long as the patience lasts.
    pub output: Option<Sender<Piece>>,
    pub patience: Duration,
    /// What goes there next.
    pub line: Vec<u8>,
    /// Output that is not sent: bytes that are kept, and what came late.
    pub most_output: usize,
    pub late: Late,
    /// The log, and what is written beside each event: who asked for what.
    pub audit: Option<(Arc<Audit>, Fields)>,
    /// The first failure of the log.
    pub unlogged: Option<Error>,
    pub streams: bool,
}

impl Listener {
    /// Sends output there.
    #[must_use]
    pub fn streaming(self, output: Option<Sender<Piece>>) -> Listener {
        Listener { streams: output.is_some(), output, ..self }
    }

    /// Sends what is longer than `most`, without the beginning of a character at its end.
    fn send(&mut self, most: usize) {
        if self.line.len() <= most {
            return;
        }
        let whole = match std::str::from_utf8(&self.line) {
            Err(error) if error.error_len().is_none() && most > 0 => error.valid_up_to(),
            _ => self.line.len(),
        };
        let rest = self.line.split_off(whole);
        let piece = std::mem::replace(&mut self.line, rest);
        // Who is gone, or takes nothing, hears no more; the script goes on to its end, and keeps its home from nobody else.
        if self.output.as_ref().is_some_and(|output| !is_taken(output, piece, self.patience)) {
            self.output = None;
        }
    }

    fn keep(&mut self, offset: usize, text: &[u8]) {
        let late = &mut self.late;
        let begins = *late.begins.get_or_insert(offset);
        late.total = late.total.max(offset + text.len());
        let room = self.most_output.saturating_sub(begins + late.text.len());
        late.text.extend_from_slice(&text[..text.len().min(room)]);
    }
}

/// Waits until there is room for a piece. The channel's own way of waiting has no end.
fn is_taken(output: &Sender<Piece>, mut piece: Piece, patience: Duration) -> bool {
    const PAUSE: Duration = Duration::from_millis(2);
    let began = Instant::now();
    loop {
        match output.try_send(piece) {
            Ok(()) => return true,
            Err(TrySendError::Full(back)) if began.elapsed() < patience => piece = back,
            Err(_) => return false,
        }
        std::thread::sleep(PAUSE);
    }
}

/// The ears of the instances of one home.
#[derive(Clone, Default)]
pub struct Ears(Arc<Mutex<Listener>>);

impl Ears {
    fn listener(&self) -> MutexGuard<'_, Listener> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This one listens from now on.
    pub fn hear(&self, listener: Listener) {
        *self.listener() = listener;
    }

    /// Nobody listens any more.
    pub fn take(&self) -> Listener {
        let mut listener = self.listener();
        listener.send(0);
        std::mem::take(&mut *listener)
    }

    /// Takes an event of the module.
    pub fn event(&self, event: &Value) {
        let mut listener = self.listener();
        let kind = event.get("kind").and_then(Value::as_str).and_then(|name| {
            [EventKind::Output, EventKind::Usage, EventKind::Audit].into_iter().find(|kind| kind.name() == name)
        });
        match kind {
            Some(EventKind::Output) => {
                let text = event.get("text").and_then(Value::as_bytes).unwrap_or_default();
                let offset = event.get("offset").and_then(Value::as_i64).unwrap_or_default();
                if listener.streams {
                    listener.line.extend_from_slice(text);
                    let is_over = listener.line.ends_with(b"\n");
                    listener.send(if is_over { 0 } else { LONG_LINE });
                } else {
                    listener.keep(usize::try_from(offset).unwrap_or(0), text);
                }
            }
            Some(EventKind::Usage) => {
                let number = |name| event.get(name).and_then(Value::as_i64);
                listener.usage = number("instructions").zip(number("memory")).or(listener.usage);
            }
            Some(EventKind::Audit) => {
                let Some((audit, context)) = &listener.audit else { return };
                if let Err(error) = audit.module(event, context) {
                    listener.unlogged.get_or_insert(error);
                }
            }
            _ => {}
        }
    }
}
