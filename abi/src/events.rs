//! Kinds of event and their fields, as `set(0, "event", value)` has them. The details of the kind `audit` are in
//! [`crate::audit`].

/// A kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Printed text that the response does not carry.
    Output,
    /// A failed compute: class, message and value.
    Error,
    /// What someone may have to account for, numbered from 1 in each instance: a limit that was met, a permission that was
    /// refused, bytecode that was loaded or refused, a function that was stored or restored.
    Audit,
    /// What a compute used: instructions, and bytes of memory at its end.
    Usage,
    /// How far long work is that a script asked for, and asked to be reported.
    Progress,
}

impl EventKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [EventKind; 5] =
        [EventKind::Output, EventKind::Error, EventKind::Audit, EventKind::Usage, EventKind::Progress];

    /// The name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::Output => "output",
            EventKind::Error => "error",
            EventKind::Audit => "audit",
            EventKind::Usage => "usage",
            EventKind::Progress => "progress",
        }
    }

    /// The fields beside [`field::KIND`]; those of `audit` that every action has.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            EventKind::Output => &[field::TEXT, field::OFFSET],
            EventKind::Error => &[field::CLASS, field::MESSAGE, field::VALUE, field::WAITS],
            EventKind::Audit => &[field::ACTION, field::SEQUENCE],
            EventKind::Usage => &[field::INSTRUCTIONS, field::MEMORY, field::CALLS],
            EventKind::Progress => &[field::WORK, field::DONE, field::TOTAL],
        }
    }
}

/// Fields of events.
pub mod field {
    /// Of every event: its kind.
    pub const KIND: &str = "kind";

    /// Of `output`: the printed text.
    pub const TEXT: &str = "text";
    /// Of `output`: where the text begins in the compute's output.
    pub const OFFSET: &str = "offset";

    /// Of `error`: the class.
    pub const CLASS: &str = "class";
    /// Of `error` and of some audit events: a text for people.
    pub const MESSAGE: &str = "message";
    /// Of `error`: the error value. Of `audit`: that of a limit.
    pub const VALUE: &str = "value";

    /// Of `error`: true if a compute was to go on, and could not be asked to: it waits on.
    pub const WAITS: &str = "waits";

    /// Of `usage`: instructions that the script used.
    pub const INSTRUCTIONS: &str = "instructions";
    /// Of `usage`: bytes of the arena in use.
    pub const MEMORY: &str = "memory";
    /// Of `usage`: calls of functions of the host.
    pub const CALLS: &str = "calls";

    /// Of `audit`: what happened.
    pub const ACTION: &str = "action";
    /// Of `audit`: its number in the instance.
    pub const SEQUENCE: &str = "sequence";
    /// Of `audit`: the id of a stored function.
    pub const FUNCTION: &str = "function";
    /// Of `audit`: the name of a function of the host.
    pub const NAME: &str = "name";
    /// Of `audit`: the assignment that stored a function.
    pub const INTO: &str = "into";
    /// Of `audit`: the size of a binary chunk.
    pub const BYTES: &str = "bytes";
    /// Of `audit`: which limit was met.
    pub const LIMIT: &str = "limit";
    /// Of `audit`: how many captured variables were put back.
    pub const VARIABLES: &str = "variables";
    /// Of `audit`: the name of the first of them.
    pub const FIRST: &str = "first";

    /// Of `audit`: how deep a transaction lies in others; absent for the outermost.
    pub const LEVEL: &str = "level";

    /// Of `progress`: which work ([`super::work`]).
    pub const WORK: &str = "work";
    /// Of `progress`: how many parts of it are done.
    pub const DONE: &str = "done";
    /// Of `progress`: how many parts it has.
    pub const TOTAL: &str = "total";

    /// Every field, for the mirrors.
    pub const ALL: [&str; 23] = [
        KIND,
        TEXT,
        OFFSET,
        CLASS,
        MESSAGE,
        VALUE,
        WAITS,
        INSTRUCTIONS,
        MEMORY,
        CALLS,
        ACTION,
        SEQUENCE,
        FUNCTION,
        NAME,
        INTO,
        BYTES,
        LIMIT,
        VARIABLES,
        FIRST,
        LEVEL,
        WORK,
        DONE,
        TOTAL,
    ];
}

/// Values of the field [`field::WORK`].
pub mod work {
    /// `ext.batch`, whose parts are operations.
    pub const BATCH: &str = "batch";
    /// Building an index, whose parts are rows.
    pub const INDEX: &str = "index";

    /// Every one, for the mirrors.
    pub const ALL: [&str; 2] = [BATCH, INDEX];
}
