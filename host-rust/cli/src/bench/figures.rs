//! What was measured in some runs, and the file that keeps it.
//!
//! ```text
//! {"cu":"bench","version":1,"name":TEXT,"engine":TEXT,"runs":N,"time":SPAN,"instructions":SPAN,"memory":SPAN,"reads":SPAN,
//!  "writes":SPAN,"pages":SPAN}
//! SPAN is {"median":N,"lower":N,"upper":N,"least":N,"most":N}, the time in nanoseconds; half of the runs lie from lower to upper
//! ```

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use cu_host::{Value, json};

use crate::failure::Failure;

/// A file of figures is far shorter.
const MOST_BYTES: u64 = 1 << 16;

/// What one run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run {
    /// In nanoseconds.
    pub time: u64,
    pub instructions: u64,
    pub memory: u64,
    pub reads: u64,
    pub writes: u64,
    pub pages: u64,
}

/// What the runs took of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub median: u64,
    /// Half of the runs lie from the one to the other.
    pub lower: u64,
    pub upper: u64,
    pub least: u64,
    pub most: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    pub name: String,
    pub engine: String,
    pub runs: u64,
    /// By the names of [`KINDS`].
    pub spans: [Span; KINDS.len()],
}

/// What is measured, by its name in the file.
pub const KINDS: [&str; 6] = ["time", "instructions", "memory", "reads", "writes", "pages"];

impl Span {
    /// Of at least one run.
    fn of(mut numbers: Vec<u64>) -> Span {
        numbers.sort_unstable();
        let at = |part: usize| numbers.get((numbers.len() - 1) * part / 4).copied().unwrap_or(0);
        Span { median: at(2), lower: at(1), upper: at(3), least: at(0), most: at(4) }
    }

    fn json(self) -> String {
        let Span { median, lower, upper, least, most } = self;
        format!("{{\"median\":{median},\"lower\":{lower},\"upper\":{upper},\"least\":{least},\"most\":{most}}}")
    }

    fn read(value: &Value) -> Option<Span> {
        let number = |name| u64::try_from(value.get(name)?.as_i64()?).ok();
        Some(Span {
            median: number("median")?,
            lower: number("lower")?,
            upper: number("upper")?,
            least: number("least")?,
            most: number("most")?,
        })
    }
}

impl Figures {
    pub fn of(name: &str, engine: &str, runs: &[Run]) -> Figures {
        let span = |part: fn(&Run) -> u64| Span::of(runs.iter().map(part).collect());
        let spans = [
            span(|run| run.time),
            span(|run| run.instructions),
            span(|run| run.memory),
            span(|run| run.reads),
            span(|run| run.writes),
            span(|run| run.pages),
        ];
        Figures { name: name.to_owned(), engine: engine.to_owned(), runs: runs.len() as u64, spans }
    }

    /// One line, with the earlier figures in it if there are some.
    pub fn json(&self, before: Option<&Figures>) -> String {
        let spans: String =
            KINDS.iter().zip(self.spans).map(|(name, span)| format!(",\"{name}\":{}", span.json())).collect();
        let [name, engine] = [&self.name, &self.engine].map(|name| json::written(&text(name), None));
        let before = before.map_or(String::new(), |before| format!(",\"before\":{}", before.json(None)));
        format!(
            "{{\"cu\":\"bench\",\"version\":1,\"name\":{name},\"engine\":{engine},\"runs\":{}{spans}{before}}}",
            self.runs
        )
    }

    /// The figures in a file that `--save` wrote.
    pub fn read(file: &Path) -> Result<Figures, Failure> {
        let failed = |error| Failure::Io(file.display().to_string(), error);
        let mut bytes = Vec::new();
        File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes)).map_err(failed)?;
        let none = || Failure::Refused(format!("{}: it has no figures that cu bench --save wrote", file.display()));
        json::read(&bytes).ok().and_then(|value| Figures::parse(&value)).ok_or_else(none)
    }

    fn parse(value: &Value) -> Option<Figures> {
        let word = |name| value.get(name)?.as_str();
        if word("cu")? != "bench" || value.get("version")?.as_i64()? != 1 {
            return None;
        }
        let mut spans = Vec::new();
        for name in KINDS {
            spans.push(Span::read(value.get(name)?)?);
        }
        Some(Figures {
            name: word("name")?.to_owned(),
            engine: word("engine")?.to_owned(),
            runs: u64::try_from(value.get("runs")?.as_i64()?).ok()?,
            spans: spans.try_into().ok()?,
        })
    }

    /// Refuses to write over anything but figures.
    pub fn may_replace(file: &Path) -> Result<(), Failure> {
        if std::fs::symlink_metadata(file).is_err() {
            return Ok(());
        }
        Figures::read(file).map(drop).map_err(|_| {
            Failure::Refused(format!(
                "{}: it is there already and has no figures of cu bench; nothing was measured",
                file.display()
            ))
        })
    }

    pub fn write(&self, file: &Path) -> Result<(), Failure> {
        let line = self.json(None) + "\n";
        let written = File::create(file).and_then(|mut file| file.write_all(line.as_bytes()));
        written.map_err(|error| Failure::Io(file.display().to_string(), error))
    }
}

/// A name as JSON has it.
fn text(name: &str) -> Value {
    Value::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_runs_lie_between_the_quarters() {
        let span = |numbers: &[u64]| Span::of(numbers.to_vec());
        assert_eq!(span(&[7]), Span { median: 7, lower: 7, upper: 7, least: 7, most: 7 });
        assert_eq!(span(&[5, 1, 4, 2, 3]), Span { median: 3, lower: 2, upper: 4, least: 1, most: 5 });
        assert_eq!(span(&[9, 1]), Span { median: 1, lower: 1, upper: 1, least: 1, most: 9 });
    }

    #[test]
    fn figures_are_read_as_they_were_written() {
        let runs: Vec<Run> =
            (0..9).map(|n| Run { time: n * 1000, instructions: 7, memory: n, reads: 1, writes: 2, pages: 3 }).collect();
        let figures = Figures::of("a \"script\".lua", "wasmtime", &runs);
        assert_eq!(Figures::parse(&json::read(figures.json(None).as_bytes()).unwrap()), Some(figures.clone()));
        let with = json::read(figures.json(Some(&figures)).as_bytes()).unwrap();
        assert_eq!(Figures::parse(with.get("before").unwrap()), Some(figures));
        for other in [
            "1",
            "{}",
            "{\"cu\":\"bench\",\"version\":2}",
            "{\"cu\":\"bench\",\"version\":1,\"name\":\"x\",\"engine\":\"y\",\"runs\":1}",
        ] {
            assert_eq!(Figures::parse(&json::read(other.as_bytes()).unwrap()), None, "{other}");
        }
    }
}
