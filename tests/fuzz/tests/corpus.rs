//! What searches kept is run again, without libFuzzer: by every target, so that a fault found once stays mended.

use std::path::Path;

#[test]
fn nothing_in_the_corpus_breaks_its_target() {
    for (name, target) in cu_fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        assert!(files.len() > 5, "{}: {} files", folder.display(), files.len());
        for file in files {
            println!("{}", file.display());
            target(&std::fs::read(&file).expect("a file of the corpus"));
        }
    }
}
