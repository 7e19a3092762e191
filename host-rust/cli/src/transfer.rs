//! `cu export` and `cu import`: a file of tables, or the rows of one table, as lines of JSON; a file also as a snapshot.
//!
//! - `line`: a line, both ways
//! - `lines`: the file that is imported; `out`: what is exported
//! - `walk`: every row of a file
//! - `export`, `import`: the commands
//! - `rows`: the import of rows, through the module
//! - `mark`: how far an import is
//! - `snapshot`: the format that browsers have, too

mod export;
mod import;
mod line;
mod lines;
mod mark;
mod out;
mod rows;
mod snapshot;
mod walk;

pub use export::export;
pub use import::import;
