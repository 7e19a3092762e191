//! The audit log of a server: the module's events and its own, in one file.
//!
//! Invariant: each line says who asked (`token`), by which request, and for which home.

use std::sync::{Mutex, PoisonError};

use cu_abi::events::field;
use cu_host::{AuditLog, Error, EventKind, Value};

/// Names and values in a line of the log.
pub type Fields = Vec<(Value, Value)>;

/// A log that all homes share.
pub struct Audit(Mutex<AuditLog>);

impl Audit {
    /// Over this log.
    pub fn new(log: AuditLog) -> Audit {
        Audit(Mutex::new(log))
    }

    /// Writes an event of a module, with what the server knows beside it.
    pub fn module(&self, event: &Value, context: &[(Value, Value)]) -> Result<(), Error> {
        let mut fields = event.as_table().unwrap_or_default().to_vec();
        fields.extend_from_slice(context);
        self.write(fields)
    }

    /// Writes an event of the server: what somebody did, or was refused.
    pub fn server(&self, action: &str, context: &[(Value, Value)]) -> Result<(), Error> {
        let mut fields =
            vec![(field::KIND.into(), EventKind::Audit.name().into()), ("action".into(), Value::from(action))];
        fields.extend_from_slice(context);
        self.write(fields)
    }

    fn write(&self, fields: Fields) -> Result<(), Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(&Value::Table(fields))
    }
}
