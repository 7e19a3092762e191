//! The files of the kit as cases, each a list of steps with what is expected of them (../README.md, "The format").

const EXPECTATIONS: [&str; 13] = [
    "results",
    "error",
    "waits",
    "failed",
    "output",
    "called",
    "event",
    "used",
    "uses",
    "encodes",
    "malformed",
    "value",
    "refused",
];

/// One case.
pub struct Case {
    pub title: String,
    pub steps: Vec<Step>,
}

/// What is to be done, and what is expected of it.
pub struct Step {
    /// The line in the file.
    pub number: usize,
    pub words: Vec<String>,
    pub text: Vec<String>,
    /// Each a line with the text below it.
    pub expected: Vec<String>,
}

impl Step {
    /// A word behind the first one, or none.
    pub fn word(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(|word| &**word)
    }

    /// A word that has to be there.
    pub fn wanted(&self, at: usize) -> &str {
        self.word(at).unwrap_or_else(|| panic!("line {}: a word is missing", self.number))
    }

    pub fn expects(&self, word: &str) -> bool {
        self.expected.iter().any(|line| line.split([' ', '\n']).next() == Some(word))
    }
}

pub fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    // Whether text belongs to an expectation, and not to a step.
    let mut in_expected = false;
    for (at, line) in text.split('\n').enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix("case ") {
            cases.push(Case { title: title.into(), steps: Vec::new() });
            continue;
        }
        let steps = &mut cases.last_mut().expect("a case comes first").steps;
        if let Some(text) = line.strip_prefix("  ") {
            let step = steps.last_mut().expect("text belongs to a step");
            if in_expected {
                let last = step.expected.last_mut().expect("an expectation is there");
                last.push('\n');
                last.push_str(line);
            } else {
                step.text.push(text.into());
            }
            continue;
        }
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        in_expected = EXPECTATIONS.contains(&&*words[0]);
        if in_expected {
            steps.last_mut().expect("an expectation belongs to a step").expected.push(line.into());
        } else {
            // What the store has stands in the step itself.
            in_expected = words[0] == "store";
            let expected = if in_expected { vec![line.to_owned()] } else { Vec::new() };
            steps.push(Step { number: at + 1, words, text: Vec::new(), expected });
        }
    }
    cases
}
