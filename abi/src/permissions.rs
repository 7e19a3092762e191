//! Words of the configuration's `permissions`.

/// Field: whether the compute may change anything in the store.
pub const WRITE: &str = "write";
/// Field: guards, by the names of tables.
pub const TABLES: &str = "tables";
/// Field: switches, by the names of library functions and libraries.
pub const LIBRARY: &str = "library";

/// Every field, in the order of the documentation.
pub const FIELDS: [&str; 3] = [WRITE, TABLES, LIBRARY];

/// The name of a table begins with it: `_home`, or `_home.name.name`.
pub const HOME: &str = "_home";

/// What a table may not be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bytemuck", derive(bytemuck::Zeroable))]
#[repr(u8)]
pub enum Guard {
    /// Changed.
    ReadOnly,
    /// Seen.
    Hidden,
}

impl Guard {
    /// Every guard, for the mirrors.
    pub const ALL: [Guard; 2] = [Guard::ReadOnly, Guard::Hidden];

    /// The name in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Guard::ReadOnly => "readonly",
            Guard::Hidden => "hidden",
        }
    }
}
