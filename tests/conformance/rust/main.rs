//! Runs the conformance kit on cu-host, with each of its engines.

mod border;
mod bytes;
mod instance;
mod kit;
mod offers;
mod session;
mod store;

use std::fmt::Write;
use std::path::PathBuf;

use cu_host::{Engine, Module};
use cu_tests as common;
use session::Session;

/// Everything that is found, instructions apart from all else: engines with the same have found the same.
#[derive(Default)]
struct Observed {
    bytes: String,
    counts: String,
}

impl Observed {
    fn add(&mut self, line: &str) {
        let lines = if line.starts_with("used ") { &mut self.counts } else { &mut self.bytes };
        lines.push_str(line);
        lines.push('\n');
    }
}

/// What a case wanted and found, if these differ.
fn run_case(module: &Module, case: &kit::Case, observed: &mut Observed) -> Option<(usize, String, String)> {
    let mut session = Session::new(module, &case.steps);
    for step in &case.steps {
        let found = session.step(step);
        // A line that can be written in several ways is taken as the file has it.
        for (at, forms) in found.iter().enumerate() {
            let wanted = step.expected.get(at).filter(|wanted| forms.contains(wanted));
            observed.add(wanted.unwrap_or(&forms[0]));
        }
        let is_met = found.len() == step.expected.len()
            && found.iter().zip(&step.expected).all(|(forms, wanted)| forms.contains(wanted));
        if !is_met {
            let found: Vec<_> = found.into_iter().map(|mut forms| forms.remove(0)).collect();
            return Some((step.number, step.expected.join("\n"), found.join("\n")));
        }
    }
    None
}

/// The lines of a report, and how many cases passed and failed.
fn report(module: &Module, clauses: &[(String, String)]) -> (String, usize, usize) {
    let (mut lines, mut passed, mut failed) = (String::new(), 0, 0);
    let mut observed = Observed::default();
    for (name, text) in clauses {
        let cases = kit::parse(text);
        let failures: Vec<_> =
            cases.iter().filter_map(|case| Some((case, run_case(module, case, &mut observed)?))).collect();
        writeln!(lines, "{name} {} of {}", cases.len() - failures.len(), cases.len()).unwrap();
        for (case, (line, wanted, found)) in &failures {
            writeln!(lines, "  {name}.txt:{line}: {}\n    wanted\n{wanted}\n    found\n{found}", case.title).unwrap();
        }
        passed += cases.len() - failures.len();
        failed += failures.len();
    }
    let [bytes, counts] = [observed.bytes, observed.counts].map(|lines| bytes::hash(lines.as_bytes()));
    writeln!(lines, "observed {bytes} {counts}").unwrap();
    writeln!(lines, "{passed} passed, {failed} failed").unwrap();
    (lines, passed, failed)
}

/// The files of the kit. `CU_CLAUSES=values,keys` takes these alone.
fn clauses() -> Vec<(String, String)> {
    let wanted = std::env::var("CU_CLAUSES").ok();
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|each| each == name));
    let folder = common::root().join("tests/conformance");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        is_wanted(&name).then(|| (name, std::fs::read_to_string(&path).unwrap()))
    };
    files.into_iter().filter_map(named).collect()
}

fn meets_all(engine: Engine) {
    let (lines, passed, failed) = report(&common::module(engine), &clauses());
    println!("{lines}");
    assert!(passed > 0 && failed == 0, "{lines}");
}

#[test]
fn wasmtime_meets_every_clause() {
    meets_all(Engine::Wasmtime);
}

#[test]
fn wasmi_meets_every_clause() {
    meets_all(Engine::Wasmi);
}

#[test]
fn a_case_that_is_not_met_is_reported() {
    let module = common::module(Engine::Wasmtime);
    for (text, line) in [
        ("case a\nopen\nrun\n  return 1\nresults 020200000000000000\nused 353\n", "  x.txt:3: a"),
        ("case b\nopen\nrun\n  return 1\nresults 020100000000000000\nused 354\n", "  x.txt:3: b"),
        ("case c\nopen\nrun\n  print(1)\nresults 00\nused 500\n", "  x.txt:3: c"),
        ("case d\nopen\nrun\n  _home.x = 1\nresults 00\nused 720\nstore\n", "  x.txt:7: d"),
    ] {
        let (lines, passed, failed) = report(&module, &[("x".into(), text.into())]);
        assert_eq!((passed, failed), (0, 1), "{lines}");
        assert!(lines.contains(line), "{lines}");
    }
}
