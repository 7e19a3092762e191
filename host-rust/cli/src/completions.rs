//! `cu completions SHELL`: what a shell needs to complete commands, options and files. Made from the tables of commands and options.

use cu_host::Engine;

use crate::arguments::{Arguments, Usage};
use crate::commands::Command;
use crate::failure::Failure;
use crate::options::Opt;
use crate::output::show;

pub const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

pub fn completions(arguments: &Arguments) -> Result<(), Failure> {
    let shell = arguments.operand("SHELL")?;
    let text = match shell.to_str() {
        Some("bash") => bash(),
        Some("zsh") => zsh(),
        Some("fish") => fish(),
        _ => {
            return Err(
                Usage(format!("no completions for '{}', only for {}", shell.display(), SHELLS.join(", "))).into()
            );
        }
    };
    show(text.as_bytes())
}

/// What follows a command that is no option.
fn words(command: &Command) -> Option<String> {
    match command.name {
        "help" => Some(names()),
        "completions" => Some(SHELLS.join(" ")),
        _ => None,
    }
}

fn names() -> String {
    Command::shown().map(|command| command.name).collect::<Vec<_>>().join(" ")
}

fn engines() -> String {
    Engine::ALL.iter().map(|engine| engine.name()).collect::<Vec<_>>().join(" ")
}

fn is_file(option: &Opt) -> bool {
    option.value() == Some("FILE")
}

/// All options that take a value, once each.
fn with_values() -> Vec<&'static Opt> {
    let mut options: Vec<&Opt> = Vec::new();
    for option in Command::shown().flat_map(Command::options).filter(|option| option.value().is_some()) {
        if !options.iter().any(|known| known.name == option.name) {
            options.push(option);
        }
    }
    options
}

fn bash() -> String {
    let list = |is: &dyn Fn(&Opt) -> bool| {
        with_values().into_iter().filter(|option| is(option)).map(|option| option.name).collect::<Vec<_>>().join("|")
    };
    let files = list(&is_file);
    let others = list(&|option| !is_file(option) && option.name != "--engine");
    let mut cases = String::new();
    for command in Command::shown() {
        let options: Vec<&str> = command.options().map(|option| option.name).collect();
        let words = words(command).map_or("-f".to_owned(), |words| format!("-W \"{words}\""));
        cases += &format!("    {}) options=\"{}\" operands='{words}' ;;\n", command.name, options.join(" "));
    }
    format!(
        "# Completions of cu for bash: source <(cu completions bash)\n\
         _cu() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} options operands\n  COMPREPLY=()\n\
         \x20 if [ \"$COMP_CWORD\" -eq 1 ]; then\n    mapfile -t COMPREPLY < <(compgen -W \"{} --help --version\" -- \"$word\")\n    return\n  fi\n\
         \x20 case $before in\n    {files}) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n\
         \x20   --engine) mapfile -t COMPREPLY < <(compgen -W \"{}\" -- \"$word\"); return ;;\n    {others}) return ;;\n  esac\n\
         \x20 case ${{COMP_WORDS[1]}} in\n{cases}    *) return ;;\n  esac\n\
         \x20 case $word in\n    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n\
         \x20   *) mapfile -t COMPREPLY < <(eval \"compgen $operands -- \\\"\\$word\\\"\") ;;\n  esac\n}}\n\
         complete -o filenames -F _cu cu\n",
        names(),
        engines()
    )
}

/// Text between single quotes.
fn quoted(text: &str) -> String {
    text.replace('\'', "'\\''")
}

fn zsh() -> String {
    // In a specification of zsh brackets and colons have a meaning.
    let plain = |text: &str| quoted(text).replace('[', "\\[").replace(']', "\\]").replace(':', "\\:");
    let mut cases = String::new();
    for command in Command::shown() {
        let mut lines = String::new();
        for option in command.options() {
            let value = match option.value() {
                None => String::new(),
                Some(_) if option.name == "--engine" => format!(":name:({})", engines()),
                Some(_) if is_file(option) => ":file:_files".to_owned(),
                Some(value) => format!(":{}: ", value.to_lowercase()),
            };
            let again = if matches!(option.takes, crate::options::Takes::Many(_)) { "*" } else { "" };
            lines += &format!("        '{again}{}[{}]{value}' \\\n", option.name, plain(&crate::help::meaning(option)));
        }
        let operands = words(command).map_or("*:file:_files".to_owned(), |words| format!("*:word:({words})"));
        cases += &format!("      {})\n      _arguments \\\n{lines}        '{operands}' ;;\n", command.name);
    }
    let commands: String =
        Command::shown().map(|command| format!("    '{}:{}'\n", command.name, plain(command.about))).collect();
    format!(
        "#compdef cu\n# Completions of cu for zsh: put this into a file _cu in a folder of $fpath.\n\
         _cu() {{\n  local -a commands=(\n{commands}  )\n\
         \x20 if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n\
         \x20 local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n{cases}  esac\n}}\n\
         if [ \"$funcstack[1]\" = _cu ]; then _cu; else compdef _cu cu; fi\n"
    )
}

fn fish() -> String {
    let mut text =
        "# Completions of cu for fish: cu completions fish > ~/.config/fish/completions/cu.fish\n".to_owned();
    for command in Command::shown() {
        let about = quoted(command.about);
        text += &format!("complete -c cu -n __fish_use_subcommand -f -a {} -d '{about}'\n", command.name);
        let seen = format!("complete -c cu -n '__fish_seen_subcommand_from {}'", command.name);
        for option in command.options() {
            let value = match option.value() {
                None => String::new(),
                Some(_) if option.name == "--engine" => format!(" -x -a '{}'", engines()),
                Some(_) if is_file(option) => " -r -F".to_owned(),
                Some(_) => " -x".to_owned(),
            };
            text += &format!("{seen} -l {}{value} -d '{}'\n", &option.name[2..], quoted(&crate::help::meaning(option)));
        }
        if let Some(words) = words(command) {
            text += &format!("{seen} -f -a '{words}'\n");
        }
    }
    text
}
