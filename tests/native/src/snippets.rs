//! `native-lua --snippets` and `--costs`: every snippet of a file, each in a separate state.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use crate::describe;
use crate::state::{Outcome, Output, State};

/// A line that begins with this separates two snippets; the rest of the line names the next one.
const SEPARATOR: &[u8] = b"--- ";

/// One named chunk of Lua source.
struct Snippet<'a> {
    name: &'a [u8],
    chunk: &'a [u8],
}

/// Prints the answer to every snippet of the file.
pub fn answer(path: &Path) -> Result<(), String> {
    let text = read(path)?;
    for snippet in split(&text)? {
        let mut state = State::new(Output::Captured).ok_or("not enough memory")?;
        let outcome = run(&mut state, snippet.chunk);
        let output = state.take_output();
        let (status, result) = match &outcome {
            Outcome::Ok(result) => ("ok", result),
            Outcome::Error(message) => ("error", message),
        };
        let sizes = format!(" {} {} {status}\n", output.len(), result.len());
        let parts = [b"=== ", snippet.name, sizes.as_bytes(), &output, result, b"\n"];
        write(&parts.concat())?;
    }
    Ok(())
}

/// Prints the peak memory in bytes and the time in microseconds of every snippet of the file.
pub fn costs(path: &Path) -> Result<(), String> {
    let text = read(path)?;
    for snippet in split(&text)? {
        let mut state = State::new(Output::Captured).ok_or("not enough memory")?;
        state.measure_memory();
        let start = Instant::now();
        run(&mut state, snippet.chunk);
        let elapsed = start.elapsed().as_micros();
        let figures = format!("{} {elapsed} ", state.peak_bytes());
        write(&[figures.as_bytes(), snippet.name, b"\n"].concat())?;
    }
    Ok(())
}

fn run(state: &mut State, chunk: &[u8]) -> Outcome {
    match state.load_text(chunk, c"=snippet") {
        Ok(()) => {
            let succeeded = state.call();
            state.outcome(succeeded, describe::results)
        }
        Err(message) => Outcome::Error(message),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(bytes: &[u8]) -> Result<(), String> {
    io::stdout().write_all(bytes).map_err(|error| format!("cannot write: {error}"))
}

/// The snippets of a file in order. Text before the first separator must be blank.
fn split(text: &[u8]) -> Result<Vec<Snippet<'_>>, String> {
    let mut snippets: Vec<Snippet> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let end = start + line.len();
        if let Some(name) = line.strip_prefix(SEPARATOR) {
            snippets.push(Snippet { name: name.trim_ascii(), chunk: &text[end..end] });
        } else if let Some(last) = snippets.last_mut() {
            let chunk_start = start - last.chunk.len();
            last.chunk = &text[chunk_start..end];
        } else if !line.trim_ascii().is_empty() {
            return Err("text before the first line that begins with \"--- \"".into());
        }
        start = end;
    }
    Ok(snippets)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn chunks_keep_their_bytes_and_lose_their_separator() {
        let snippets = split(b"\n--- first one\nreturn 1\n\n---no separator\n--- b \n--- c\nx").unwrap();
        let parts: Vec<_> = snippets.iter().map(|snippet| (snippet.name, snippet.chunk)).collect();
        let expected: [(&[u8], &[u8]); 3] =
            [(b"first one", b"return 1\n\n---no separator\n"), (b"b", b""), (b"c", b"x")];
        assert_eq!(parts, expected);
    }

    #[test]
    fn text_without_a_name_is_refused() {
        assert!(split(b"return 1\n--- late\n").is_err());
    }
}
