//! `cu import`: reads what `cu export` wrote.
//!
//! Invariant: what was read before a line that is wrong, or before the end of the program, is kept, and the next import of the
//! same file goes on behind it. A snapshot is taken whole or not at all.

use cu_abi::tables;
use cu_host::{Error, Store};

use super::line::{self, Line};
use super::lines::Lines;
use super::mark::Mark;
use super::{rows, snapshot};
use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::output::show;
use crate::session;

/// How an export of a whole file begins.
const HEAD_START: &[u8] = b"{\"cu\":";
const NO_EXPORT: &str =
    "it is not the first line of an export of a whole file; for rows name their table: cu import WAY FILE";

/// Lines and bytes that are kept together.
const PART_LINES: u64 = 1000;
const PART_BYTES: usize = 4 << 20;

pub fn import(arguments: &Arguments) -> Result<(), Failure> {
    let (way, file) = match &arguments.operands[..] {
        [] => return Err(Usage("FILE is missing".to_owned()).into()),
        [file] => (None, file),
        [way, file] => (Some(way), file),
        [_, _, surplus, ..] => return Err(Usage(format!("unexpected argument '{}'", surplus.display())).into()),
    };
    if way.is_none() && arguments.home_name.is_some() {
        return Err(Usage("--home-name goes with a WAY: without one a whole file is imported".to_owned()).into());
    }
    crate::home::Home::needed(arguments, "import")?;
    let mut lines = Lines::open(file)?;
    let count = match way {
        Some(way) => rows::import(&mut session::importing(arguments)?, way.as_encoded_bytes(), &mut lines)?,
        None => {
            let is_snapshot = is_snapshot(&mut lines)?;
            let mut store = session::store(arguments, "import")?;
            let store = &mut *store;
            if is_snapshot { take_snapshot(store, &mut lines)? } else { whole(store, &mut lines)? }
        }
    };
    show(format!("{count} row{} imported\n", if count == 1 { "" } else { "s" }).as_bytes())
}

/// Whether it is a snapshot and no lines. What is neither is refused before a file is made of it.
fn is_snapshot(lines: &mut Lines<'_>) -> Result<bool, Failure> {
    let file = lines.file;
    let start = lines.input.fill_buf().map_err(|error| Failure::Io(file.display().to_string(), error))?;
    let is_like = |whole: &[u8]| {
        let length = start.len().min(whole.len());
        length > 0 && start[..length] == whole[..length]
    };
    match (is_like(snapshot::MAGIC), is_like(HEAD_START)) {
        (false, false) => Err(lines.wrong(1, NO_EXPORT)),
        (is_snapshot, _) => Ok(is_snapshot),
    }
}

/// Whether nothing is in a store but what an import left that did not end.
fn is_new(store: &mut dyn Store) -> Result<bool, Error> {
    let mut first = store.next_table(None)?;
    if first == Some(tables::IO) {
        first = store.next_table(first)?;
    }
    Ok(first.is_none_or(|id| id >= tables::HOST_FIRST))
}

const NOT_NEW: &str = "the file of --home has tables already; a whole file is imported into a new one, rows into a table: cu import WAY FILE";

fn whole(store: &mut dyn Store, lines: &mut Lines<'_>) -> Result<u64, Failure> {
    match Mark::of(store)? {
        Some(mark) if lines.go_on(mark)? => {}
        Some(_) => {
            return Err(lines.refused("it is not the file of which the import into --home began and did not end"));
        }
        None if is_new(store)? => {}
        None => return Err(Failure::Refused(NOT_NEW.to_owned())),
    }
    store.begin().map_err(Error::from)?;
    let mut good = lines.mark;
    let answer = take(store, lines, &mut good);
    match &answer {
        Ok(_) => Mark::delete(store)?,
        // What the store failed to take is not kept.
        Err(Failure::Cu(_)) => return answer,
        Err(_) => good.write(store)?,
    }
    store.commit().map_err(Error::Commit)?;
    answer
}

/// Takes lines; `good` is behind the last one that was taken.
fn take(store: &mut dyn Store, lines: &mut Lines<'_>, good: &mut Mark) -> Result<u64, Failure> {
    let (mut part_lines, mut part_bytes) = (0, 0);
    while let Some(text) = lines.next()? {
        let number = lines.mark.lines;
        match line::read(&text).map_err(|problem| lines.wrong(number, problem))? {
            Line::Head if number == 1 => {}
            Line::Head => return Err(lines.wrong(number, "a second beginning of an export")),
            _ if number == 1 => return Err(lines.wrong(1, NO_EXPORT)),
            Line::Row { table, key, value } => store.set(table, &key, &value).map_err(Error::from)?,
            Line::End { rows } if rows + 2 != number => {
                return Err(
                    lines.wrong(number, format!("it says that there were {rows} rows, and there were {}", number - 2))
                );
            }
            Line::End { rows } => {
                return match lines.next()? {
                    None => Ok(rows),
                    Some(_) => Err(lines.wrong(number + 1, "there is more behind the last line of an export")),
                };
            }
        }
        *good = lines.mark;
        part_lines += 1;
        part_bytes += text.len();
        if part_lines == PART_LINES || part_bytes >= PART_BYTES {
            (part_lines, part_bytes) = (0, 0);
            good.write(store)?;
            store.commit().map_err(Error::Commit)?;
            store.begin().map_err(Error::from)?;
        }
    }
    Err(lines.wrong(lines.mark.lines + 1, "it is missing: the export was cut here"))
}

fn take_snapshot(store: &mut dyn Store, lines: &mut Lines<'_>) -> Result<u64, Failure> {
    if !is_new(store)? || Mark::of(store)?.is_some() {
        return Err(Failure::Refused(NOT_NEW.to_owned()));
    }
    store.begin().map_err(Error::from)?;
    let mut rows = 0;
    let file = lines.file;
    let read = snapshot::read(&mut lines.input, &mut |table, key, value| {
        rows += 1;
        lines.progress.show(rows, "rows");
        store.set(table, key, value).map_err(Error::from)
    });
    match read {
        Ok(()) => {
            store.commit().map_err(Error::Commit)?;
            Ok(rows)
        }
        Err(wrong) => {
            store.roll_back();
            Err(match wrong {
                snapshot::Wrong::Bytes { at, problem } => Failure::Refused(format!(
                    "{}: the snapshot is wrong at byte {at}: {problem}; nothing was imported",
                    file.display()
                )),
                snapshot::Wrong::Input(error) => Failure::Io(file.display().to_string(), error),
                snapshot::Wrong::Store(error) => error.into(),
            })
        }
    }
}
