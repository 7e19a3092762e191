//! Fuzz targets: each takes any bytes, and says in its first lines what must hold for all of them.
//!
//! `run.sh` has libFuzzer search for bytes for which it does not hold; `cargo test -p cu-fuzz` runs what it kept.

pub mod rows;
pub mod seeds;
pub mod targets;
pub mod vm;

/// A target: it panics, or aborts, when what it is to hold does not.
pub type Target = fn(&[u8]);

/// All of them, by the names of their folders in `corpus/`.
pub const TARGETS: [(&str, Target); 8] = [
    ("value", targets::value::run),
    ("key", targets::key::run),
    ("bytecode", targets::bytecode::run),
    ("compute", targets::compute::run),
    ("store", targets::store::run),
    ("wait", targets::wait::run),
    ("unwind", targets::unwind::run),
    ("response", targets::response::run),
];

/// The target of that name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}
