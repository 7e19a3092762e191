//! `cu query TABLE [CONDITION ...]`: the rows of a table that pass all conditions.
//!
//! Invariant: the file is only read; where there are more rows than are shown, that is said.

mod condition;
mod grid;

use cu_host::{Error, Instance, Table, Value};

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::output::show;
use crate::session;
use cu_host::json;
use grid::Grid;

/// Rows that a person reads.
const LIMIT: u32 = 100;

/// Bytes of output that are collected before they are written.
const PIECE: usize = 64 * 1024;

pub fn query(arguments: &Arguments) -> Result<(), Failure> {
    let Some((way, conditions)) = arguments.operands.split_first() else {
        return Err(Usage("TABLE is missing".to_owned()).into());
    };
    let spec = Spec::of(arguments, conditions)?;
    let mut instance = session::reading(arguments, "query")?;
    let table = Table::Way(way.as_encoded_bytes().to_vec());
    answer(&mut instance, table, spec, arguments).map_err(without_traceback)
}

/// The function that failed is none of the person's.
fn without_traceback(failure: Failure) -> Failure {
    match failure {
        Failure::Cu(Error::Lua(mut error)) => {
            error.text = error.message.clone().into_bytes();
            Failure::Cu(Error::Lua(error))
        }
        other => other,
    }
}

fn answer(instance: &mut Instance, table: Table, spec: Spec, arguments: &Arguments) -> Result<(), Failure> {
    if arguments.explain {
        let how = instance.data().explain(&table, spec.whole())?;
        let text = if arguments.json { json::written(&how, None) } else { how.to_string() };
        return show(format!("{text}\n").as_bytes());
    }
    if spec.only_counts {
        let count = instance.data().count(&table, spec.filter)?;
        return show(format!("{count}\n").as_bytes());
    }
    if arguments.json && !spec.is_of_groups {
        return lines(instance, table, spec.whole());
    }
    let found = instance.data().query(&table, spec.limited(LIMIT))?;
    let keys = found.keys.iter().map(Some).chain(std::iter::repeat(None));
    if arguments.json {
        let rows: String = found.rows.iter().map(|row| json::written(row, None) + "\n").collect();
        return show(rows.as_bytes());
    }
    let mut shown = Grid::of(found.rows.iter().zip(keys)).text();
    let count = found.rows.len();
    shown += &format!("{count} row{}", if count == 1 { "" } else { "s" });
    if let Some(cursor) = &found.cursor {
        shown += &format!("; more: --after {}", shell_word(&json::written(cursor, None)));
    }
    show((shown + "\n").as_bytes())
}

/// Every row, each in a line.
fn lines(instance: &mut Instance, table: Table, spec: Value) -> Result<(), Failure> {
    let mut shown = String::new();
    let mut data = instance.data();
    for entry in data.each(table, spec) {
        let (key, row) = entry?;
        shown += &format!("{{\"key\":{},\"value\":{}}}\n", json::written(&key, None), json::written(&row, None));
        if shown.len() >= PIECE {
            show(shown.as_bytes())?;
            shown.clear();
        }
    }
    show(shown.as_bytes())
}

/// What is asked.
struct Spec {
    filter: Value,
    fields: Vec<(Value, Value)>,
    is_of_groups: bool,
    only_counts: bool,
}

impl Spec {
    fn of(arguments: &Arguments, conditions: &[std::ffi::OsString]) -> Result<Spec, Failure> {
        let mut filters = Vec::new();
        for given in conditions {
            let text = given
                .to_str()
                .ok_or_else(|| Usage(format!("a condition is text in UTF-8, not '{}'", given.display())))?;
            filters.push(condition::read(text)?);
        }
        filters.extend(arguments.filters.iter().cloned());
        let filter = match &filters[..] {
            [] => Value::Nil,
            [only] => only.clone(),
            _ => Value::from(filters),
        };
        let mut fields = Vec::new();
        for (name, paths) in &arguments.paths {
            let list: Vec<Value> = match *name {
                "order" => paths.iter().map(|path| order(path)).collect(),
                _ => paths.iter().map(|path| path.as_str().into()).collect(),
            };
            let one = if list.len() == 1 && *name != "select" { list.first().cloned() } else { None };
            fields.push(((*name).into(), one.unwrap_or_else(|| list.into())));
        }
        let is_grouped = arguments.paths.iter().any(|(name, _)| !matches!(*name, "order" | "select"));
        if arguments.count && is_grouped {
            fields.push(("count".into(), true.into()));
        }
        let only_counts = arguments.count && !is_grouped;
        if only_counts && (!fields.is_empty() || arguments.limit.is_some() || arguments.after.is_some()) {
            return Err(Usage(
                "--count counts all rows that pass the conditions: with it go only --group and its like".to_owned(),
            )
            .into());
        }
        fields.extend(arguments.limit.map(|limit| ("limit".into(), limit.into())));
        fields.extend(arguments.after.clone().map(|cursor| ("after".into(), cursor)));
        Ok(Spec { filter, fields, is_of_groups: is_grouped, only_counts })
    }

    fn whole(self) -> Value {
        let filter = Some(self.filter).filter(|filter| !filter.is_nil()).map(|filter| ("where".into(), filter));
        Value::Table(self.fields.into_iter().chain(filter).collect())
    }

    /// With this limit where none was given.
    fn limited(mut self, limit: u32) -> Value {
        if !self.fields.iter().any(|(name, _)| name.as_str() == Some("limit")) {
            self.fields.push(("limit".into(), limit.into()));
        }
        self.whole()
    }
}

/// A path, or one with a minus for the order from the largest to the least.
fn order(path: &str) -> Value {
    match path.strip_prefix('-') {
        Some(path) => Value::Table(vec![("field".into(), path.into()), ("desc".into(), true.into())]),
        None => path.into(),
    }
}

/// A word that a shell reads as this text.
fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
