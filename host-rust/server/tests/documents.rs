//! The examples of docs/server.md: each command and what it prints, in order, against one server.

mod serving;

use std::process::Command;

use cu_server::{Limits, Server};
use serving::Serving;

const TEXT: &str = include_str!("../../../docs/server.md");

/// Commands with the output that is shown below them.
fn examples() -> Vec<(String, String)> {
    let blocks = TEXT.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut examples = Vec::new();
    for block in blocks {
        for example in block.strip_prefix("$ ").unwrap().split("\n$ ") {
            // A command ends with its line, unless a quote is open.
            let mut end = example.find('\n').unwrap();
            while example[..end].matches('\'').count() % 2 == 1 {
                end += 1 + example[end + 1..].find('\n').unwrap();
            }
            let output = example[end + 1..].trim_end_matches('\n').to_owned();
            examples.push((example[..end].to_owned(), output));
        }
    }
    examples
}

/// Whether the text is the pattern, in which `…` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
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
fn every_example_prints_what_is_shown() {
    let serving =
        Serving::start(Server::builder().limits(Limits { instructions: Some(10_000_000), ..Limits::of_server() }));
    let examples = examples();
    assert!(examples.len() > 12, "{}", examples.len());
    for (command, shown) in examples {
        let here = command.replace("localhost:7357", &serving.address.to_string());
        let output = Command::new("sh").args(["-c", &here]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(fits(&shown, printed.trim_end_matches('\n')), "{command}\nprinted {printed}\nshown   {shown}");
    }
}

#[test]
fn patterns_fit_what_they_stand_for() {
    assert!(fits("a…c", "abc") && fits("a…", "a") && fits("…", "") && fits("a", "a") && fits("a…b…c", "aXbYbZc"));
    assert!(!fits("a…c", "ab") && !fits("a", "ab") && !fits("a…b…c", "acb"));
}
