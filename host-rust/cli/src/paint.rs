//! Colour for people who look at a terminal.
//!
//! Invariant: what goes to a file or a pipe has no colour, nor has anything where NO_COLOR is set (no-color.org) or the
//! terminal is dumb.

use std::io::{self, IsTerminal};

/// Whether to colour what is written to one of the streams.
#[derive(Clone, Copy)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// For standard error.
    pub fn of_errors() -> Paint {
        Paint { is_on: io::stderr().is_terminal() && is_wanted() }
    }

    /// For standard output.
    pub fn of_output() -> Paint {
        Paint { is_on: io::stdout().is_terminal() && is_wanted() }
    }

    pub fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub fn blue(self, text: &str) -> String {
        self.paint("1;34", text)
    }

    pub fn cyan(self, text: &str) -> String {
        self.paint("36", text)
    }

    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.is_on && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn is_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
impl Paint {
    /// Colour in any case.
    pub fn on() -> Paint {
        Paint { is_on: true }
    }

    /// No colour at all.
    pub fn off() -> Paint {
        Paint { is_on: false }
    }
}
