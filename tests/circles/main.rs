//! No file of a folder uses, by whatever way, a file that uses it.
//!
//! Invariant: a folder is in [`FOLDERS`] or nobody promises anything of it.

mod graph;
mod javascript;
mod rust;

use std::path::{Path, PathBuf};

use graph::Graph;

/// How the files of a folder name each other.
#[derive(Clone, Copy)]
enum Language {
    /// The roots of the folder's crates.
    Rust(&'static [&'static str]),
    /// Every module in the folder, but for those in these folders.
    JavaScript(&'static [&'static str]),
}

const FOLDERS: &[(&str, Language)] = &[
    ("src", Language::Rust(&["lib.rs"])),
    ("host-rust/cli/src", Language::Rust(&["main.rs"])),
    ("host-rust/host/src", Language::Rust(&["lib.rs"])),
    ("host-js", Language::JavaScript(&["test", "node_modules"])),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn graph(folder: &Path, language: Language) -> Graph {
    let mut graph = Graph::default();
    match language {
        Language::Rust(roots) => roots.iter().for_each(|root| rust::add(&mut graph, folder, root)),
        Language::JavaScript(without) => javascript::add(&mut graph, folder, without),
    }
    graph
}

#[test]
fn no_file_uses_a_file_that_uses_it() {
    let mut circles = Vec::new();
    for (folder, language) in FOLDERS {
        let graph = graph(&repository().join(folder), *language);
        assert!(graph.uses() > 20, "{folder}: {} uses were found", graph.uses());
        println!("{folder}: {} files, {} uses", graph.files(), graph.uses());
        circles.extend(graph.circle().map(|circle| format!("{folder}: {}", circle.join(" -> "))));
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// A folder of made-up files, gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("cu-circles-{}-{name}", std::process::id()));
        for (file, text) in files {
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn rust_circle(name: &str, files: &[(&str, &str)]) -> Option<String> {
    let folder = Folder::with(name, files);
    graph(&folder.0, Language::Rust(&["lib.rs"])).circle().map(|circle| circle.join(" "))
}

#[test]
fn a_circle_of_rust_files_is_found_through_whatever_names_them() {
    let root = ("lib.rs", "mod a; pub mod b { pub mod c; } mod d;");
    for (text, name) in [
        ("use crate::a::{self, X};", "use"),
        ("use {std::fmt, super::super::{a as other}};", "group"),
        ("fn f() { crate::a::g::<()>() }", "path"),
        ("pub(crate) use crate::a::X; fn f() {}", "re_export"),
    ] {
        let files = [root, ("a.rs", "use crate::d::Y;"), ("b/c.rs", text), ("d.rs", "use super::b::c::Z;")];
        let circle = rust_circle(name, &files).unwrap();
        assert!(["a.rs d.rs b/c.rs a.rs", "b/c.rs a.rs d.rs b/c.rs"].contains(&&circle[..]), "{name}: {circle}");
    }
}

#[test]
fn what_is_no_use_makes_no_circle() {
    let a = ("a.rs", "use crate::b::B;");
    for (text, name) in [
        ("// use crate::a::X;\n/* use crate::a; /* */ */ /// [`crate::a`]\nstruct S;", "comment"),
        (
            "const S: &str = \"use crate::a;\"; const R: &str = r#\"\" crate::a\"#; const Q: char = '\"'; fn f<'a>() {}",
            "text",
        ),
        ("#[cfg(test)]\nmod tests { use crate::a::X; }", "test"),
        ("#[cfg(test)] mod tests;", "test_file"),
        ("use std::a; mod crates {} fn f() { a::g() }", "other"),
    ] {
        let files = [("lib.rs", "mod a; mod b;"), a, ("b.rs", text), ("b/tests.rs", "use crate::a;")];
        assert_eq!(rust_circle(name, &files), None, "{name}");
    }
}

#[test]
fn a_table_of_contents_stands_for_what_it_lists() {
    let files = |list| {
        [
            ("lib.rs", "mod m; mod user;"),
            ("user.rs", "use crate::m::{A, C};"),
            ("m/mod.rs", list),
            ("m/a.rs", "pub struct A; pub struct C;"),
            ("m/b.rs", "use super::A; use super::own; pub struct B;"),
        ]
    };
    assert_eq!(rust_circle("toc", &files("mod a; mod b; pub use a::{A, C}; pub use b::*;")), None);
    let elsewhere = [
        ("lib.rs", "mod a; #[path = \"deep/c.rs\"] mod b;"),
        ("a.rs", "use crate::b::B;"),
        ("deep/c.rs", "use super::a;"),
    ];
    assert_eq!(rust_circle("path", &elsewhere).as_deref(), Some("a.rs deep/c.rs a.rs"));
    let own = files("mod a; mod b; pub use a::A; pub use self::b::B; fn own() {}");
    assert_eq!(rust_circle("own", &own).as_deref(), Some("m/b.rs m/mod.rs m/b.rs"));
}

#[test]
fn a_circle_of_javascript_files_is_found() {
    let b = "/** @type {import('./a.js').A} */\nimport { c } from './deep/c.js'; // import './a.js'\nconst s = 'from \"./a.js\"';";
    for (text, name, is_one) in [
        ("import {\n  x,\n} from '../a.js';", "named", true),
        ("import \"../a.js\";", "bare", true),
        ("export * from '../a.js';", "export", true),
        ("const a = await import('../a.js');", "dynamic", true),
        ("import fs from 'node:fs';", "other", false),
    ] {
        let files = [
            ("a.js", "import { b } from './b.js';"),
            ("b.js", b),
            ("deep/c.js", text),
            ("test/t.js", "import '../a.js';"),
        ];
        let folder = Folder::with(name, &files);
        let circle = graph(&folder.0, Language::JavaScript(&["test"])).circle();
        let wanted = is_one.then(|| ["a.js", "b.js", "deep/c.js", "a.js"].map(String::from).to_vec());
        assert_eq!(circle, wanted, "{name}");
    }
}
