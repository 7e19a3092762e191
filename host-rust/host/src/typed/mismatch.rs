//! What does not fit a type, and where.
//!
//! Invariant: the place is made from the inside out, one step for each table that an error leaves.

use std::fmt::{self, Display, Formatter};

use crate::error::Error;
use crate::notation::Step;
use crate::value::Value;

/// More of what a value is like helps nobody: it may be a text of a megabyte.
const PROBLEM_BYTES: usize = 300;

/// Deeper tables are refused, so that what is within itself ends, and the stack does not. No value of the module is deeper.
pub const DEPTH: usize = cu_abi::limits::VALUE_DEPTH;

#[derive(Debug)]
pub struct Mismatch {
    place: String,
    problem: String,
}

impl Mismatch {
    pub fn new(problem: impl Display) -> Mismatch {
        let mut problem = problem.to_string();
        if problem.len() > PROBLEM_BYTES {
            // What is expected stands at the end.
            let (start, end) = (
                problem.floor_char_boundary(PROBLEM_BYTES / 2),
                problem.ceil_char_boundary(problem.len() - PROBLEM_BYTES / 2),
            );
            problem.replace_range(start..end, " ... ");
        }
        Mismatch { place: String::new(), problem }
    }

    /// Of what lies under that key.
    pub fn under(mut self, key: &Value) -> Mismatch {
        self.place.insert_str(0, &Step(key).to_string());
        self
    }

    /// What is nested too deep.
    pub fn too_deep() -> Mismatch {
        Mismatch::new(format_args!("tables are nested deeper than {DEPTH}"))
    }
}

impl Display for Mismatch {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&self.problem)
    }
}

impl std::error::Error for Mismatch {}

impl serde::de::Error for Mismatch {
    fn custom<T: Display>(problem: T) -> Mismatch {
        Mismatch::new(problem)
    }
}

impl serde::ser::Error for Mismatch {
    fn custom<T: Display>(problem: T) -> Mismatch {
        Mismatch::new(problem)
    }
}

impl From<Mismatch> for Error {
    fn from(Mismatch { place, problem }: Mismatch) -> Error {
        // The way begins with a name: `orders[3].price`.
        let place = place.strip_prefix('.').map(str::to_owned).unwrap_or(place);
        Error::Type { place, problem }
    }
}
