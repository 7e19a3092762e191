//! A path as a script writes it, which means what it means to the person: from the working folder on, if it is not absolute.
//!
//! Invariant: the names below a folder have no `..`, and none is empty, `.` or more than one name. `..` is taken off with the name
//! before it, without a look at the disk, so that no symbolic link gives it another meaning.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// A path from the root on without `.` and `..`.
pub fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    let whole = if path.is_absolute() { path.to_owned() } else { std::env::current_dir()?.join(path) };
    let mut plain = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            // Above the root there is the root.
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    Ok(plain)
}

/// The names that lead from a folder to what is below it; none if it is not below. Both paths are absolute.
pub fn below(folder: &Path, path: &Path) -> Option<Vec<OsString>> {
    let rest = path.strip_prefix(folder).ok()?;
    rest.components()
        .map(|part| match part {
            Component::Normal(name) => Some(name.to_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_it_says_without_a_look_at_the_disk() {
        let here = std::env::current_dir().unwrap();
        for (path, plain) in [
            ("/a/b", "/a/b"),
            ("/a/./b//c/", "/a/b/c"),
            ("/a/../../b", "/b"),
            ("/a/b/../../../..", "/"),
            ("/a/..b/...", "/a/..b/..."),
        ] {
            assert_eq!(absolute(Path::new(path)).unwrap(), Path::new(plain), "{path}");
        }
        assert_eq!(absolute(Path::new("x/../y")).unwrap(), here.join("y"));
        assert_eq!(absolute(Path::new("")).unwrap(), here);
    }

    #[test]
    fn what_lies_beside_a_folder_is_not_below_it() {
        let below = |folder: &str, path: &str| below(Path::new(folder), Path::new(path));
        assert_eq!(below("/a/b", "/a/b"), Some(vec![]));
        assert_eq!(below("/a/b", "/a/b/c/d"), Some(vec!["c".into(), "d".into()]));
        assert_eq!(below("/", "/a"), Some(vec!["a".into()]));
        for path in ["/a/bc", "/a", "/", "/b"] {
            assert_eq!(below("/a/b", path), None, "{path}");
        }
    }
}
