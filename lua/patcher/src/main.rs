//! Tries the patches on another version of Lua and prints the result of each hunk: `make lua-update`.
//!
//! Use: lua-patcher PATCHES LUA, where LUA is a folder with Lua's sources; this folder is not changed. The exit status
//! is 1 when a hunk does not apply.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lua_patcher::{Outcome, apply, read_all};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [patches, lua] = arguments.as_slice() else {
        eprintln!("use: lua-patcher PATCHES LUA");
        return ExitCode::from(2);
    };
    let copy = std::env::temp_dir().join(format!("lua-patcher-{}", std::process::id()));
    let answer = try_all(patches, lua, &copy);
    // A failure to remove the copy does no harm: it is in the folder for temporary files.
    let _ = std::fs::remove_dir_all(&copy);
    match answer {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("lua-patcher: {problem}");
            ExitCode::from(2)
        }
    }
}

/// Applies everything to a copy, prints each hunk that moved or failed, and returns how many failed.
fn try_all(patches: &Path, lua: &Path, copy: &Path) -> Result<usize, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(copy)?;
    for entry in std::fs::read_dir(lua)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "c" || extension == "h") {
            std::fs::copy(&path, copy.join(path.file_name().unwrap_or_default()))?;
        }
    }
    let (mut applied, mut moved, mut failed) = (0, 0, 0);
    for patch in read_all(patches)? {
        for (hunk, outcome) in patch.hunks.iter().zip(apply(copy, &patch)) {
            match outcome {
                Outcome::Applied => applied += 1,
                Outcome::Moved(lines) => {
                    moved += 1;
                    println!("{}: {}:{} moved by {lines} lines", patch.name, hunk.file, hunk.line);
                }
                Outcome::Failed(error) => {
                    failed += 1;
                    println!("{}: does not apply: {error}", patch.name);
                }
            }
        }
    }
    println!("{applied} hunks apply where they say, {moved} elsewhere, {failed} not at all");
    Ok(failed)
}
