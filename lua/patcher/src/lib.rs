//! Applies unified diffs without fuzz: the context and the removed lines of a hunk must match letter for letter.
//!
//! Invariant: a hunk is applied in one place or not at all. The search begins at the hunk's line number. If the lines
//! have moved, the only other place with the same lines is used; two such places are an error.
//!
//! ```text
//! a reason in plain text, up to the first "--- "
//! --- a/FILE
//! +++ b/FILE
//! @@ -LINE,COUNT +LINE,COUNT @@
//!  context
//! -removed
//! +added
//! ```
#![forbid(unsafe_code)]

use std::fmt;
use std::path::{Path, PathBuf};

/// One change of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The file's name inside Lua's directory.
    pub file: String,
    /// Line of the old file where it begins, from 1.
    pub line: usize,
    /// Context and removed lines.
    old: Vec<String>,
    /// Context and added lines.
    new: Vec<String>,
}

/// A patch file: one topic.
#[derive(Debug)]
pub struct Patch {
    pub name: String,
    pub hunks: Vec<Hunk>,
}

/// Why a patch cannot be read or a hunk cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A line of the patch that does not belong in a unified diff.
    Malformed { line: usize, text: String, wanted: &'static str },
    /// A file that cannot be read or written.
    File { path: PathBuf, problem: String },
    /// The lines to change are in `places` places of the file, not in one.
    Places { file: String, line: usize, places: usize, first: String },
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed { line, text, wanted } => write!(out, "line {line}: '{text}', wanted {wanted}"),
            Error::File { path, problem } => write!(out, "{}: {problem}", path.display()),
            Error::Places { file, line, places, first } => write!(
                out,
                "{file}:{line}: the lines to change stand in {places} places, wanted one; the first is '{first}'"
            ),
        }
    }
}

impl std::error::Error for Error {}

/// The result of applying a hunk.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// Its lines were so many lines further down, or up.
    Moved(isize),
    Failed(Error),
}

/// Reads the patches of a folder, in the order of their names.
pub fn read_all(folder: &Path) -> Result<Vec<Patch>, Error> {
    let file_error = |path: &Path, error: std::io::Error| Error::File { path: path.into(), problem: error.to_string() };
    let entries = std::fs::read_dir(folder).map_err(|error| file_error(folder, error))?;
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "patch"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|error| file_error(path, error))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let hunks = parse(&text).map_err(|error| Error::File { path: path.clone(), problem: error.to_string() })?;
        Ok(Patch { name, hunks })
    };
    paths.iter().map(read).collect()
}

/// The hunks of a patch file's text.
pub fn parse(text: &str) -> Result<Vec<Hunk>, Error> {
    let mut hunks = Vec::new();
    let mut file = None;
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("--- "));
    while let Some((index, line)) = lines.next() {
        let malformed = |wanted| Error::Malformed { line: index + 1, text: line.to_owned(), wanted };
        if line.starts_with("--- a/") {
            let (_, next) = lines.next().ok_or(malformed("a line '+++ b/FILE' after it"))?;
            file = Some(next.strip_prefix("+++ b/").ok_or(malformed("a line '+++ b/FILE' after it"))?.to_owned());
            continue;
        }
        let (start, old_count, new_count) =
            header(line).ok_or(malformed("'--- a/FILE' or '@@ -LINE,COUNT +LINE,COUNT @@'"))?;
        let file = file.clone().ok_or(malformed("'--- a/FILE' before it"))?;
        let mut hunk = Hunk { file, line: start, old: Vec::new(), new: Vec::new() };
        while hunk.old.len() < old_count || hunk.new.len() < new_count {
            let (_, line) = lines.next().ok_or(malformed("as many lines as it says"))?;
            let (mark, rest) = line.split_at_checked(1).unwrap_or((" ", ""));
            match mark {
                " " => {
                    hunk.old.push(rest.to_owned());
                    hunk.new.push(rest.to_owned());
                }
                "-" => hunk.old.push(rest.to_owned()),
                "+" => hunk.new.push(rest.to_owned()),
                _ => return Err(malformed("lines that begin with ' ', '-' or '+' after it")),
            }
        }
        if (hunk.old.len(), hunk.new.len()) != (old_count, new_count) {
            return Err(malformed("as many lines as it says"));
        }
        hunks.push(hunk);
    }
    Ok(hunks)
}

/// Old line, old count and new count of `@@ -LINE,COUNT +LINE,COUNT @@`.
fn header(line: &str) -> Option<(usize, usize, usize)> {
    let (old, rest) = line.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let range = |text: &str| {
        let (line, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((line.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
    };
    let ((line, old_count), (_, new_count)) = (range(old)?, range(new)?);
    Some((line, old_count, new_count))
}

/// Applies a patch to the files of `folder` and returns the result of each hunk. A file is written only when all of its
/// hunks were applied.
pub fn apply(folder: &Path, patch: &Patch) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut rest = patch.hunks.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|hunk| hunk.file == first.file).count();
        let (hunks, others) = rest.split_at(count);
        outcomes.extend(apply_to_file(&folder.join(&first.file), hunks));
        rest = others;
    }
    outcomes
}

fn apply_to_file(path: &Path, hunks: &[Hunk]) -> Vec<Outcome> {
    let problem = |error: std::io::Error| Error::File { path: path.into(), problem: error.to_string() };
    let bytes = match std::fs::read(path).map_err(problem) {
        Ok(bytes) => bytes,
        Err(error) => return hunks.iter().map(|_| Outcome::Failed(error.clone())).collect(),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut outcomes = Vec::new();
    // How many lines the earlier hunks have added or removed.
    let mut shift = 0;
    for hunk in hunks {
        match hunk.place(&lines, shift) {
            Ok(place) => {
                let expected = (hunk.line - 1).saturating_add_signed(shift);
                lines.splice(place..place + hunk.old.len(), hunk.new.iter().cloned());
                let moved = place as isize - expected as isize;
                shift += moved + hunk.new.len() as isize - hunk.old.len() as isize;
                outcomes.push(if moved == 0 { Outcome::Applied } else { Outcome::Moved(moved) });
            }
            Err(error) => outcomes.push(Outcome::Failed(error)),
        }
    }
    if outcomes.iter().all(|outcome| !matches!(outcome, Outcome::Failed(_))) {
        let mut text = lines.join("\n");
        text.push('\n');
        if let Err(error) = std::fs::write(path, text).map_err(problem) {
            return hunks.iter().map(|_| Outcome::Failed(error.clone())).collect();
        }
    }
    outcomes
}

impl Hunk {
    /// Index of the line where it goes.
    fn place(&self, lines: &[String], shift: isize) -> Result<usize, Error> {
        let stands_at = |place: usize| lines.get(place..place + self.old.len()).is_some_and(|found| found == self.old);
        let expected = (self.line - 1).saturating_add_signed(shift);
        if stands_at(expected) {
            return Ok(expected);
        }
        let mut places = (0..lines.len()).filter(|&place| stands_at(place));
        match (places.next(), places.count()) {
            (Some(place), 0) => Ok(place),
            (first, more) => Err(Error::Places {
                file: self.file.clone(),
                line: self.line,
                places: usize::from(first.is_some()) + more,
                first: self.old.iter().find(|line| !line.trim().is_empty()).cloned().unwrap_or_default(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
