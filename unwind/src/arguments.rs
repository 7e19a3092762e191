//! The command line.
//!
//! Invariant: an unknown option or a bad value is refused, not ignored.

use unwind::{Features, Flag, Options, StackPointer};

pub const USAGE: &str = "\
usage: unwind INPUT.wasm OUTPUT.wasm [OPTION]...
  --stack-pointer GLOBAL the shadow stack pointer, by name or by index
  --flag-address BYTES   keep the flag in memory, at this address, not in a global
  --comparisons NUMBER   replace a branch table by at most this many comparisons (default 0: never)
  --lime1                let the output use the Lime1 features, not only WebAssembly 1.0";

#[derive(Debug)]
pub struct Arguments {
    pub input: String,
    pub output: String,
    pub options: Options,
}

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut files = Vec::new();
        let mut options = Options::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--lime1" => options.features = Features::Lime1,
                "--stack-pointer" => {
                    options.stack_pointer = stack_pointer(value(&word, &mut words)?);
                }
                "--flag-address" => options.flag = flag(&value(&word, &mut words)?)?,
                "--comparisons" => options.comparisons = comparisons(&value(&word, &mut words)?)?,
                _ if word.starts_with('-') => return Err(format!("unknown option {word}")),
                _ => files.push(word),
            }
        }
        match <[String; 2]>::try_from(files) {
            Ok([input, output]) => Ok(Arguments { input, output, options }),
            Err(files) => Err(format!("expected two files, found {}", files.len())),
        }
    }
}

fn value(option: &str, words: &mut impl Iterator<Item = String>) -> Result<String, String> {
    words.next().ok_or_else(|| format!("{option} needs a value"))
}

fn stack_pointer(text: String) -> StackPointer {
    text.parse().map_or(StackPointer::Named(text), StackPointer::Index)
}

fn flag(text: &str) -> Result<Flag, String> {
    text.parse().map(Flag::Memory).map_err(|_| format!("--flag-address takes a number of bytes, not {text}"))
}

fn comparisons(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("--comparisons takes a number, not {text}"))
}
