//! A hunk is applied where it fits, and nowhere else.

use super::*;

const PATCH: &str = "Why.\n\n--- a/x.c\n+++ b/x.c\n@@ -2,3 +2,4 @@\n two\n-three\n+THREE\n+and a half\n four\n";

fn folder(name: &str, text: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lua-patcher-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    std::fs::write(folder.join("x.c"), text).expect("a file");
    folder
}

fn apply_patch(name: &str, text: &str) -> (Vec<Outcome>, String) {
    let folder = folder(name, text);
    let patch = Patch { name: "00-test".into(), hunks: parse(PATCH).expect("a patch") };
    let outcomes = apply(&folder, &patch);
    let after = std::fs::read_to_string(folder.join("x.c")).expect("the file");
    std::fs::remove_dir_all(&folder).expect("the folder");
    (outcomes, after)
}

#[test]
fn a_hunk_is_applied_where_it_says() {
    let (outcomes, after) = apply_patch("there", "one\ntwo\nthree\nfour\n");
    assert_eq!(outcomes, [Outcome::Applied]);
    assert_eq!(after, "one\ntwo\nTHREE\nand a half\nfour\n");
}

#[test]
fn a_hunk_follows_its_lines() {
    let (outcomes, after) = apply_patch("moved", "zero\none\ntwo\nthree\nfour\n");
    assert_eq!(outcomes, [Outcome::Moved(1)]);
    assert_eq!(after, "zero\none\ntwo\nTHREE\nand a half\nfour\n");
}

#[test]
fn a_hunk_whose_context_differs_in_a_letter_fails_and_changes_nothing() {
    for text in ["one\ntwo\nthree\nfour \n", "one\nTwo\nthree\nfour\n", "one\ntwo\n three\nfour\n", ""] {
        let (outcomes, after) = apply_patch("differs", text);
        assert!(matches!(&outcomes[..], [Outcome::Failed(Error::Places { places: 0, .. })]), "{outcomes:?}");
        assert_eq!(after, text);
    }
}

#[test]
fn two_places_are_none() {
    let (outcomes, _) = apply_patch("twice", "zero\none\nx\ntwo\nthree\nfour\ntwo\nthree\nfour\n");
    assert!(matches!(&outcomes[..], [Outcome::Failed(Error::Places { places: 2, .. })]), "{outcomes:?}");
}

#[test]
fn what_is_no_patch_is_refused_with_its_line() {
    for (text, line) in [
        ("--- x.c\n", 1),
        ("--- a/x.c\n", 1),
        ("--- a/x.c\n+++ b/x.c\n@@ -1 @@\n", 3),
        ("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,1 @@\n one\n", 3),
        ("--- a/x.c\n+++ b/x.c\n@@ -1,1 +1,1 @@\n*one\n", 3),
    ] {
        assert!(
            matches!(parse(text), Err(Error::Malformed { line: found, .. }) if found == line),
            "{text:?}: {:?}",
            parse(text)
        );
    }
}

#[test]
fn every_patch_says_why_and_there_are_few_hunks() {
    /// The patch of the interpreter's loop is not counted: every change of the loop rewrites it.
    const MOST: usize = 60;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../patches");
    let patches = read_all(&folder).expect("the patches");
    for patch in &patches {
        let text = std::fs::read_to_string(folder.join(format!("{}.patch", patch.name))).expect("a patch");
        let reason = text.split("\n--- a/").next().unwrap_or_default().trim();
        assert!(reason.len() > 40 && !patch.hunks.is_empty(), "{}: '{reason}'", patch.name);
    }
    let hunks: usize =
        patches.iter().filter(|patch| !patch.name.ends_with("-interpreter")).map(|patch| patch.hunks.len()).sum();
    assert!((1..=MOST).contains(&hunks), "{hunks} hunks");
}
