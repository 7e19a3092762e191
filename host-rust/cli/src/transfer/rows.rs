//! The import of rows into a table: through the module, so that indexes, schemas and feeds are kept.
//!
//! Invariant: rows and the mark behind them are one batch, all or none.

use cu_host::{Data, Error, Instance, Operation, Value};

use super::line;
use super::lines::Lines;
use super::mark::Mark;
use crate::failure::Failure;

/// Rows and bytes of a batch: some tenth of what the module has memory for.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 200_000;

/// A row, and what was read with it.
struct Row {
    key: Value,
    value: Value,
    mark: Mark,
}

pub fn import(instance: &mut Instance, way: &[u8], lines: &mut Lines<'_>) -> Result<u64, Failure> {
    let way = std::str::from_utf8(way).map_err(|_| Failure::Refused("WAY is no text in UTF-8".to_owned()))?;
    let mut before = 0;
    if let Some(mark) = Mark::of(instance.store())? {
        if lines.go_on(mark)? {
            before = mark.lines;
        } else {
            return Err(lines.refused(
                "another import into --home began and did not end: end that one, or run cu gc, which forgets it",
            ));
        }
    }
    if way != "_home" {
        instance.data().create_table(way)?;
    }
    let mut batch = Vec::new();
    let mut bytes = 0;
    loop {
        let line = lines.next()?;
        let number = lines.mark.lines;
        let row = match line.as_deref().map(line::read_entry) {
            Some(Ok((key, value))) => Some(Row { key, value, mark: lines.mark }),
            Some(Err(problem)) => {
                put(instance, way, lines, &batch)?;
                return Err(lines.wrong(number, problem));
            }
            None => None,
        };
        let is_over = row.is_none();
        bytes += line.map_or(0, |line| line.len());
        batch.extend(row);
        if is_over || batch.len() == BATCH_ROWS || bytes >= BATCH_BYTES {
            put(instance, way, lines, &batch)?;
            batch.clear();
            bytes = 0;
        }
        if is_over {
            Mark::delete(instance.store())?;
            return Ok(number - before);
        }
    }
}

/// Sets rows; if a batch is refused, its halves are tried, so that the row is found.
fn put(instance: &mut Instance, way: &str, lines: &Lines<'_>, rows: &[Row]) -> Result<(), Failure> {
    let Some(last) = rows.last() else { return Ok(()) };
    match set(&mut instance.data(), way, rows, last.mark) {
        Err(Error::Lua(_) | Error::Argument(_) | Error::Unencodable(_) | Error::CodeSize(_)) if rows.len() > 1 => {
            let (first, second) = rows.split_at(rows.len() / 2);
            put(instance, way, lines, first)?;
            put(instance, way, lines, second)
        }
        Err(Error::Lua(error)) => {
            // The line is named, so the number in the batch says nothing more.
            let problem = error.message.strip_prefix("operation 1: ").unwrap_or(&error.message);
            Err(lines.wrong(last.mark.lines, problem))
        }
        Err(error @ (Error::Argument(_) | Error::Unencodable(_) | Error::CodeSize(_))) => {
            Err(lines.wrong(last.mark.lines, error))
        }
        other => Ok(other?),
    }
}

fn set(data: &mut Data<'_>, way: &str, rows: &[Row], mark: Mark) -> Result<(), Error> {
    let mut operations: Vec<Operation> =
        rows.iter().map(|row| Operation::set(way, row.key.clone(), row.value.clone())).collect();
    operations.push(Operation::set("_io", Mark::NAME, mark.value()));
    data.batch(&operations).map(drop)
}
