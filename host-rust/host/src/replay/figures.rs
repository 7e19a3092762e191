//! How much a replay has replayed.

/// What was replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Computes, also those that failed.
    pub computes: u64,
    /// Calls of exports, computes among them.
    pub calls: u64,
    /// Calls of imports.
    pub imports: u64,
    /// Entries of the recording.
    pub entries: u64,
    /// Bytes of the recording.
    pub bytes: u64,
    /// Whether the recording ends as one should.
    pub whole: bool,
}
