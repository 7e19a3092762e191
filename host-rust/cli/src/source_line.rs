//! The line of source at which a script failed, with a caret under it.
//!
//! Invariant: a line is shown only if the message names the source that is at hand: functions that an earlier run stored
//! have other sources, perhaps under the same name.

use crate::paint::Paint;

/// Lua shortens longer names of sources to so many bytes, with three dots in front.
const NAME_BYTES: usize = 59;

/// So much of a line is shown, around the caret.
const COLUMNS: usize = 100;

/// What is at hand.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Its name in messages.
    pub name: &'a str,
    pub text: &'a [u8],
    /// Whether a store may have functions of another source of this name.
    pub has_namesakes: bool,
}

/// The line that a message names and a caret under what it names there, as lines of text.
pub fn excerpt(message: &str, traceback: Option<&str>, source: Source<'_>, paint: Paint) -> Option<String> {
    let (number, problem) = place(message, source.name)?;
    let line = source.text.split(|byte| *byte == b'\n').nth(number.checked_sub(1)?)?;
    let line = String::from_utf8_lossy(line).trim_end().replace('\t', "    ");
    let named = match problem.ends_with(" near <eof>") {
        true => Some((line.chars().count(), 1)),
        false => quoted(problem).and_then(|name| Some((word_at(&line, name, problem)?, name.chars().count()))),
    };
    let is_of_source = !source.has_namesakes || named.is_some() || is_in_main_chunk(traceback);
    if line.trim().is_empty() || !is_of_source {
        return None;
    }
    let (at, width) = named.unwrap_or_else(|| (line.chars().take_while(|char| char.is_whitespace()).count(), 1));
    // A long line is shown from some columns before the caret.
    let skipped = if line.chars().count() <= COLUMNS { 0 } else { at.saturating_sub(COLUMNS / 2) };
    let shown: String =
        line.chars().skip(skipped).take(COLUMNS).map(|char| if char.is_control() { '?' } else { char }).collect();
    let number = number.to_string();
    let margin = " ".repeat(number.len());
    let carets = "^".repeat(width.clamp(1, COLUMNS / 2));
    let bar = paint.faint("|");
    Some(format!(
        "  {} {bar} {shown}\n  {margin} {bar} {}{}",
        paint.faint(&number),
        " ".repeat(at - skipped),
        paint.red(&carets)
    ))
}

/// The number of the line, and the message after it, if it begins with the name of this source.
fn place<'a>(message: &'a str, name: &str) -> Option<(usize, &'a str)> {
    let is_name = |shown: &str| match shown.strip_prefix("...") {
        Some(end) if name.len() > NAME_BYTES => name.ends_with(end),
        _ => shown == name,
    };
    // A name may have colons, too.
    message.match_indices(':').find_map(|(at, _)| {
        let (number, problem) = message[at + 1..].split_once(": ")?;
        let number = number.parse().ok().filter(|_| is_name(&message[..at]))?;
        Some((number, problem))
    })
}

/// The first thing in quotes that is not the name of a function that was called: what the message is about.
fn quoted(problem: &str) -> Option<&str> {
    let start = problem.find(" near '").map(|at| at + " near '".len()).or_else(|| Some(problem.find('\'')? + 1))?;
    let length = problem[start..]
        .rfind('\'')
        .filter(|_| problem[..start].ends_with(" near '"))
        .or_else(|| problem[start..].find('\''))?;
    Some(&problem[start..start + length]).filter(|name| !name.is_empty())
}

/// The column of the only place at which this stands as a word; of several, the only one where it is used as the message says.
fn word_at(line: &str, name: &str, problem: &str) -> Option<usize> {
    let is_letter = |char: char| char.is_alphanumeric() || char == '_';
    let is_word = |at: usize| {
        let before = line[..at].chars().next_back().filter(|_| name.starts_with(is_letter));
        let after = line[at + name.len()..].chars().next().filter(|_| name.ends_with(is_letter));
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    };
    let signs: &[char] = match problem {
        _ if problem.starts_with("attempt to index") => &['.', ':', '['],
        _ if problem.starts_with("attempt to call") => &['(', '{', '"', '\''],
        _ => &[],
    };
    let places: Vec<usize> = line.match_indices(name).map(|(at, _)| at).filter(|at| is_word(*at)).collect();
    let used: Vec<usize> =
        places.iter().copied().filter(|at| line[at + name.len()..].trim_start().starts_with(signs)).collect();
    let at = match (&places[..], &used[..]) {
        ([at], _) | (_, [at]) => *at,
        _ => return None,
    };
    Some(line[..at].chars().count())
}

/// Whether the innermost function of Lua is the script itself: functions of an earlier run never are.
fn is_in_main_chunk(traceback: Option<&str>) -> bool {
    let Some(traceback) = traceback else { return true };
    let mut frames = traceback.lines().skip(1).filter(|frame| !frame.contains("[C]:"));
    frames.next().is_none_or(|frame| frame.ends_with(": in main chunk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: &str, traceback: Option<&str>, has_namesakes: bool) -> String {
        let text = b"local t = nil\n\tprint(t.x)\nlocal z = zz + z\n\n";
        let source = Source { name: "a:1.lua", text, has_namesakes };
        excerpt(message, traceback, source, Paint::off()).unwrap_or_default()
    }

    #[test]
    fn the_caret_is_under_what_the_message_names() {
        let plain = |message| shown(message, None, false);
        let expected = "  2 |     print(t.x)\n    |           ^";
        assert_eq!(plain("a:1.lua:2: attempt to index a nil value (local 't')"), expected);
        assert_eq!(
            plain("a:1.lua:3: attempt to perform arithmetic on a nil value (global 'zz')"),
            "  3 | local z = zz + z\n    |           ^^"
        );
        let expected = "  1 | local t = nil\n    |              ^";
        assert_eq!(plain("a:1.lua:1: unexpected symbol near <eof>"), expected);
        // Twice in the line, or not at all: the caret is at the beginning.
        assert_eq!(plain("a:1.lua:3: no (local 'z')"), "  3 | local z = zz + z\n    | ^");
        assert_eq!(plain("a:1.lua:2: no"), "  2 |     print(t.x)\n    |     ^");
        assert_eq!(plain("a:1.lua:3: unexpected symbol near '+'"), "  3 | local z = zz + z\n    |              ^");
    }

    #[test]
    fn no_line_is_shown_that_may_be_another() {
        for message in ["b.lua:2: no", "a:1.lua:9: no", "a:1.lua:4: no", "a:1.lua: no", "a:1.lua:0: no", "no", ":", ""]
        {
            assert_eq!(shown(message, None, false), "", "{message}");
        }
        let frames = |frame: &str| format!("stack traceback:\n\t[C]: in function 'error'\n\ta:1.lua:1: in {frame}");
        let message = "a:1.lua:1: no";
        assert_ne!(shown(message, Some(&frames("main chunk")), true), "");
        assert_eq!(shown(message, Some(&frames("function <a:1.lua:1>")), true), "");
        assert_ne!(shown(message, Some(&frames("function <a:1.lua:1>")), false), "");
        assert_ne!(shown("a:1.lua:1: no (local 't')", Some(&frames("function <a:1.lua:1>")), true), "");
    }

    #[test]
    fn long_lines_and_long_names_are_shortened() {
        let text = format!("{}x.y.z{}", " ".repeat(300), "-".repeat(300));
        let name = format!("{}/end.lua", "long/".repeat(30));
        let source = Source { name: &name, text: text.as_bytes(), has_namesakes: false };
        let end = &name[name.len() - 50..];
        let shown = excerpt(&format!("...{end}:1: no (field 'y')"), None, source, Paint::off()).unwrap();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0].chars().count(), "  1 | ".len() + COLUMNS);
        assert_eq!(lines[0].find("y"), lines[1].find("^"), "{shown}");
    }
}
