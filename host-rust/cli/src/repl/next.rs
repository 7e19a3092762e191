//! What an input of `cu repl` leads to.

/// What happens after an input.
#[derive(PartialEq)]
pub enum Next {
    GoesOn,
    /// The same, after an input that failed.
    Failed,
    Ends,
}
