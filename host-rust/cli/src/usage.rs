//! Wrong usage, in words.

/// What is wrong with the command line.
#[derive(Debug)]
pub struct Usage(pub String);
