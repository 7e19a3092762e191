//! What an error of the server means for a unit.

use std::error::Error as _;

use cu_host::StoreError;
use cu_host::store::{BUSY, CONFLICT, LOST, STORE_FAILED};
use cu_remote::Failure;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// Sorts an error by what can be done about it.
pub fn failure(error: Error) -> Failure {
    let Some(answer) = error.as_db_error() else {
        let message = text(&error);
        return if error.is_closed() || is_of_network(&error) {
            Failure::Lost(StoreError::new(LOST, format!("no connection to the database: {message}")).caused_by(error))
        } else {
            Failure::Refused(StoreError::new(STORE_FAILED, format!("the database failed: {message}")).caused_by(error))
        };
    };
    let code = answer.code().clone();
    let detail = answer.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let message = format!("the database answered {}: {}{detail}", code.code(), answer.message());
    let with = |number: i32| StoreError::new(number, message.clone());
    match code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            Failure::Conflict(with(CONFLICT).caused_by(error))
        }
        SqlState::LOCK_NOT_AVAILABLE => Failure::Refused(
            StoreError::new(BUSY, "another instance has the turn of this namespace, also after the wait")
                .caused_by(error),
        ),
        // The server goes down or comes up, has no place for one more, ends who does nothing, or does not know whether it kept
        // what was committed.
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Failure::Lost(with(LOST).caused_by(error)),
        code if code.code().starts_with("08") => Failure::Lost(with(LOST).caused_by(error)),
        _ => Failure::Refused(with(STORE_FAILED).caused_by(error)),
    }
}

fn is_of_network(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        // What TLS refuses is no matter of the network, though it comes as an error of input and output.
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return io.kind() != std::io::ErrorKind::InvalidData && io.kind() != std::io::ErrorKind::InvalidInput;
        }
        source = cause.source();
    }
    false
}

/// An error in words, with those behind it.
pub fn text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}
