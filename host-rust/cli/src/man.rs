//! `cu man`: the man page, made from the tables of commands and options.

use crate::arguments::Arguments;
use crate::commands::Command;
use crate::failure::{self, Failure};
use crate::help::{self, SUMMARY};
use crate::output::show;

pub fn man(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let mut page = format!(
        ".TH CU 1 \"\" \"cu {}\"\n.SH NAME\ncu \\- Lua 5.4 in one WebAssembly module\n.SH SYNOPSIS\n.B cu\nCOMMAND [OPTIONS] ...\n\
         .SH DESCRIPTION\n{}\n.SH COMMANDS\n",
        env!("CARGO_PKG_VERSION"),
        plain(SUMMARY)
    );
    for command in Command::shown() {
        for usage in command.usage {
            page += &format!(".SS cu {} {}\n", command.name, plain(usage));
        }
        if command.text.is_empty() {
            page += &format!("{}\n", plain(command.about));
        }
        for paragraph in command.text {
            page += &match help::examples(paragraph) {
                Some(lines) => {
                    format!(".PP\nExamples:\n.nf\n{}\n.fi\n", lines.map(plain).collect::<Vec<_>>().join("\n"))
                }
                None => format!(".PP\n{}\n", plain(paragraph)),
            };
        }
        for option in command.options() {
            page += &format!(".TP\n.B {}\n{}\n", plain(&help::shown(option)), plain(&help::meaning(option)));
        }
    }
    page += ".SH EXIT STATUS\n";
    for (status, meaning) in failure::STATUSES {
        page += &format!(".TP\n.B {status}\n{}\n", plain(meaning));
    }
    page += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf it is set and not empty, nothing is coloured.\n\
             .TP\n.B XDG_STATE_HOME\nThe folder in which cu/history keeps what was typed into cu repl.\n";
    show(page.as_bytes())
}

/// Text that roff shows as it is.
fn plain(text: &str) -> String {
    let line = |line: &str| {
        let text = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        if text.starts_with('.') { format!("\\&{text}") } else { text }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
