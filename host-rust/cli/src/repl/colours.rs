//! Values in colour: strings, numbers and words of Lua look different.

use crate::paint::Paint;

/// The notation of a value with colour.
pub fn coloured(text: &str, paint: Paint) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string(rest),
            c if c.is_alphanumeric() || c == '-' => word(rest),
            c => c.len_utf8(),
        };
        let (part, after) = rest.split_at(length);
        // A name before = is no value, whatever it looks like.
        let is_name = after.starts_with(" = ") && !part.starts_with('"');
        out += &match first {
            _ if is_name => part.to_owned(),
            '"' => paint.green(part),
            c if c.is_ascii_digit() || (c == '-' && part.len() > 1) => paint.cyan(part),
            _ if matches!(part, "true" | "false" | "nil") => paint.yellow(part),
            _ => part.to_owned(),
        };
        rest = after;
    }
    out
}

/// Bytes of a string with its quotes.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes of a number or a word.
fn word(text: &str) -> usize {
    let is_part = |(at, char): &(usize, char)| {
        char.is_alphanumeric()
            || matches!(char, '_' | '.')
            || *at == 0
            || (*char == '-' || *char == '+') && text[..*at].ends_with('e')
    };
    text.char_indices().take_while(is_part).last().map_or(0, |(at, char)| at + char.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colour_is_added() {
        for text in [
            "",
            "1",
            "-1.5e-10",
            "\"a \\\" 1\"",
            "{1, [2] = \"x\", t = {true, nil}, e1 = -2}",
            "\"open",
            "-",
            "é\u{1f600}",
        ] {
            assert_eq!(coloured(text, Paint::off()), text);
            let painted = coloured(text, Paint::on());
            let plain = ["\x1b[0m", "\x1b[32m", "\x1b[33m", "\x1b[36m"]
                .iter()
                .fold(painted, |text, code| text.replace(code, ""));
            assert_eq!(plain, text);
        }
        assert_eq!(
            coloured("{true = -1.5, [\"a\"] = \"b\", x = nil}", Paint::on()),
            "{true = \x1b[36m-1.5\x1b[0m, [\x1b[32m\"a\"\x1b[0m] = \x1b[32m\"b\"\x1b[0m, x = \x1b[33mnil\x1b[0m}"
        );
    }
}
