//! What somebody may have meant who wrote a name that is none.

/// "; did you mean 'NAME'?", if one of the names is like the one that was written, or begins with it; else nothing.
pub fn hint<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> String {
    // A third of the letters may differ: more would be another word.
    let most = (written.chars().count() / 3).max(1);
    let distance = |name: &str| match name.starts_with(written) && written.len() > 1 {
        true => 0,
        false => edits(written, name),
    };
    let nearest = names.map(|name| (distance(name), name)).filter(|(distance, _)| *distance <= most).min();
    nearest.map_or(String::new(), |(_, name)| format!("; did you mean '{name}'?"))
}

/// Letters to be added, left out, replaced, or exchanged with their neighbours, to make one word of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    // The last two rows of the table of distances between the beginnings of both.
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for char in one.chars() {
        let mut next = vec![row[0] + 1];
        for (at, known) in other.iter().enumerate() {
            let mut least = (row[at] + usize::from(char != *known)).min(row[at + 1] + 1).min(next[at] + 1);
            if at > 0 && last == Some(*known) && other[at - 1] == char {
                least = least.min(before[at - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(char);
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_far_apart_as_their_letters() {
        for (one, other, distance) in [
            ("", "", 0),
            ("run", "run", 0),
            ("runn", "run", 1),
            ("", "run", 3),
            ("urn", "run", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edits(one, other), distance, "{one} {other}");
            assert_eq!(edits(other, one), distance, "{other} {one}");
        }
    }

    #[test]
    fn only_what_is_like_a_name_is_taken_for_it() {
        let hint = |written| hint(written, ["run", "repl", "inspect", "import"].into_iter());
        assert_eq!(hint("runn"), "; did you mean 'run'?");
        assert_eq!(hint("insp"), "; did you mean 'inspect'?");
        assert_eq!(hint("improt"), "; did you mean 'import'?");
        assert_eq!(hint("i"), "");
        assert_eq!(hint("frobnicate"), "");
    }
}
