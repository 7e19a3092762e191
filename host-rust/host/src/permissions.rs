//! What scripts may not do: tables that they may not change or see, library functions that they may not call, computes
//! that change nothing.
//!
//! Invariant: permissions reach the module unchanged. The module refuses those that it does not understand, so a
//! misspelled name fails each compute, and no guard is lost without notice.

use std::collections::BTreeMap;

use cu_abi::permissions::{LIBRARY, TABLES, WRITE};

use crate::value::Value;

pub use cu_abi::permissions::Guard;

/// What scripts may not do; by default, nothing is forbidden.
///
/// ```
/// use cu_host::Permissions;
///
/// let permissions = Permissions::new()
///     .protect("_home.prices") // may be read
///     .hide("_home.secrets")   // is not there
///     .forbid("os")            // each function of a library,
///     .allow("os.time");       // but this one
/// # assert_ne!(permissions, Permissions::new());
/// ```
///
/// If a table or a library name is mentioned twice, the last mention counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    read_only: bool,
    tables: BTreeMap<TableName, Guard>,
    /// Whether scripts may call a function or the functions of a library.
    library: BTreeMap<String, bool>,
}

/// A guarded table. Tables that are reached through it are guarded as well.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableName {
    /// `_home`, or the keys that lead from there to the table, with dots between them: `_home.shop.prices`. A path can
    /// be guarded before there is a table.
    Path(String),
    /// The table's id.
    Id(u32),
}

impl Permissions {
    /// Nothing is forbidden.
    pub fn new() -> Permissions {
        Permissions::default()
    }

    /// Scripts may not change the store, except `_io`.
    #[must_use]
    pub fn read_only(mut self) -> Permissions {
        self.read_only = true;
        self
    }

    /// Scripts may not change this table, nor the entries that lead to it.
    #[must_use]
    pub fn protect(self, table: impl Into<TableName>) -> Permissions {
        self.guard(table, Guard::ReadOnly)
    }

    /// Scripts may not see this table: it seems absent, and references to it from before do not work.
    #[must_use]
    pub fn hide(self, table: impl Into<TableName>) -> Permissions {
        self.guard(table, Guard::Hidden)
    }

    /// Calls [`protect`](Permissions::protect) or [`hide`](Permissions::hide), according to the guard.
    #[must_use]
    pub fn guard(mut self, table: impl Into<TableName>, guard: Guard) -> Permissions {
        self.tables.insert(table.into(), guard);
        self
    }

    /// Scripts may not call this library function (`string.rep`, `load`), or any function of this library (`string`;
    /// `_G` for functions without a library), however they got it.
    #[must_use]
    pub fn forbid(mut self, name: impl Into<String>) -> Permissions {
        self.library.insert(name.into(), false);
        self
    }

    /// Scripts may call this function although its library is forbidden.
    #[must_use]
    pub fn allow(mut self, name: impl Into<String>) -> Permissions {
        self.library.insert(name.into(), true);
        self
    }

    /// The field `permissions` of the configuration; nil without permissions.
    pub(crate) fn value(&self) -> Value {
        let mut fields = Vec::new();
        if self.read_only {
            fields.push((WRITE.into(), false.into()));
        }
        if !self.tables.is_empty() {
            let tables = self.tables.iter().map(|(name, guard)| (name.value(), guard.name().into()));
            fields.push((TABLES.into(), Value::Table(tables.collect())));
        }
        if !self.library.is_empty() {
            let library = self.library.iter().map(|(name, on)| (name.as_str().into(), (*on).into()));
            fields.push((LIBRARY.into(), Value::Table(library.collect())));
        }
        if fields.is_empty() { Value::Nil } else { Value::Table(fields) }
    }
}

impl TableName {
    fn value(&self) -> Value {
        match self {
            TableName::Path(path) => path.as_str().into(),
            TableName::Id(id) => (*id).into(),
        }
    }
}

impl From<&str> for TableName {
    fn from(path: &str) -> TableName {
        TableName::Path(path.to_owned())
    }
}

impl From<String> for TableName {
    fn from(path: String) -> TableName {
        TableName::Path(path)
    }
}

impl From<u32> for TableName {
    fn from(id: u32) -> TableName {
        TableName::Id(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_have_the_form_that_the_module_reads() {
        assert_eq!(Permissions::new().value(), Value::Nil);
        let permissions = Permissions::new().hide(17).protect("_home.prices").forbid("os").allow("os.time").read_only();
        assert_eq!(
            permissions.value().to_string(),
            "{write = false, tables = {[\"_home.prices\"] = \"readonly\", [17] = \"hidden\"}, \
             library = {os = false, [\"os.time\"] = true}}"
        );
    }

    #[test]
    fn what_is_said_last_holds() {
        let twice = Permissions::new().hide("_home.x").forbid("load").protect("_home.x").allow("load");
        assert_eq!(twice, Permissions::new().guard("_home.x".to_owned(), Guard::ReadOnly).allow("load"));
    }
}
