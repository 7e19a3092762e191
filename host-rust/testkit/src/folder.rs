//! A folder for one test, removed at its end.

use std::path::PathBuf;

pub struct Folder(pub PathBuf);

impl Folder {
    /// A folder of that name, which no other test of the process uses.
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cu-test-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
