//! The audit log: a line of JSON for each request, refusal and question to an upstream.
//!
//! Invariant: a line has names and numbers, never a body or a header of a request or an answer.

use std::sync::{Mutex, PoisonError};

use cu_host::{AuditLog, EventKind, Value};

pub struct Audit(Mutex<AuditLog>);

impl Audit {
    pub fn new(log: AuditLog) -> Audit {
        Audit(Mutex::new(log))
    }

    /// Writes a line about a request.
    pub fn write(&self, action: &str, request: &str, fields: &[(&'static str, Value)]) {
        let beginning =
            [("kind", EventKind::Audit.name().into()), ("action", action.into()), ("request", request.into())];
        let event: Value = beginning.into_iter().chain(fields.iter().cloned()).collect();
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner).write(&event);
        if let Err(error) = written {
            eprintln!("relay: {request}: {error}");
        }
    }
}
