//! The one line printed after a run.
//!
//! Invariant: every count depends only on the input and the options, so equal runs print equal
//! lines.

use std::fmt;

/// The counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Functions with a body in the input.
    pub functions: usize,
    /// Those of them that may raise.
    pub may_raise: usize,
    /// Calls followed by a test of the flag.
    pub checks: usize,
    /// Calls that may raise but need no test: the code after them is harmless while unwinding.
    pub checks_omitted: usize,
    /// Calls that never return normally, `throw` included: an unconditional branch follows them.
    pub leaves: usize,
    /// Branch tables that became comparisons.
    pub tables_compared: usize,
    /// Size of the input.
    pub bytes_before: usize,
    /// Size of the output.
    pub bytes_after: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} functions, {} may raise; {} checks inserted, {} omitted, {} calls always leave; \
             {} branch tables compared; {} bytes before, {} after",
            self.functions,
            self.may_raise,
            self.checks,
            self.checks_omitted,
            self.leaves,
            self.tables_compared,
            self.bytes_before,
            self.bytes_after
        )
    }
}
