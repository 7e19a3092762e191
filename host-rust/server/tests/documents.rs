//! The examples of docs/server.md: each command and what it prints, in order, against one server.

#[path = "../../testkit/src/console.rs"]
mod console;
mod serving;

use std::process::Command;

use console::{examples, fits};
use cu_server::{Limits, Server};
use serving::Serving;

const TEXT: &str = include_str!("../../../docs/server.md");

#[test]
fn every_example_prints_what_is_shown() {
    let serving =
        Serving::start(Server::builder().limits(Limits { instructions: Some(10_000_000), ..Limits::of_server() }));
    let examples = examples(TEXT);
    assert!(examples.len() > 12, "{}", examples.len());
    for (command, shown) in examples {
        let here = command.replace("localhost:7357", &serving.address.to_string());
        let output = Command::new("sh").args(["-c", &here]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(fits(&shown, printed.trim_end_matches('\n')), "{command}\nprinted {printed}\nshown   {shown}");
    }
}
