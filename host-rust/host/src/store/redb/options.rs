//! How a file is opened.

use crate::store::Wait;

/// How a file is opened: for how long, and whether another process is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedbOptions {
    /// When the file is open.
    pub mode: FileMode,
    /// How long to wait for another process that has the file open; not at all by default.
    pub wait: Wait,
}

impl Default for RedbOptions {
    fn default() -> RedbOptions {
        RedbOptions { mode: FileMode::Kept, wait: Wait::Never }
    }
}

/// When a store has its file open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileMode {
    /// As long as the store lives; meanwhile no other process can open it.
    #[default]
    Kept,
    /// During each turn: from the beginning of a unit to its end, and for each call outside of a unit. So several
    /// processes with living instances take turns. Instances of one thread need a
    /// [`SharedStore`](crate::SharedStore): with two stores over one file a thread would wait for itself.
    EachTurn,
    /// As long as the store lives, for reading; others can read it meanwhile, and nobody can change it. The file is not
    /// written and may lie on a read-only file system. Only `_io`, with what belongs to one request, can be changed: its
    /// changes stay in memory. Any other change is an error of the code [`READ_ONLY`](crate::store::READ_ONLY).
    ReadOnly,
}
