//! The file that `cu import` reads, line by line.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use super::mark::Mark;
use crate::failure::Failure;
use crate::progress::Progress;

/// A longer line is no row of any module: its memory is less.
const LINE_BYTES: u64 = 1 << 30;

/// The lines of the file, and where it is read.
pub struct Lines<'a> {
    pub file: &'a OsStr,
    pub input: Box<dyn BufRead>,
    /// After the last line that was read.
    pub mark: Mark,
    pub progress: Progress,
}

impl<'a> Lines<'a> {
    pub fn open(file: &'a OsStr) -> Result<Lines<'a>, Failure> {
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
        Failure::Refused(format!("{}: line {line}: {problem}", self.file.display()))
    }

    pub fn failed(&self, error: io::Error) -> Failure {
        Failure::Io(self.file.display().to_string(), error)
    }

    pub fn refused(&self, problem: &str) -> Failure {
        Failure::Refused(format!("{}: {problem}", self.file.display()))
    }
}
