//! What the files of a crate use of each other, in Rust.
//!
//! Invariant: a path that begins with `crate`, `super`, `self`, or in a `use` with a module of the file, leads to the file
//! in which its last name is defined: through what other files re-export, if need be. What is compiled for tests only is
//! left out.
//!
//! A `mod.rs` (or the root) that defines nothing is a table of contents, whose re-exports are no uses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::graph::Graph;

type Names = Vec<String>;

/// A file, or a module within one.
#[derive(Debug, Default)]
struct Module {
    file: String,
    /// Paths that are used, as seen from the root.
    uses: Vec<Names>,
    /// What is re-exported: the name that it has here, `*` for all, and where it is from.
    re_exports: Vec<(String, Names)>,
    defines: bool,
}

/// The modules of a crate, by their paths from the root.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<Names, Module>,
}

/// Adds the files of the crate with that root.
pub fn add(graph: &mut Graph, folder: &Path, root: &str) {
    let mut all = Crate::default();
    all.read(folder, root, &[], Path::new(root).parent().unwrap());
    for module in all.modules.values() {
        graph.file(&module.file);
        let re_exports = module.re_exports.iter().map(|(_, path)| path).filter(|_| module.defines);
        for path in module.uses.iter().chain(re_exports) {
            if let Some(used) = all.file_of(path, 0) {
                graph.use_of(&module.file, used);
            }
        }
    }
}

/// More re-exports of re-exports are a circle of their own.
const MOST_STEPS: usize = 16;

impl Crate {
    /// Reads a file that is the module `path`, and those below it. Its modules lie in `folder`.
    fn read(&mut self, root: &Path, file: &str, path: &[String], folder: &Path) {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let tokens = without_tests(&tokens(&text));
        self.module(root, file, path, folder, &tokens);
    }

    fn module(&mut self, root: &Path, file: &str, path: &[String], folder: &Path, tokens: &[String]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        let (mut children, mut imports) = (Names::new(), Vec::new());
        let mut at = 0;
        while at < tokens.len() {
            let is_start = at == 0 || tokens[at - 1] != "::";
            match (&tokens[at][..], tokens.get(at + 1), tokens.get(at + 2).map(String::as_str)) {
                ("mod", Some(name), Some(";")) => {
                    let child = [path, std::slice::from_ref(name)].concat();
                    let named = at.checked_sub(1).and_then(|before| tokens[before].strip_prefix(PATH));
                    let (file, below) =
                        named.map_or_else(|| file_of_module(root, folder, name), |named| at_path(file, named));
                    self.read(root, &file, &child, &below);
                    children.push(name.clone());
                    at += 3;
                }
                ("mod", Some(name), Some("{")) => {
                    let end = end_of_block(tokens, at + 2);
                    let child = [path, std::slice::from_ref(name)].concat();
                    self.module(root, file, &child, &folder.join(name), &tokens[at + 3..end - 1]);
                    children.push(name.clone());
                    at = end;
                }
                ("use", ..) if is_start => {
                    let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(tokens.len() - at);
                    let mut leaves = Vec::new();
                    tree(&tokens[at + 1..end], &[], &mut leaves);
                    let is_public = at > 0 && (tokens[at - 1] == "pub" || is_restricted(&tokens[..at]));
                    imports.extend(leaves.into_iter().map(|(name, leaf)| (is_public, name, leaf)));
                    at = end;
                }
                ("crate" | "super" | "self", Some(colons), _) if is_start && colons == "::" => {
                    let end = at + path_length(&tokens[at..]);
                    let names: Names = tokens[at..end].iter().filter(|token| *token != "::").cloned().collect();
                    module.uses.extend(absolute(&names, path));
                    at = end;
                }
                ("fn" | "struct" | "enum" | "trait" | "impl" | "const" | "static" | "type" | "macro_rules", ..) => {
                    module.defines = true;
                    at += 1;
                }
                _ => at += 1,
            }
        }
        for (is_public, name, leaf) in imports {
            // One that begins with no word of its own may begin with a module of this file.
            let local = || children.contains(&leaf[0]).then(|| [path, &leaf[..]].concat());
            match absolute(&leaf, path).or_else(local) {
                Some(target) if is_public => module.re_exports.push((name, target)),
                Some(target) => module.uses.push(target),
                None => {}
            }
        }
        self.modules.insert(path.to_vec(), module);
    }

    /// The file in which the last name of a path is defined.
    fn file_of(&self, path: &[String], steps: usize) -> Option<&str> {
        let known = (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]))?;
        let module = &self.modules[&path[..known]];
        let Some(name) = path.get(known) else { return Some(&module.file) };
        let named = module.re_exports.iter().find(|(known, _)| known == name);
        if let (Some((_, target)), true) = (named, steps < MOST_STEPS) {
            return self.file_of(&[&target[..], &path[known + 1..]].concat(), steps + 1);
        }
        // What a table of contents does not name comes from one of those of which it re-exports all.
        let all = module.re_exports.iter().find(|(known, _)| known == "*" && !module.defines);
        match all {
            Some((_, target)) if steps < MOST_STEPS => self.file_of(&[&target[..], &path[known..]].concat(), steps + 1),
            _ => Some(&module.file),
        }
    }
}

/// Marks the token that an attribute `path` leaves, before the file that it names.
const PATH: &str = "#path ";

/// The file that the attribute `path` in another file names, and the folder of the modules in it.
fn at_path(file: &str, named: &str) -> (String, PathBuf) {
    let named = Path::new(file).with_file_name(named);
    (named.to_str().unwrap().replace('\\', "/"), named.with_extension(""))
}

/// The file of `mod name;`, and the folder of the modules in it.
fn file_of_module(root: &Path, folder: &Path, name: &str) -> (String, PathBuf) {
    let below = folder.join(name);
    let text = |path: &Path| path.to_str().unwrap().replace('\\', "/");
    let file = folder.join(format!("{name}.rs"));
    let file = if root.join(&file).is_file() { file } else { below.join("mod.rs") };
    (text(&file), below)
}

/// Whether the tokens end with `pub(...)`.
fn is_restricted(tokens: &[String]) -> bool {
    let open = tokens.iter().rposition(|token| token == "(");
    tokens.last().is_some_and(|token| token == ")") && open.is_some_and(|open| open > 0 && tokens[open - 1] == "pub")
}

/// A path as seen from the root, when it begins with a word that says where.
fn absolute(path: &[String], module: &[String]) -> Option<Names> {
    let supers =
        path.iter().take_while(|name| *name == "super" || *name == "self").filter(|name| *name == "super").count();
    let words = path.iter().take_while(|name| matches!(&name[..], "super" | "self")).count();
    let rest = path[words..].iter().filter(|name| *name != "self").cloned();
    match path.first().map(String::as_str) {
        Some("crate") => Some(path[1..].iter().filter(|name| *name != "self").cloned().collect()),
        Some("super" | "self") => {
            Some(module[..module.len().checked_sub(supers)?].iter().cloned().chain(rest).collect())
        }
        _ => None,
    }
}

/// The leaves of a `use`, with the name that each has here.
fn tree(tokens: &[String], before: &[String], leaves: &mut Vec<(String, Names)>) {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at][..] {
            "::" => {}
            "{" => {
                let inside = &tokens[at + 1..end_of_block(tokens, at) - 1];
                for part in parts(inside) {
                    tree(part, &path, leaves);
                }
                return;
            }
            "as" => {
                leaves.push((tokens.get(at + 1).cloned().unwrap_or_default(), path));
                return;
            }
            "*" => {
                leaves.push(("*".to_owned(), path));
                return;
            }
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    if path.len() > before.len() {
        let name = path.iter().rev().find(|name| *name != "self").cloned().unwrap_or_default();
        leaves.push((name, path));
    }
}

/// Parts between the commas that are in no braces.
fn parts(tokens: &[String]) -> Vec<&[String]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            match &token[..] {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0 && token == ","
        })
        .collect()
}

/// Number of tokens of the path that they begin with.
fn path_length(tokens: &[String]) -> usize {
    let mut length = 1;
    while tokens.get(length).is_some_and(|token| token == "::")
        && tokens
            .get(length + 1)
            .is_some_and(|token| token.starts_with(|first: char| first.is_alphabetic() || first == '_'))
    {
        length += 2;
    }
    length
}

/// The position behind the bracket that closes the one at `at`.
fn end_of_block(tokens: &[String], at: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match &token[..] {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// Leaves out attributes (but for `path`), and what they say is for tests only.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_inner = tokens[at] == "#" && tokens.get(at + 1).is_some_and(|token| token == "!");
        let open = at + 1 + usize::from(is_inner);
        if tokens[at] != "#" || tokens.get(open).is_none_or(|token| token != "[") {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = end_of_block(tokens, open);
        let attribute = &tokens[open + 1..end - 1];
        let has = |word: &str| attribute.iter().any(|token| token == word);
        at = end;
        if let [path, _, text] = attribute
            && path == "path"
        {
            kept.push(format!("{PATH}{}", text.trim_matches('"')));
        }
        if attribute.first().is_some_and(|token| token == "cfg") && (has("test") || has("doctest")) && !has("not") {
            at = end_of_item(tokens, at);
        }
    }
    kept
}

/// The position behind the item that begins at `at`.
fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    while at < tokens.len() {
        match &tokens[at][..] {
            ";" => return at + 1,
            "{" => return end_of_block(tokens, at),
            "(" | "[" => at = end_of_block(tokens, at),
            // A block of braces within a use.
            "use" => return at + tokens[at..].iter().position(|token| token == ";").map_or(0, |end| end + 1),
            _ => at += 1,
        }
    }
    at
}

/// Words, signs and texts, without comments.
fn tokens(text: &str) -> Names {
    let mut tokens = Names::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len());
        let raw = rest
            .trim_start_matches(['b', 'c'])
            .strip_prefix('r')
            .filter(|raw| word <= 2 && raw.trim_start_matches('#').starts_with('"'));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            end_of_comment(rest)
        } else if let Some(raw) = raw {
            let hashes = raw.len() - raw.trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = &raw[hashes + 1..];
            rest.len() - inside.len() + inside.find(&end).map_or(inside.len(), |at| at + end.len())
        } else if word > 0 {
            tokens.push(rest[..word].to_owned());
            word
        } else if first == '"' {
            let end = end_of_text(rest);
            tokens.push(rest[..end].to_owned());
            end
        } else if first == '\'' {
            end_of_character(rest)
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn end_of_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while let Some(step) = text[at..].find(['/', '*']) {
        at += step;
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == '"' && !is_escaped {
            return at + 1;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    text.len()
}

/// A character, or only the sign before the name of a lifetime.
fn end_of_character(text: &str) -> usize {
    let mut inside = text.char_indices().skip(1);
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some((escaped, _))) => text[escaped + 1..].find('\'').map_or(1, |end| escaped + end + 2),
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}
