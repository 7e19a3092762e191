//! Return codes of imports and exports, and the classes of error that an `error` event names. Never renumbered.

/// Success of `init`, `set` and `delete`.
pub const OK: i32 = 0;

/// `init` could not create the VM.
pub const INIT_FAILED: i32 = -1;

/// `get` found no such key.
pub const ABSENT: i32 = -1;

/// A host returns this from an import when scripts make more calls per second than it allows.
pub const RATE_EXCEEDED: i32 = -429;

/// The kind of error of a compute: the field `class` of an `error` event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ErrorClass {
    /// The code does not compile.
    Syntax = 1,
    /// The script raised an error.
    Runtime = 2,
    /// The arena, or the configured part of it, is exhausted.
    Memory = 3,
    /// An error while an error was handled.
    Handler = 4,
    /// A result has no encoding.
    Result = 5,
    /// The call was not allowed at that time: before `init`, or from inside an import.
    State = 6,
    /// The code lies outside linear memory.
    Input = 7,
    /// The host's configuration is malformed.
    Config = 8,
    /// A fault of the module itself.
    Internal = 9,
    /// The configured number of instructions is used up.
    Budget = 10,
    /// An atomic compute, this one or an earlier one, could not be ended. Nothing runs until it can.
    Journal = 11,
    /// The host stopped the script.
    Interrupted = 12,
}

impl ErrorClass {
    /// Every class, for the mirrors.
    pub const ALL: [ErrorClass; 12] = [
        ErrorClass::Syntax,
        ErrorClass::Runtime,
        ErrorClass::Memory,
        ErrorClass::Handler,
        ErrorClass::Result,
        ErrorClass::State,
        ErrorClass::Input,
        ErrorClass::Config,
        ErrorClass::Internal,
        ErrorClass::Budget,
        ErrorClass::Journal,
        ErrorClass::Interrupted,
    ];

    /// The stable name of the class, as events carry it.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorClass::Syntax => "syntax",
            ErrorClass::Runtime => "runtime",
            ErrorClass::Memory => "memory",
            ErrorClass::Handler => "handler",
            ErrorClass::Result => "result",
            ErrorClass::State => "state",
            ErrorClass::Input => "input",
            ErrorClass::Config => "config",
            ErrorClass::Internal => "internal",
            ErrorClass::Budget => "budget",
            ErrorClass::Journal => "journal",
            ErrorClass::Interrupted => "interrupted",
        }
    }
}
