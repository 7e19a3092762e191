//! The examples of a page: commands, with what they print below them.

/// Commands with the output that is shown, in the order of the page.
pub fn examples(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut examples = Vec::new();
    for block in blocks {
        for example in block.strip_prefix("$ ").unwrap().split("\n$ ") {
            // A command ends with its line, unless a quote is open.
            let line = |from: usize| example[from..].find('\n').map_or(example.len(), |length| from + length);
            let mut end = line(0);
            while example[..end].matches('\'').count() % 2 == 1 {
                end = line(end + 1);
            }
            let output = example[end..].trim_start_matches('\n').trim_end_matches('\n').to_owned();
            examples.push((example[..end].to_owned(), output));
        }
    }
    examples
}

/// Whether the text is the pattern, in which `…` stands for anything.
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<_> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let found = if number + 1 == parts.len() { rest.rfind(part) } else { rest.find(part) };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn patterns_fit_what_they_stand_for() {
    assert!(fits("a…c", "abc") && fits("a…", "a") && fits("…", "") && fits("a", "a") && fits("a…b…c", "aXbYbZc"));
    assert!(!fits("a…c", "ab") && !fits("a", "ab") && !fits("a…b…c", "acb"));
}
