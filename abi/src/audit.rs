//! What events of the kind `audit` report.

use crate::events::field;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A script loaded a binary chunk, which was verified.
    BytecodeLoaded,
    /// A binary chunk was refused, of a script or of a stored function.
    BytecodeRefused,
    /// A function was stored.
    FunctionPersisted,
    /// A stored function became a living one.
    FunctionRestored,
    /// A script tried what the host does not permit.
    PermissionRefused,
    /// The schema of a table refused a value.
    SchemaViolated,
    /// A limit of the host stopped or cut something.
    LimitHit,
    /// What a transaction changed stays.
    TransactionCommitted,
    /// A transaction failed, and changed nothing.
    TransactionRolledBack,
    /// A script called a function of the host.
    HostCalled,
    /// A read-only compute changed captured variables, which have their values of before.
    VariablesPutBack,
}

impl Action {
    /// Every action, in the order of the documentation.
    pub const ALL: [Action; 11] = [
        Action::BytecodeLoaded,
        Action::BytecodeRefused,
        Action::FunctionPersisted,
        Action::FunctionRestored,
        Action::PermissionRefused,
        Action::SchemaViolated,
        Action::LimitHit,
        Action::TransactionCommitted,
        Action::TransactionRolledBack,
        Action::HostCalled,
        Action::VariablesPutBack,
    ];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Action::BytecodeLoaded => "bytecode_loaded",
            Action::BytecodeRefused => "bytecode_refused",
            Action::FunctionPersisted => "function_persisted",
            Action::FunctionRestored => "function_restored",
            Action::PermissionRefused => "permission_refused",
            Action::SchemaViolated => "schema_violated",
            Action::LimitHit => "limit_hit",
            Action::TransactionCommitted => "transaction_committed",
            Action::TransactionRolledBack => "transaction_rolled_back",
            Action::HostCalled => "host_called",
            Action::VariablesPutBack => "variables_put_back",
        }
    }

    /// The fields that its events may have beside those of every audit event.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Action::BytecodeLoaded => &[field::BYTES],
            Action::BytecodeRefused => &[field::MESSAGE, field::FUNCTION],
            Action::FunctionPersisted => &[field::FUNCTION, field::INTO],
            Action::FunctionRestored => &[field::FUNCTION],
            Action::PermissionRefused | Action::SchemaViolated => &[field::MESSAGE],
            Action::LimitHit => &[field::LIMIT, field::VALUE, field::MESSAGE],
            Action::TransactionCommitted | Action::TransactionRolledBack => &[field::LEVEL],
            Action::HostCalled => &[field::NAME],
            Action::VariablesPutBack => &[field::VARIABLES, field::FIRST],
        }
    }
}

/// Values of the field `limit`.
pub mod limit {
    /// The configured number of instructions.
    pub const INSTRUCTIONS: &str = "instructions";
    /// The arena, or the configured part of it.
    pub const MEMORY: &str = "memory";
    /// The printed text that is kept.
    pub const OUTPUT: &str = "output";
    /// What a host allows in a second.
    pub const OPERATIONS: &str = "operations";
    /// The host's own: it stopped the script when it was asked.
    pub const TICK: &str = "tick";

    /// Every limit, in the order of the documentation.
    pub const ALL: [&str; 5] = [INSTRUCTIONS, MEMORY, OUTPUT, OPERATIONS, TICK];
}
