//! What the modules of a folder import, in JavaScript.
//!
//! Invariant: an import is what follows `import`, `import(` or `from` outside comments, and begins with a dot.

use std::path::{Component, Path, PathBuf};

use crate::graph::Graph;

/// Adds the files of a folder, but for those in the folders named.
pub fn add(graph: &mut Graph, folder: &Path, without: &[&str]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !entry.file_type().unwrap().is_dir() {
            add_file(graph, folder, &name);
        } else if !without.contains(&&name[..]) {
            add_folder(graph, folder, &name);
        }
    }
}

fn add_folder(graph: &mut Graph, root: &Path, folder: &str) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        let add = if entry.file_type().unwrap().is_dir() { add_folder } else { add_file };
        add(graph, root, &name);
    }
}

fn add_file(graph: &mut Graph, root: &Path, name: &str) {
    if !name.ends_with(".js") && !name.ends_with(".mjs") {
        return;
    }
    graph.file(name);
    let text = std::fs::read_to_string(root.join(name)).unwrap();
    for import in imports(&text) {
        let path = normal(&Path::new(name).with_file_name(import));
        if root.join(&path).is_file() {
            graph.use_of(name, &path);
        }
    }
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => assert!(parts.pop(), "{} leads outside", path.display()),
            other => parts.push(other),
        }
    }
    parts.to_str().unwrap().replace('\\', "/")
}

/// The relative paths that a module imports.
fn imports(text: &str) -> Vec<String> {
    let (mut found, mut code, mut rest) = (Vec::new(), String::new(), text);
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if matches!(first, '\'' | '"') {
            let end = end_of_text(rest, first);
            let before = code.trim_end();
            let is_import = ["import", "from", "import("].iter().any(|word| before.ends_with(word));
            if is_import && rest[1..].starts_with('.') {
                found.push(rest[1..end].to_owned());
            }
            code.push_str("text");
            rest = &rest[(end + 1).min(rest.len())..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// Where a string ends; one in a pattern or a template may be none, and ends with its line.
fn end_of_text(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == '\n' || (character == quote && !is_escaped) {
            return at;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    text.len()
}
