//! Shared by the tests of the built module: instances on every engine, and the snippet files.

use std::path::{Path, PathBuf};

use cu_host::{Engine, Instance, MODULE, MemoryStore, Module, Options};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Node 20 can hang at the end of a process without it (docs/troubleshooting.md).
pub const NO_HANG: &str = "--no-concurrent-recompilation";

/// The built module, compiled for an engine.
pub fn module(engine: Engine) -> Module {
    Module::with_engine(engine, MODULE).expect("the module compiles")
}

/// A fresh instance with an empty store.
pub fn instance(module: &Module) -> Instance {
    Instance::new(module, MemoryStore::default(), Options::default()).expect("an instance starts")
}

/// A named chunk of a snippet file; the format is described in `tests/lua/README.md`.
pub struct Snippet {
    pub name: String,
    pub chunk: Vec<u8>,
}

/// Every `.lua` file of a folder below `tests/lua`, in order.
pub fn lua_files(folder: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/lua").join(folder);
    let entries = std::fs::read_dir(&folder).expect("the folder is readable");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    files.sort();
    assert!(!files.is_empty(), "no snippets in {}", folder.display());
    files
}

/// The snippets of a file.
pub fn snippets(file: &Path) -> Vec<Snippet> {
    let text = std::fs::read(file).expect("the file is readable");
    let mut snippets: Vec<Snippet> = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(b"--- ") {
            let name = String::from_utf8_lossy(name).trim().to_owned();
            snippets.push(Snippet { name, chunk: Vec::new() });
        } else if let Some(last) = snippets.last_mut() {
            last.chunk.extend_from_slice(line);
        }
    }
    snippets
}

/// A built command that a test starts; `make test` builds it first.
pub fn built(path: &str) -> PathBuf {
    let path = root().join(path);
    assert!(path.exists(), "{} is missing: run `make test`", path.display());
    path
}

/// A folder for one test, removed when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it in the system's folder for temporary files.
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cu-test-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    /// A path in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
