//! `cu import`: reads what `cu export` wrote.
//!
//! Invariant: what was read before a line that is wrong, or before the end of the program, is kept, and the next import of the
//! same file goes on behind it. A snapshot is taken whole or not at all.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use cu_abi::tables;
use cu_host::{Error, Store};

use super::line::{self, Line};
use super::mark::Mark;
use super::{rows, snapshot, wrong_line};
use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::output::show;
use crate::progress::Progress;
use crate::session;

/// A longer line is no row of any module: its memory is less.
const LINE_BYTES: u64 = 1 << 30;

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
    arguments.needed_home("import")?;
    let mut lines = Lines::open(file)?;
    let count = match way {
        Some(way) => rows::import(&mut session::importing(arguments)?, way.as_encoded_bytes(), &mut lines)?,
        None => {
            let is_snapshot = lines.are_of_snapshot()?;
            let mut store = session::store(arguments, "import")?;
            let store = &mut *store;
            if is_snapshot { take_snapshot(store, &mut lines)? } else { whole(store, &mut lines)? }
        }
    };
    show(format!("{count} row{} imported\n", if count == 1 { "" } else { "s" }).as_bytes())
}

/// The lines of the file, and where it is read.
pub struct Lines<'a> {
    file: &'a OsStr,
    input: Box<dyn BufRead>,
    /// After the last line that was read.
    pub mark: Mark,
    progress: Progress,
}

impl<'a> Lines<'a> {
    fn open(file: &'a OsStr) -> Result<Lines<'a>, Failure> {
        let open = || -> io::Result<Box<dyn BufRead>> {
            Ok(if file == "-" {
                Box::new(BufReader::new(io::stdin()))
            } else {
                Box::new(BufReader::new(File::open(file)?))
            })
        };
        let input = open().map_err(|error| Failure::Io(file.display().to_string(), error))?;
        Ok(Lines { file, input, mark: Mark::START, progress: Progress::default() })
    }

    /// Whether it is a snapshot and no lines. What is neither is refused before a file is made of it.
    fn are_of_snapshot(&mut self) -> Result<bool, Failure> {
        let start = self.input.fill_buf().map_err(|error| Failure::Io(self.file.display().to_string(), error))?;
        let is_like = |whole: &[u8]| {
            let length = start.len().min(whole.len());
            length > 0 && start[..length] == whole[..length]
        };
        match (is_like(snapshot::MAGIC), is_like(HEAD_START)) {
            (false, false) => Err(self.wrong(1, NO_EXPORT)),
            (is_snapshot, _) => Ok(is_snapshot),
        }
    }

    /// The next line, with its end if it has one.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut line = Vec::new();
        let read = self.input.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line);
        read.map_err(|error| self.failed(error))?;
        if line.len() as u64 == LINE_BYTES {
            return Err(self.wrong(self.mark.lines + 1, format!("it is longer than {LINE_BYTES} bytes")));
        }
        if line.is_empty() {
            return Ok(None);
        }
        self.mark = self.mark.after(&line);
        self.progress.show(self.mark.lines, "lines");
        Ok(Some(line))
    }

    /// Leaves out the lines up to a mark, if they are those with which it was made; false, at the start again, if not.
    pub fn go_on(&mut self, mark: Mark) -> Result<bool, Failure> {
        while self.mark.lines < mark.lines && self.next()?.is_some() {}
        Ok(self.mark == mark)
    }

    pub fn wrong(&self, line: u64, problem: impl std::fmt::Display) -> Failure {
        wrong_line(self.file, line, problem)
    }

    pub fn failed(&self, error: io::Error) -> Failure {
        Failure::Io(self.file.display().to_string(), error)
    }

    pub fn refused(&self, problem: &str) -> Failure {
        Failure::Refused(format!("{}: {problem}", self.file.display()))
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
