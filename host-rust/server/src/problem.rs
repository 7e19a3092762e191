//! Why a request has no result: as a status of HTTP, and as JSON.
//!
//! ```text
//! {"request": "…", "error": {"class": "runtime", "message": "compute:3: …", "line": 3, "traceback": "…", "value": …}}
//! ```
//!
//! Invariant: a status says whose matter it is: 4xx the caller's, 422 what the script did, 5xx the server's.

use std::time::Duration;

use axum::http::StatusCode;
use cu_host::store::BUSY;
use cu_host::{Error, ErrorClass, LuaError, StoreError};

use crate::limits::TooMuch;
use cu_host::json;

/// Why a request has no result.
#[derive(Debug)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    /// A word for programs.
    pub class: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The script's traceback.
    pub traceback: Option<String>,
    /// The script's error value in JSON, if it is no text.
    pub value: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// The store has failed, so that the home is opened anew.
    pub is_of_store: bool,
}

impl Problem {
    /// With this status.
    pub fn new(status: StatusCode, class: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            status,
            class,
            message: message.into(),
            traceback: None,
            value: None,
            retry_after: None,
            is_of_store: false,
        }
    }

    /// The request cannot be understood.
    pub fn request(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "request", message)
    }

    /// There is no such home.
    pub fn no_home(name: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "absent", format!("there is no home of the name '{name}'"))
    }

    /// The server ends.
    pub fn closing() -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "closing", "the server is closing").after(Duration::from_secs(1))
    }

    #[must_use]
    pub fn after(mut self, wait: Duration) -> Problem {
        self.retry_after = Some(wait);
        self
    }

    fn store(class: &'static str, message: String, cause: &StoreError) -> Problem {
        let class = if cause.code == BUSY { "busy" } else { class };
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, class, message);
        Problem { is_of_store: true, ..problem }.after(Duration::from_secs(1))
    }

    fn script(error: LuaError) -> Problem {
        let class = error.class.unwrap_or(ErrorClass::Runtime);
        let status = match class {
            ErrorClass::Syntax | ErrorClass::Input => StatusCode::BAD_REQUEST,
            ErrorClass::Runtime
            | ErrorClass::Memory
            | ErrorClass::Handler
            | ErrorClass::Result
            | ErrorClass::Budget
            | ErrorClass::Interrupted => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorClass::State | ErrorClass::Config | ErrorClass::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorClass::Journal => StatusCode::SERVICE_UNAVAILABLE,
        };
        let value = error.value.filter(|value| value.as_str().is_none()).map(|value| json::written(&value, None));
        Problem { traceback: error.traceback, value, ..Problem::new(status, class.name(), error.message) }
    }

    /// The line of the script, if the message names one: `compute:3: …`.
    fn line(&self) -> Option<u64> {
        let (place, rest) = self.message.split_once(':')?;
        let (line, _) = rest.split_once(':')?;
        (!place.contains('\n')).then(|| line.parse().ok())?
    }

    /// The body of the answer.
    pub fn body(&self, request: &str) -> String {
        let mut body = format!("{{\"request\":{},\"error\":{{\"class\":\"{}\"", json::quoted(request), self.class);
        body += &format!(",\"message\":{}", json::quoted(&self.message));
        if let Some(line) = self.line() {
            body += &format!(",\"line\":{line}");
        }
        if let Some(traceback) = &self.traceback {
            body += &format!(",\"traceback\":{}", json::quoted(traceback));
        }
        if let Some(value) = &self.value {
            body += &format!(",\"value\":{value}");
        }
        body + "}}"
    }
}

impl From<TooMuch> for Problem {
    fn from(error: TooMuch) -> Problem {
        let refused = |message| Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate", message);
        match error {
            TooMuch::Concurrency(most) => refused(format!("{most} requests of this token run already, as many as may"))
                .after(Duration::from_secs(1)),
            TooMuch::Rate(rate, wait) => {
                refused(format!("more than {rate} requests a second; the next one in {} ms", wait.as_millis() + 1))
                    .after(wait)
            }
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let message = error.to_string();
        match error {
            Error::Lua(error) => Problem::script(*error),
            Error::Host { cause, error } => {
                Problem::store("store", format!("{}: {}", error.message, cause.message), &cause)
            }
            Error::Store(cause) => Problem::store("store", message, &cause),
            Error::Commit(cause) => Problem::store("commit", message, &cause),
            Error::Init { cause: Some(cause), .. } => Problem::store("store", message, &cause),
            Error::Open { .. } => {
                let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store", message);
                Problem { is_of_store: true, ..problem }.after(Duration::from_secs(1))
            }
            Error::Argument(_) | Error::Unencodable(_) | Error::Home(_) => Problem::request(message),
            Error::CodeSize(_) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "size", message),
            Error::Limit { .. } => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "result", message),
            _ => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_status() {
        let status = |class| {
            let mut error = LuaError::default();
            error.class = Some(class);
            Problem::from(Error::Lua(Box::new(error))).status.as_u16()
        };
        let statuses: Vec<_> = ErrorClass::ALL.into_iter().map(status).collect();
        assert_eq!(statuses, [400, 422, 422, 422, 422, 500, 400, 500, 500, 422, 503, 422]);
        let busy = Problem::from(Error::Store(StoreError::new(BUSY, "x")));
        assert_eq!((busy.status.as_u16(), busy.class, busy.is_of_store), (503, "busy", true));
        assert_eq!(Problem::from(Error::Commit(StoreError::new(-4, "disk full"))).class, "commit");
    }

    #[test]
    fn the_line_is_that_of_the_message() {
        let line = |message: &str| Problem::request(message).line();
        assert_eq!(line("compute:12: no"), Some(12));
        assert_eq!((line("no"), line("a: b"), line("a\nb:1: c"), line("compute:x: c")), (None, None, None, None));
        assert_eq!(
            Problem::request("compute:3: \"no\"").body("r1"),
            r#"{"request":"r1","error":{"class":"request","message":"compute:3: \"no\"","line":3}}"#
        );
    }
}
