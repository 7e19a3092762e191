//! Help, man page and completions: each says of every command and option what the others say.

use std::process::Command;

use super::{cu, is_wrong_usage, texts};

/// Names of the commands in the overview.
fn commands() -> Vec<String> {
    let (overview, _, status) = texts(&cu(["help"]));
    assert_eq!(status, Some(0));
    let list = overview.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    // What is about a command may go on in a line that begins far from its name.
    let names = list.lines().filter(|line| !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

/// Options in a command's help, with the name of their value.
fn options(command: &str) -> Vec<(String, bool)> {
    let help = texts(&cu([command, "--help"])).0;
    let Some((_, list)) = help.split_once("\nOptions:\n") else { panic!("{help}") };
    let lines = list.lines().filter(|line| line.starts_with("  -"));
    lines
        .map(|line| {
            let name = line.trim_start().trim_start_matches("-h, ").split_once("  ").unwrap().0;
            let mut parts = name.split(' ');
            (parts.next().unwrap().to_owned(), parts.next().is_some())
        })
        .collect()
}

#[test]
fn every_command_and_option_is_everywhere() {
    let written = |words: &[&str]| {
        let (text, complaint, status) = texts(&cu(words));
        assert_eq!((complaint.as_str(), status), ("", Some(0)), "{words:?}");
        text
    };
    let [bash, zsh, fish] = ["bash", "zsh", "fish"].map(|shell| written(&["completions", shell]));
    let man = written(&["man"]);
    let names = commands();
    assert!(names.len() >= 18, "{names:?}");
    for name in names.iter().filter(|name| *name != "help") {
        assert_eq!(written(&["help", name]), written(&[name, "--help"]));
        assert!(man.contains(&format!("\n.SS cu {name} ")), "{name}");
        let case = bash.lines().find(|line| line.trim_start().starts_with(&format!("{name}) options="))).unwrap();
        let part = zsh.split_once(&format!("\n      {name})\n")).unwrap().1.split_once(";;").unwrap().0;
        let page = man.split_once(&format!("\n.SS cu {name} ")).unwrap().1;
        for (option, has_value) in options(name) {
            assert!(case.contains(&option), "{option}: {case}");
            assert!(part.contains(&format!("{option}[")), "{option}: {part}");
            assert!(page.contains(&option.replace('-', "\\-")), "{name} {option}");
            let line = format!("complete -c cu -n '__fish_seen_subcommand_from {name}' -l {} ", &option[2..]);
            assert!(fish.contains(&line), "{line}");
            // What the help says that it takes, the parser takes. Two operands are too many for a command that would begin to work.
            let (_, complaint, _) = texts(&cu([name, "/nowhere/a", "b", &option]));
            assert_eq!(
                complaint.starts_with(&format!("cu: {option} needs a value\n")),
                has_value,
                "{name} {option}: {complaint}"
            );
        }
    }
    let examples = "Examples:\n  cu bench fib.lua --save before.json\n  cu bench fib.lua --against before.json\n";
    assert!(written(&["help", "bench"]).contains(examples), "{}", written(&["help", "bench"]));
    is_wrong_usage(&cu(["completions", "csh"]), "no completions for 'csh', only for bash, zsh, fish");
    is_wrong_usage(&cu(["completions"]), "SHELL is missing");
    is_wrong_usage(&cu(["man", "x"]), "unexpected argument 'x'");
}

#[test]
fn who_writes_a_name_wrongly_is_told_the_right_one() {
    for (words, complaint) in [
        (&["runn", "x"][..], "unknown command 'runn'; did you mean 'run'?\nTry 'cu --help'.\n"),
        (&["help", "verfiy"], "unknown command 'verfiy'; did you mean 'verify'?\nTry 'cu --help'.\n"),
        (&["benchwork"], "unknown command 'benchwork'\nTry 'cu --help'.\n"),
        (&["run", "--jsn", "x"], "unknown option '--jsn'; did you mean '--json'?\nTry 'cu run --help'.\n"),
        (&["gc", "--key-fil=x"], "unknown option '--key-fil=x'; did you mean '--key-file'?\nTry 'cu gc --help'.\n"),
        (&["gc", "x"], "unexpected argument 'x'\nTry 'cu gc --help'.\n"),
    ] {
        super::fails(&cu(words), 2, &format!("cu: {complaint}"));
    }
}

/// Bash completes what this asks for; nothing where there is no bash.
fn completed(folder: &str, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let script = format!(
        "cd '{folder}'; source <('{}' completions bash); COMP_WORDS=({}); COMP_CWORD={}; _cu; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        env!("CARGO_BIN_EXE_cu"),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn bash_completes_commands_options_and_files() {
    let folder = crate::folder::Folder::new("completions");
    std::fs::write(folder.file("my file.lua"), "").unwrap();
    let folder = folder.0.to_str().unwrap();
    let completed = |line: &str| completed(folder, line);
    assert_eq!(completed("cu ex"), ["export"]);
    assert_eq!(completed("cu run --home-"), ["--home-name"]);
    assert_eq!(completed("cu eval x --eng"), ["--engine"]);
    assert!(completed("cu gc --engine ").contains(&cu_host::Engine::default().name().to_owned()));
    assert_eq!(completed("cu run m"), ["my file.lua"]);
    assert_eq!(completed("cu run --home m"), ["my file.lua"]);
    assert_eq!(completed("cu help insp"), ["inspect"]);
    assert_eq!(completed("cu completions z"), ["zsh"]);
    assert_eq!(completed("cu run --seed "), [""]);
}

/// Pages that roff complains about look wrong.
#[cfg(target_os = "linux")]
#[test]
fn the_man_page_is_one() {
    let page = texts(&cu(["man"])).0;
    for line in page.lines() {
        let is_macro =
            [".TH ", ".SH ", ".SS ", ".TP", ".PP", ".B ", ".nf", ".fi"].iter().any(|start| line.starts_with(start));
        assert!(is_macro || !line.starts_with(['.', '\'']), "{line}");
        assert!(line.is_ascii(), "{line}");
    }
    let Ok(mut child) = Command::new("groff")
        .args(["-man", "-Tascii", "-ww"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
    else {
        return;
    };
    let mut pipe = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut pipe, page.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(String::from_utf8_lossy(&output.stdout).contains("wrong usage"));
}
